"""The commands give the right answers on real organisations' messages, to the byte."""

import csv
import random
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from io import StringIO
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from apps.directory.models import Installation
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
# In the order that loads each data set once, and derives it once for each other calendar.
CASES = sorted(
    (case for data_set in DATA_SETS for case in cases_of(data_set)),
    key=lambda case: (case.data_set, case.zone != "UTC", case.zone, case.number),
)
LOADS = {
    f"{data_set}-{zone}": sorted(cases, key=lambda case: case.deadline)
    for (data_set, zone), cases in groupby(CASES, key=lambda case: (case.data_set, case.zone))
}


def in_one_process(case: Case, name: str, value: Any = None) -> Any:
    """With pytest-xdist, what belongs to one data set stays together."""
    return pytest.param(value or case, id=name, marks=pytest.mark.xdist_group(case.data_set))


def printed(command: str, *arguments: Any) -> str:
    out = StringIO()
    call_command(command, *map(str, arguments), stdout=out, stderr=StringIO())
    return out.getvalue()


@contextmanager
def transaction_of_tests() -> Iterator[None]:
    """Undone at the end; a correction of the directory takes it for no transaction, as in Django's TestCase."""
    atomic = transaction.atomic()
    atomic._from_testcase = True  # type: ignore[attr-defined]
    with atomic:
        yield
        transaction.set_rollback(True)


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


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("real")


class Stage:
    """One data set whole, on one calendar; what was asked for last stays loaded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data_set, self.zone = "", "UTC"
        self.loaded, self.derived = ExitStack(), ExitStack()

    def show(self, data_set: str, zone: str) -> None:
        if data_set != self.data_set:
            self.clear()
            self.loaded.enter_context(transaction_of_tests())
            self.loaded.enter_context(calendar("UTC"))
            import_employees(data_set, self.folder)
            printed("import_interactions", FOLDER / data_set / "messages.csv.gz", "--source", data_set)
            self.data_set = data_set
        if zone != self.zone:
            self.derived.close()
            self.zone = zone
            if zone != "UTC":
                self.derived.enter_context(transaction_of_tests())
                self.derived.enter_context(calendar(zone))
                printed("rebuild")

    def clear(self) -> None:
        self.derived.close()
        self.loaded.close()
        self.data_set, self.zone = "", "UTC"


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any, scratch: Path) -> Iterator[Stage]:
    with django_db_blocker.unblock():
        stage = Stage(scratch)
        yield stage
        stage.clear()


def check(case: Case, folder: Path) -> None:
    path = folder / f"{case.data_set}-{case.number}.toml"
    path.write_text(case.toml())
    with transaction_of_tests():
        printed("apply_campaign", path, "--rehearsal")
        question = [f"case-{case.number}", "--as-of", case.deadline.isoformat()]
        assert printed("standings", *question, "--csv") == case.expected()
        if pairs := case.expected_pairs():
            assert without_contacts(printed("standings", *question, "--pairs")) == pairs


@pytest.mark.parametrize("case", [in_one_process(case, f"{case.data_set}-{case.number}") for case in CASES])
def test_the_answers_are_right_with_all_that_ever_came(stage: Stage, case: Case) -> None:
    stage.show(case.data_set, case.zone)
    check(case, stage.folder)


@pytest.mark.parametrize("cases", [in_one_process(cases[0], name, cases) for name, cases in LOADS.items()])
def test_the_answers_are_right_with_what_had_happened(stage: Stage, cases: list[Case]) -> None:
    """Shuffled, in pieces, some of it twice; asked as soon as all before the deadline is there."""
    data_set, zone = cases[0].data_set, cases[0].zone
    shuffled = random.Random(f"{data_set} {zone}")
    messages, done = messages_of(data_set), 0
    stage.clear()
    with transaction_of_tests(), calendar(zone):
        import_employees(data_set, stage.folder)
        for deadline, due in groupby(cases, key=lambda case: case.deadline):
            known = bisect_left(messages, deadline, key=lambda message: message.at)
            piece = [*messages[done:known], *shuffled.sample(messages[:known], k=min(known, 2_000))]
            shuffled.shuffle(piece)
            import_pieces(piece, data_set, stage.folder)
            done = known
            for case in due:
                check(case, stage.folder)


def import_pieces(messages: Sequence[Message], data_set: str, folder: Path) -> None:
    for start in range(0, len(messages), PIECE):
        path = folder / "piece.csv"
        with path.open("w", newline="") as file:
            lines = csv.writer(file)
            lines.writerow(["message_id", "sent_at", "from", "to"])
            lines.writerows(messages[start : start + PIECE])
        printed("import_interactions", path, "--source", data_set)
