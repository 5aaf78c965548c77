"""Schedule files for tests."""

import json
from pathlib import Path
from typing import Any

FLAT: dict[str, Any] = {
    "id": "test-flat",
    "jurisdiction": "XX",
    "currency": "CNY",
    "method": "flat",
    "title": {"en": "A test's own"},
    "valid_from": "2020-01-01",
    "valid_to": "2029-12-31",
    "checked_on": "2026-11-22",
    "sources": ["the test"],
    "conditions": [],
    "bands": [{"up_to": None, "rate": "0.22", "quick_deduction": "0"}],
}
UNITED_STATES: dict[str, Any] = {
    "id": "us-supplemental",
    "jurisdiction": "US",
    "currency": "USD",
    "method": "cumulative",
    "bands": [
        {"up_to": "184500", "rate": "0.2965", "quick_deduction": "0"},
        {"up_to": "200000", "rate": "0.2345", "quick_deduction": "-11439"},
        {"up_to": None, "rate": "0.2435", "quick_deduction": "-9639"},
    ],
}


def write(folder: Any, *, rate: str = "", **changes: Any) -> Path:
    """A schedule file: a flat rate of 22 %, with what is named instead."""
    values = FLAT | changes
    if rate:
        values = values | {"bands": [{"up_to": None, "rate": rate, "quick_deduction": "0"}]}
    path = Path(folder) / f"{values['id']}.json"
    path.write_text(json.dumps(values))
    return path
