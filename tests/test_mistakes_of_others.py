"""Each mistake that the decision page names has tests, and the tests it names exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = next((ROOT / "docs" / "decisions").glob("*-mistakes-of-others.md"))


def rows() -> list[list[str]]:
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_mistake_has_a_test_that_exists() -> None:
    known = set()
    for file in (ROOT / "tests").rglob("test_*.py"):
        known.update(re.findall(r"^def (test_\w+)\(", file.read_text(), re.MULTILINE))
    assert len(rows()) > 25
    for mistake, where, tests in rows():
        named = re.findall(r"`(test_\w+)`", tests)
        assert where, mistake
        assert named, mistake
        assert set(named) <= known, mistake


def test_no_mistake_is_named_twice() -> None:
    mistakes = [mistake for mistake, _where, _tests in rows()]
    assert len(set(mistakes)) == len(mistakes)
