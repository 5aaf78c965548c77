"""Real organisations' messages with the right answers, where a folder of them lies beside the checkout.

REAL_DATA names another folder. Each data set in it holds messages.csv.gz, insider_domains.txt and expected/.
"""

import csv
import gzip
import os
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("REAL_DATA") or ROOT.parent / "shared" / "data")
DATA_SETS = sorted(cases.parents[1].name for cases in FOLDER.glob("*/expected/cases.csv"))
RULE = ("window_days", "min_sent_days", "min_received_days", "min_active_days", "min_mutual_days")


class Message(NamedTuple):
    """One line of a data set, as it stands there."""

    message_id: str
    sent_at: str
    sender: str
    recipient: str

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.sent_at)


@dataclass(frozen=True)
class Case:
    data_set: str
    number: str
    deadline: datetime
    zone: str
    rule: tuple[tuple[str, int], ...]

    def expected(self) -> str:
        return (FOLDER / self.data_set / "expected" / f"{self.number}.csv").read_text()

    def expected_pairs(self) -> list[str]:
        """Lines of the pairs without the contact, whose address nobody keeps; [] where there are none."""
        path = FOLDER / self.data_set / "expected" / f"{self.number}.pairs.csv"
        return without_contacts(path.read_text()) if path.exists() else []

    def toml(self) -> str:
        rule = "\n".join(f"{name} = {value}" for name, value in self.rule)
        return (
            f'slug = "case-{self.number}"\nstarts_at = 1995-01-01T00:00:00\n'
            f"deadline = {self.deadline.isoformat()}\n[rule]\n{rule}\n"
        )


def cases_of(data_set: str) -> list[Case]:
    """Those of one calendar one after the other."""
    with (FOLDER / data_set / "expected" / "cases.csv").open(newline="") as lines:
        cases = [
            Case(
                data_set,
                line["case"],
                datetime.fromisoformat(line["deadline"]),
                line["zone"],
                tuple((name, int(line[name])) for name in RULE),
            )
            for line in csv.DictReader(lines)
        ]
    return sorted(cases, key=lambda case: (case.zone, case.number))


@cache
def messages_of(data_set: str) -> list[Message]:
    """Oldest first."""
    with gzip.open(FOLDER / data_set / "messages.csv.gz", "rt", newline="") as lines:
        rows = csv.reader(lines)
        next(rows)
        return [Message(*row) for row in rows]


def employees_of(data_set: str) -> list[str]:
    """Addresses at or below the company's domains."""
    domains = (FOLDER / data_set / "insider_domains.txt").read_text().split()
    addresses = {address for message in messages_of(data_set) for address in message[2:]}
    of_company = tuple(f"{before}{domain}" for domain in domains for before in "@.")
    return sorted(address for address in addresses if f"@{address.partition('@')[2]}".endswith(of_company))


def without_contacts(pairs: str) -> list[str]:
    rows = [line.split(",") for line in pairs.splitlines()[1:]]
    return sorted(",".join([row[0], *row[2:]]) for row in rows)
