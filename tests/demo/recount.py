"""The rule once more, the slow and obvious way, over the files of a demo: no code of the program."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
DEADLINE = datetime(2027, 1, 1, tzinfo=ZONE)
FIRST_DAY, LAST_DAY = date(2026, 12, 2), date(2026, 12, 31)  # 30 days


def employees_by_handle(folder: Path) -> dict[str, str]:
    owners = {}
    for name in ("employees.csv", "declared.csv"):
        with (folder / name).open(newline="") as file:
            owners |= {row["handle"]: row["number"] for row in csv.DictReader(file)}
    return owners


def messages(folder: Path) -> Iterator[tuple[datetime, str, str, int]]:
    for part in ("history", "live", "late"):
        with gzip.open(folder / f"{part}.csv.gz", "rt", newline="") as file:
            for row in csv.DictReader(file):
                sent_at = datetime.fromisoformat(row["sent_at"])
                yield sent_at, row["from"], row["to"], int(row["room_size"])


def standings(folder: Path) -> list[tuple[int, int, str]]:
    """(rank, active contacts, number), best first, equals in number order."""
    owners = employees_by_handle(folder)
    sent: defaultdict[tuple[str, str], set[date]] = defaultdict(set)
    received: defaultdict[tuple[str, str], set[date]] = defaultdict(set)
    for at, sender, recipient, room_size in messages(folder):
        day = at.astimezone(ZONE).date()
        if at >= DEADLINE or not FIRST_DAY <= day <= LAST_DAY or room_size > 2:
            continue
        if sender in owners and recipient not in owners:
            sent[owners[sender], recipient].add(day)
        if recipient in owners and sender not in owners:
            received[owners[recipient], sender].add(day)
    scores: defaultdict[str, int] = defaultdict(int)
    for pair in sent.keys() | received.keys():
        wrote, heard = sent[pair], received[pair]
        scores[pair[0]] += len(wrote) >= 2 and len(heard) >= 2 and len(wrote | heard) >= 3
    best_first = sorted((-score, number) for number, score in scores.items() if score)
    return [
        (1 + sum(other < score for other, _ in best_first), -score, number) for score, number in best_first
    ]
