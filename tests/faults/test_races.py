"""Batches, corrections, withdrawals and rebuilds at once. Each guard is shown to be needed, by its absence."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, ProgrammingError, connection, transaction
from psycopg.errors import DeadlockDetected

from apps.activity import derive, ingest, owed, sql
from apps.activity.models import Contact, Tie
from apps.activity.withdrawal import withdraw
from apps.directory.services import end_account
from tests.activity.limits import EVERYTHING_IS_OWED, limits
from tests.factories import make_employee
from tests.faults.helpers import Actor, Stop, nothing, rewritten, stopped_before_its_second_row
from tests.faults.scenes import (
    NOW,
    TALK_DAYS,
    all_ties,
    deliver,
    handle_of,
    open_delivery,
    talk,
    wrong_ties,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("meeting_point")]

ORDERED = {
    "activity_contact": ("ORDER BY id ON CONFLICT", "ORDER BY id DESC ON CONFLICT"),
    "activity_tie": ("ORDER BY employee_id, contact_id", "ORDER BY employee_id DESC, contact_id DESC"),
}


def two_batches_meet_in(table: str, *, second_backwards: bool) -> None:
    """Two batches of the same new pairs, each stopped once it holds its first row of the table."""
    contacts = ["a@out.example", "b@out.example"]
    if table == "activity_tie":  # known contacts, or the batches would wait for each other there already
        deliver(talk(handle_of(make_employee()), contacts))
    events = talk(handle_of(make_employee()), contacts)

    def backwards() -> None:
        with rewritten(*ORDERED[table]):
            deliver(events)

    with stopped_before_its_second_row(table):
        actors = [
            Actor(lambda: deliver(events)),
            Actor(backwards if second_backwards else lambda: deliver(events)),
        ]
        for actor in actors:
            assert actor.waits()
    for actor in actors:
        actor.end()


@pytest.mark.parametrize("table", ORDERED)
def test_batches_with_the_same_new_pairs_never_wait_in_a_circle(table: str) -> None:
    two_batches_meet_in(table, second_backwards=False)
    ties = {"activity_contact": 2, "activity_tie": 4}[table]
    assert (Contact.objects.count(), Tie.objects.count(), wrong_ties()) == (2, ties, [])


@pytest.mark.parametrize("table", ORDERED)
def test_without_the_key_order_they_do(table: str) -> None:
    with pytest.raises(OperationalError) as caught:
        two_batches_meet_in(table, second_backwards=True)
    assert isinstance(caught.value.__cause__, DeadlockDetected)


def two_make_a_month() -> None:
    """The first one's transaction is still open when the second one wants the same month."""
    with transaction.atomic():
        sql.ensure_months([date(2031, 5, 1)])
        second = Actor(lambda: sql.ensure_months([date(2031, 5, 1)]))
        assert second.waits()
    second.end()


def drop_month() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS activity_interaction_2031_05")


def test_a_month_is_made_once_however_many_need_it() -> None:
    try:
        two_make_a_month()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_inherits WHERE inhrelid = to_regclass('activity_interaction_2031_05')"
            )
            assert cursor.fetchone() == (1,)
    finally:
        drop_month()


def test_without_its_lock_the_second_maker_of_a_month_fails() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('activity_ensure_month'::regproc)")
        guarded = cursor.fetchone()[0]
        lock = "PERFORM pg_advisory_xact_lock(hashtext('activity_ensure_month'));"
        assert lock in guarded
        cursor.execute(guarded.replace(lock, "").replace("%", "%%"), [])
    try:
        with pytest.raises((ProgrammingError, IntegrityError)):
            two_make_a_month()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(guarded.replace("%", "%%"), [])
        drop_month()


def test_everybody_at_once_in_a_new_month() -> None:
    employees = [handle_of(make_employee()) for _ in range(6)]
    days = [datetime(2026, 11, day, 3, tzinfo=UTC) for day in (4, 5, 6)]
    shared = [f"c{n}@out.example" for n in range(40)]
    for actor in [Actor(lambda e=e: deliver(talk(e, shared, days))) for e in employees]:
        actor.end()
    assert (Tie.objects.count(), wrong_ties()) == (6 * 40, [])


def correction_meets_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch was resolved by the directory as it was; then an account turns out to be nobody's."""
    employee = make_employee()
    handle = handle_of(employee)
    deliver(talk(handle, ["a@out.example"]))
    stop = Stop(monkeypatch, ingest, "_append_to_ledger")
    batch = Actor(lambda: deliver(talk(handle, ["b@out.example"])))
    stop.wait()
    correction = Actor(
        lambda: end_account(employee, platform="im", handle=handle, ends_on=None, actor="hr", now=NOW)
    )
    correction.waits()
    stop.go()
    batch.end()
    correction.end()


