"""The commands give the right answers on real organisations' messages, to the byte."""

import csv
import random
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
CASES = [case for data_set in DATA_SETS for case in cases_of(data_set)]
LOADS = sorted({(case.data_set, case.zone) for case in CASES})


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


@pytest.fixture(scope="module")
def complete(request: Any, django_db_setup: None, django_db_blocker: Any, scratch: Path) -> Iterator[str]:
    """A data set whole, in UTC."""
    data_set: str = request.param
    with django_db_blocker.unblock(), transaction_of_tests(), calendar("UTC"):
        import_employees(data_set, scratch)
        printed("import_interactions", FOLDER / data_set / "messages.csv.gz", "--source", data_set)
        yield data_set


@pytest.fixture(scope="module")
def on_calendar(request: Any, complete: str) -> Iterator[None]:
    """The same on another calendar, derived again from the ledger."""
    zone: str = request.param
    with ExitStack() as stack:
        if zone != "UTC":
            stack.enter_context(transaction_of_tests())
            stack.enter_context(calendar(zone))
            printed("rebuild")
        yield


def check(case: Case, folder: Path) -> None:
    path = folder / f"{case.data_set}-{case.number}.toml"
    path.write_text(case.toml())
    with transaction_of_tests():
        printed("apply_campaign", path, "--rehearsal")
        question = [f"case-{case.number}", "--as-of", case.deadline.isoformat()]
        assert printed("standings", *question, "--csv") == case.expected()
        if pairs := case.expected_pairs():
            assert without_contacts(printed("standings", *question, "--pairs")) == pairs


@pytest.mark.parametrize(
    ("complete", "on_calendar", "case"),
    [
        pytest.param(
            case.data_set,
            case.zone,
            case,
            id=f"{case.data_set}-{case.number}",
            marks=pytest.mark.xdist_group(case.data_set),
        )
        for case in sorted(
            CASES, key=lambda case: (case.data_set, case.zone != "UTC", case.zone, case.number)
        )
    ],
    indirect=["complete", "on_calendar"],
)
def test_the_answers_are_right_with_all_that_ever_came(
    complete: str, on_calendar: None, case: Case, scratch: Path
) -> None:
    check(case, scratch)


@pytest.mark.parametrize(
    ("data_set", "zone"),
    [pytest.param(*load, marks=pytest.mark.xdist_group(load[0])) for load in LOADS],
)
def test_the_answers_are_right_with_what_had_happened(
    db: None, scratch: Path, data_set: str, zone: str
) -> None:
    """Shuffled, in pieces, some of it twice; asked as soon as all before the deadline is there."""
    shuffled = random.Random(f"{data_set} {zone}")
    cases = sorted((case for case in cases_of(data_set) if case.zone == zone), key=lambda case: case.deadline)
    messages, done = messages_of(data_set), 0
    with calendar(zone):
        import_employees(data_set, scratch)
        for deadline, due in groupby(cases, key=lambda case: case.deadline):
            known = sum(message.at < deadline for message in messages)
            again = shuffled.sample(messages[:known], k=min(known, 2_000))
            piece = [*messages[done:known], *again]
            shuffled.shuffle(piece)
            import_pieces(piece, data_set, scratch)
            done = known
            for case in due:
                check(case, scratch)


def import_pieces(messages: Sequence[Message], data_set: str, folder: Path) -> None:
    for start in range(0, len(messages), PIECE):
        path = folder / "piece.csv"
        with path.open("w", newline="") as file:
            lines = csv.writer(file)
            lines.writerow(["message_id", "sent_at", "from", "to"])
            lines.writerows(messages[start : start + PIECE])
        printed("import_interactions", path, "--source", data_set)
