"""The log is one chain, written with its act, and every way of bending it is found and named."""

import threading
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from apps.audit import services
from apps.audit.models import Entry
from apps.audit.services import GENESIS, entry_hash, record, verify
from tests.threads import at_once

AT = datetime(2026, 9, 1, 4, 5, 6, 789, tzinfo=UTC)
THREADS = 8


def write(count: int) -> list[Entry]:
    with transaction.atomic():
        return [
            record("test", actor="ana", subject=f"thing {n}", at=AT, details={"n": n, "名": ["x", None]})
            for n in range(1, count + 1)
        ]


def behind_the_back(sql: str, *values: Any) -> None:
    """Change the log as somebody with the database's highest rights could."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)


def rehash_from(number: int) -> None:
    """What a forger with time does: every later hash made to fit."""
    previous = Entry.objects.get(pk=number - 1).hash if number > 1 else GENESIS
    for entry in Entry.objects.filter(number__gte=number).order_by("number"):
        entry.previous_hash = previous
        previous = entry_hash(entry)
        behind_the_back(
            "UPDATE audit_entry SET previous_hash = %s, hash = %s WHERE number = %s",
            entry.previous_hash,
            previous,
            entry.number,
        )


def answer(*arguments: str) -> str:
    out = StringIO()
    call_command("verify_audit", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_an_untouched_log_holds_and_names_its_head() -> None:
    entries = write(5)
    assert answer() == f"The audit log holds: 5 entries, head {entries[-1].hash}.\n"


@pytest.mark.django_db
def test_an_empty_log_holds() -> None:
    assert answer() == f"The audit log holds: 0 entries, head {GENESIS}.\n"


FIELDS = {
    "at": "2026-09-01 04:05:06.00079+00",
    "actor": "eve",
    "address": "10.0.0.1",
    "action": "other",
    "subject": "thing 4",
    "details": '{"n": 4}',
    "hash": "0" * 64,
}


@pytest.mark.django_db
@pytest.mark.parametrize("field", FIELDS)
def test_a_changed_field_is_found_and_its_entry_named(field: str) -> None:
    write(5)
    behind_the_back(f"UPDATE audit_entry SET {field} = %s WHERE number = 3", FIELDS[field])
    with pytest.raises(CommandError, match=r"^The audit log does not hold: entry 3 was changed after"):
        answer()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("tampering", "problem"),
    [
        ("DELETE FROM audit_entry WHERE number = 3", "entry 3 is missing"),
        ("DELETE FROM audit_entry WHERE number = 1", "entry 1 is missing"),
        ("UPDATE audit_entry SET number = 0 WHERE number = 1", "entry 0 does not belong, numbers begin at 1"),
        (
            "UPDATE audit_entry SET number = CASE number WHEN 2 THEN -3 ELSE -2 END WHERE number IN (2, 3);"
            "UPDATE audit_entry SET number = -number WHERE number < 0",
            "entry 2 does not follow the hash of the one before it",
        ),
        (
            "UPDATE audit_entry SET previous_hash = repeat('0', 64) WHERE number = 4",
            "entry 4 does not follow the hash of the one before it",
        ),
    ],
    ids=["removed", "first removed", "put before", "swapped", "unlinked"],
)
def test_removed_swapped_and_unlinked_entries_are_found_and_named(tampering: str, problem: str) -> None:
    write(5)
    behind_the_back(tampering)
    with pytest.raises(CommandError) as error:
        answer()
    assert str(error.value) == f"The audit log does not hold: {problem}."


@pytest.mark.django_db
def test_a_change_with_a_new_hash_of_its_own_breaks_the_next_entry() -> None:
    write(3)
    behind_the_back("UPDATE audit_entry SET actor = 'eve' WHERE number = 2")
    behind_the_back(
        "UPDATE audit_entry SET hash = %s WHERE number = 2", entry_hash(Entry.objects.get(number=2))
    )
    assert verify().problem == "entry 3 does not follow the hash of the one before it"


@pytest.mark.django_db
@pytest.mark.parametrize("forgery", ["rewritten", "cut"])
def test_a_forged_end_passes_alone_but_not_against_a_head_noted_before(forgery: str) -> None:
    noted = write(5)[-1].hash
    if forgery == "cut":
        behind_the_back("DELETE FROM audit_entry WHERE number > 3")
    else:
        behind_the_back("UPDATE audit_entry SET actor = 'eve' WHERE number = 3")
        rehash_from(3)
    assert verify().problem == ""
    with pytest.raises(CommandError, match=rf"no entry has the noted head {noted}, so the log's end"):
        answer("--head", noted)


@pytest.mark.django_db
def test_a_noted_head_is_still_there_when_the_log_has_grown() -> None:
    noted = write(3)[-1].hash
    write(2)
    assert answer("--head", noted).startswith("The audit log holds: 5 entries")


@pytest.mark.django_db
def test_half_a_head_is_refused_with_the_remedy() -> None:
    with pytest.raises(CommandError, match="64 hexadecimal digits; copy it whole"):
        answer("--head", "abc123")


@pytest.mark.django_db
def test_the_check_needs_the_same_memory_for_any_length() -> None:
    def peak() -> int:
        tracemalloc.start()
        assert verify().problem == ""
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    write(1500)
    verify()  # caches fill
    short = peak()
    write(3000)
    assert peak() < 1.3 * short


@pytest.mark.django_db
@pytest.mark.parametrize("fraction", [0.5, float("nan"), float("inf"), 1e16])
def test_a_fraction_is_refused_because_the_database_would_rewrite_it(fraction: float) -> None:
    with pytest.raises(TypeError, match="write it as a string"):
        record("test", actor="ana", subject="thing", at=AT, details={"deep": [{"x": fraction}]})


@pytest.mark.django_db
def test_details_hash_the_same_after_a_trip_through_the_database() -> None:
    details = {"b": 2**70, "a": "0.10", "名": {"z": None, "y": [True, "\ud7ff\U0001f600é"]}, 5: ("t",)}
    record("test", actor="ana", subject="thing", at=AT, details=details)  # type: ignore[arg-type]
    assert verify().problem == ""


@pytest.mark.django_db
def test_what_happened_to_one_thing_is_listed_oldest_first() -> None:
    write(3)
    write(2)
    assert [entry.number for entry in Entry.objects.about("thing 2")] == [2, 5]


@pytest.mark.django_db(transaction=True)
def test_no_entry_is_written_outside_the_transaction_of_its_act() -> None:
    with pytest.raises(RuntimeError, match="in the transaction of its act"):
        record("test", actor="ana", subject="thing", at=AT)
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_undoing_the_act_undoes_its_entry_and_leaves_no_gap() -> None:
    def fail_after_recording() -> None:
        with transaction.atomic():
            record("test", actor="ana", subject="thing", at=AT)
            raise ZeroDivisionError

    write(1)
    with pytest.raises(ZeroDivisionError):
        fail_after_recording()
    write(1)
    assert verify() == services.Verdict(2, Entry.objects.get(number=2).hash, "")


def record_at_once(times_each: int) -> list[Any]:
    """What eight writers at once meet: None when all went well, else the exception."""

    def work() -> None:
        for _ in range(times_each):
            write(1)

    return at_once(THREADS, work)


@pytest.mark.django_db(transaction=True)
def test_eight_writers_at_once_make_one_unbroken_chain() -> None:
    assert record_at_once(25) == [None] * THREADS
    verdict = verify()
    assert (verdict.count, verdict.problem) == (THREADS * 25, "")


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_writers_collide(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: everybody reads the same last link, and one alone can follow it."""
    all_have_read = threading.Barrier(THREADS)

    def read_together(last_link: Callable[[], tuple[int, str]] = services.last_link) -> tuple[int, str]:
        link = last_link()
        all_have_read.wait()
        return link

    monkeypatch.setattr(services, "wait_for_turn", lambda: None)
    monkeypatch.setattr(services, "last_link", read_together)
    met = record_at_once(1)
    assert [type(each) for each in met if each] == [IntegrityError] * (THREADS - 1)
    assert verify().count == 1
