"""Campaign files for tests: a good one, and how to spoil it."""

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from bonus_tracker import clock

NOW = datetime(2026, 8, 1, 4, tzinfo=UTC)  # noon of 1 August in Shanghai, before the start
DATES = """\
slug = "year-end"
starts_at = 2026-08-26T00:00:00
deadline = 2027-01-01T00:00:00
"""
GOOD = (
    DATES
    + """\
[name]
en = "Bring them in"
zh-hans = "带他们来"
[rule]
window_days = 30
min_sent_days = 2
min_received_days = 2
min_active_days = 3
min_mutual_days = 0
[[prizes]]
place = 1
net_amount = "100000.00"
currency = "CNY"
"""
)


def apply(folder: Path, text: str | bytes, *options: str, now: datetime = NOW) -> tuple[str, str]:
    """Run the command on a file of this content; its (standard output, standard error)."""
    path = folder / "campaign.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    out, err = StringIO(), StringIO()
    with clock.showing(now):
        call_command("apply_campaign", str(path), *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()
