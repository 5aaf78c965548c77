"""The commands give the right answers on real organisations' messages, to the byte."""

import csv
import random
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings

from apps.directory.models import Installation
from tests.ranking.in_database import rolled_back
from tests.ranking.real_data import (
    DATA_SETS,
    FOLDER,
    Case,
    Message,
    cases_of,
    employees_of,
    messages_of,
    without_contacts,
)

PIECE = 40_000  # lines of a file
LOADS = sorted({(case.data_set, case.zone) for data_set in DATA_SETS for case in cases_of(data_set)})


def in_one_process(data_set: str, *values: str) -> Any:
    """With pytest-xdist, what belongs to one data set stays together."""
    return pytest.param(*values, marks=pytest.mark.xdist_group(data_set))


def printed(command: str, *arguments: Any) -> str:
    out = StringIO()
    call_command(command, *map(str, arguments), stdout=out, stderr=StringIO())
    return out.getvalue()


def import_employees(data_set: str, folder: Path) -> None:
    path = folder / f"{data_set}-employees.csv"
    with path.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["number", "name", "department", "handle", "hired_on", "left_on"])
        lines.writerows(
            [address, address, "", address, "1995-01-01", ""] for address in employees_of(data_set)
        )
    printed("import_employees", path)


@contextmanager
def calendar(zone: str) -> Iterator[None]:
    """The database as if it had been made with this zone."""
    with override_settings(COMPANY_TIME_ZONE=zone):
        Installation.objects.update(time_zone=zone)
        yield


def check(case: Case, folder: Path) -> None:
    path = folder / f"{case.data_set}-{case.number}.toml"
    path.write_text(case.toml())
    with rolled_back():
        printed("apply_campaign", path, "--rehearsal")
        question = [f"case-{case.number}", "--as-of", case.deadline.isoformat()]
        assert printed("standings", *question, "--csv") == case.expected()
        if pairs := case.expected_pairs():
            assert without_contacts(printed("standings", *question, "--pairs")) == pairs


@pytest.mark.parametrize("data_set", [in_one_process(data_set, data_set) for data_set in DATA_SETS])
def test_the_answers_are_right_with_all_that_ever_came(
    db: None, tmp_path: Path, subtests: pytest.Subtests, data_set: str
) -> None:
    """Taken in once, and derived again for every other calendar."""
    with calendar("UTC"):
        import_employees(data_set, tmp_path)
        printed("import_interactions", FOLDER / data_set / "messages.csv.gz", "--source", data_set)
    for zone, cases in groupby(cases_of(data_set), key=lambda case: case.zone):
        with rolled_back(), calendar(zone):
            if zone != "UTC":
                printed("rebuild")
            for case in cases:
                with subtests.test(case.number):
                    check(case, tmp_path)


@pytest.mark.parametrize(
    ("data_set", "zone"), [in_one_process(data_set, data_set, zone) for data_set, zone in LOADS]
)
def test_the_answers_are_right_with_what_had_happened(
    db: None, tmp_path: Path, subtests: pytest.Subtests, data_set: str, zone: str
) -> None:
    """Shuffled, in pieces, some of it twice; asked as soon as all before the deadline is there."""
    shuffled = random.Random(f"{data_set} {zone}")
    cases = sorted((c for c in cases_of(data_set) if c.zone == zone), key=lambda case: case.deadline)
    messages, done = messages_of(data_set), 0
    with calendar(zone):
        import_employees(data_set, tmp_path)
        for deadline, due in groupby(cases, key=lambda case: case.deadline):
            known = bisect_left(messages, deadline, key=lambda message: message.at)
            piece = [*messages[done:known], *shuffled.sample(messages[:known], k=min(known, 2_000))]
            shuffled.shuffle(piece)
            import_pieces(piece, data_set, tmp_path)
            done = known
            for case in due:
                with subtests.test(case.number):
                    check(case, tmp_path)


def import_pieces(messages: Sequence[Message], data_set: str, folder: Path) -> None:
    for start in range(0, len(messages), PIECE):
        path = folder / "piece.csv"
        with path.open("w", newline="") as file:
            lines = csv.writer(file)
            lines.writerow(["message_id", "sent_at", "from", "to"])
            lines.writerows(messages[start : start + PIECE])
        printed("import_interactions", path, "--source", data_set)
