"""One line that stands for a whole board, so that anybody can tell later whether it was touched."""

import csv
import hashlib
import io

from apps.ranking.models import Run
from bonus_tracker.cells import harmless

HEADER = ["rank", "employee", "active_contacts"]


def fingerprint(run: Run) -> str:
    """SHA-256 of the board as `standings --csv` writes it: header and rows, equals in the byte order of numbers."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    rows = list(run.standings.values_list("rank", "employee__number", "active_contacts"))
    rows.sort(key=lambda row: (row[0], row[1].encode()))
    writer.writerows([rank, harmless(number), contacts] for rank, number, contacts in rows)
    return hashlib.sha256(text.getvalue().encode()).hexdigest()
