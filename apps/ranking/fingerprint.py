"""One line that stands for a whole board, so that anybody can tell later whether it was touched."""

import csv
import hashlib
import io

from apps.campaigns.divisions import keys_by_number
from apps.ranking.models import Run
from bonus_tracker.cells import harmless

HEADER = ["rank", "employee", "active_contacts"]
DIVIDED_HEADER = ["division", *HEADER]


def fingerprint(run: Run) -> str:
    """SHA-256 of the board as `standings --csv` writes it: header and rows, equals in the byte order of numbers.

    Of a campaign with divisions, these one after the other, each row with the key of its own.
    """
    keys = keys_by_number(run.campaign)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(DIVIDED_HEADER if run.campaign.divisions else HEADER)
    rows = list(run.standings.values_list("division", "rank", "employee__number", "active_contacts"))
    rows.sort(key=lambda row: (row[0], row[1], row[2].encode()))
    for division, rank, number, contacts in rows:
        of_division = [keys[division]] if run.campaign.divisions else []
        writer.writerow([*of_division, rank, harmless(number), contacts])
    return hashlib.sha256(text.getvalue().encode()).hexdigest()