def test_a_correction_waits_for_batches_in_flight(monkeypatch: pytest.MonkeyPatch) -> None:
    correction_meets_a_batch(monkeypatch)
    assert (Tie.objects.count(), wrong_ties()) == (0, [])


def test_without_the_gate_a_batch_escapes_the_correction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "pass_gate", nothing)
    correction_meets_a_batch(monkeypatch)
    assert len(wrong_ties()) == 1


def withdrawal_meets_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The delivery is taken back while its last batch has done everything but commit."""
    handle, delivery = handle_of(make_employee()), open_delivery()
    deliver(talk(handle, ["a@out.example"]), delivery)
    stop = Stop(monkeypatch, sql, "note_arrival")
    batch = Actor(lambda: deliver(talk(handle, ["b@out.example"]), delivery))
    stop.wait()
    withdrawal = Actor(lambda: withdraw(delivery, actor="hr", reason="wrong file", now=NOW))
    assert withdrawal.waits()
    stop.go()
    batch.end()
    withdrawal.end()


def test_a_withdrawal_takes_back_the_batch_in_flight_too(monkeypatch: pytest.MonkeyPatch) -> None:
    withdrawal_meets_a_batch(monkeypatch)
    assert (Tie.objects.count(), Contact.objects.count(), wrong_ties()) == (0, 0, [])


def test_without_the_gate_the_row_of_the_delivery_still_keeps_them_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ingest, "pass_gate", nothing)
    withdrawal_meets_a_batch(monkeypatch)
    assert (Tie.objects.count(), Contact.objects.count(), wrong_ties()) == (0, 0, [])


def test_a_batch_of_a_withdrawn_delivery_is_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    handle, delivery = handle_of(make_employee()), open_delivery()
    withdraw(delivery, actor="hr", reason="wrong file", now=NOW)
    with pytest.raises(ingest.DeliveryClosed, match="withdrawn"):
        deliver(talk(handle, ["a@out.example"]), delivery)
    assert (Tie.objects.count(), Contact.objects.count(), wrong_ties()) == (0, 0, [])


def deriving_meets_a_batch(monkeypatch: pytest.MonkeyPatch) -> bool:
    """The ties are gone and not yet derived again when a batch with a new pair comes; whether that waited."""
    employee = make_employee()
    deliver(talk(handle_of(employee), ["a@out.example"]))
    stop = Stop(monkeypatch, derive, "put_in")

    def repair() -> None:
        owed.repair([employee.pk], now=NOW)
        owed.work_off(now=NOW)

    deriving = Actor(repair)
    stop.wait()
    batch = Actor(lambda: deliver(talk(handle_of(employee), ["b@out.example"])))
    waited = batch.waits()
    stop.go()
    deriving.end()
    batch.end()
    return waited


def test_a_batch_waits_for_what_is_derived_with_an_act(monkeypatch: pytest.MonkeyPatch) -> None:
    assert deriving_meets_a_batch(monkeypatch)
    assert (Tie.objects.count(), wrong_ties()) == (2, [])


def test_a_batch_goes_on_beside_what_is_owed(monkeypatch: pytest.MonkeyPatch) -> None:
    with limits(*EVERYTHING_IS_OWED):
        assert not deriving_meets_a_batch(monkeypatch)
    assert (Tie.objects.count(), wrong_ties()) == (2, [])


def note_beside_another(note: Any) -> bool:
    """Whether noting an arrival had to wait for another's open transaction."""
    with transaction.atomic():
        note()
        second = Actor(note)
        waited = second.waits()
    second.end()
    return waited


def test_arrivals_are_noted_without_waiting_and_none_is_lost() -> None:
    for rounds in (1, 2):
        assert not note_beside_another(sql.note_arrival)
        assert sql.input_version() == 2 * rounds


def test_on_one_row_they_would_wait() -> None:
    def on_one_row() -> None:
        with rewritten(" FOR UPDATE SKIP LOCKED", ""):
            sql.note_arrival()

    sql.note_arrival()
    assert note_beside_another(on_one_row)


def test_late_days_of_many_batches_are_all_kept() -> None:
    handle = handle_of(make_employee())
    days = [TALK_DAYS[0] - timedelta(days=n) for n in range(24)]
    batches = [talk(handle, ["a@out.example"], [day]) for day in days]
    for actor in [Actor(lambda b=b: deliver(b)) for b in batches]:
        actor.end()
    [(*_key, sent, received)] = all_ties()
    assert (sent.count("1"), received.count("1"), wrong_ties()) == (len(days), len(days), [])
