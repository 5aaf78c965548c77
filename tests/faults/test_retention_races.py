"""A month of the ledger goes while batches come in. The guard is shown to be needed, by its absence."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import override_settings

from apps.activity import retention as months_of
from apps.activity import sql
from apps.activity.models import Delivery
from apps.activity.parts import ledger_months
from apps.integrity import retention
from apps.ranking.counting import one_snapshot
from tests.factories import make_employee
from tests.faults.helpers import Actor, Stop, nothing
from tests.faults.scenes import deliver, handle_of, open_delivery, talk, wrong_ties

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("retention_of_a_year")]
LATER = datetime(2029, 7, 2, tzinfo=UTC)


@pytest.fixture
def retention_of_a_year() -> Iterator[None]:
    with connection.cursor() as cursor:
        for month in ledger_months():
            cursor.execute("SELECT activity_drop_month(%s)", [month.begins.date()])
    with override_settings(RETENTION_LEDGER_DAYS=365, RETENTION_TIES_DAYS=0):
        yield


def old_talk() -> str:
    handle = handle_of(make_employee())
    deliver(talk(handle, ["a@out.example"]))
    Delivery.objects.update(state=Delivery.State.APPLIED)
    return handle


def ledger_rows() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM activity_interaction")
        return int(cursor.fetchone()[0])


def batch_meets_retention(monkeypatch: pytest.MonkeyPatch) -> bool:
    """A month was found due and is about to go when a batch for it comes; whether that waited."""
    handle = old_talk()
    stop = Stop(monkeypatch, months_of, "drop_month")
    dropping = Actor(lambda: retention.apply(now=LATER))
    stop.wait()
    late = open_delivery("late")
    Delivery.objects.filter(pk=late.pk).update(received_at=LATER)
    batch = Actor(lambda: deliver(talk(handle, ["b@out.example"]), late))
    waited = batch.waits()
    stop.go()
    dropping.end()
    batch.end()
    return waited


def test_a_batch_waits_for_the_month_to_go_and_then_makes_it_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    assert batch_meets_retention(monkeypatch)
    assert (ledger_rows(), wrong_ties()) == (6, [])  # what came in now is kept for its own time


def test_without_the_gate_what_just_came_in_goes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "close_gate", nothing)
    assert not batch_meets_retention(monkeypatch)
    assert ledger_rows() == 0


def test_a_batch_in_flight_is_waited_for_and_counts_as_an_arrival(monkeypatch: pytest.MonkeyPatch) -> None:
    handle = old_talk()
    late = open_delivery("late")
    Delivery.objects.filter(pk=late.pk).update(received_at=LATER)
    stop = Stop(monkeypatch, sql, "note_arrival")
    batch = Actor(lambda: deliver(talk(handle, ["b@out.example"]), late))
    stop.wait()
    dropping = Actor(lambda: retention.apply(now=LATER))
    assert dropping.waits()
    stop.go()
    batch.end()
    assert dropping.end() == []
    assert (ledger_rows(), wrong_ties()) == (12, [])


def test_whoever_reads_the_ledger_keeps_it_and_the_month_goes_next_time() -> None:
    old_talk()
    with one_snapshot():
        said = Actor(lambda: retention.apply(now=LATER)).end()
        assert said == ["The ledger of 2026-12 is being read; it goes next time."]
        assert ledger_rows() == 6
    assert retention.apply(now=LATER) == ["The ledger of 2026-12 was dropped."]
    assert (ledger_rows(), wrong_ties()) == (0, [])


def test_two_at_once_drop_a_month_once() -> None:
    old_talk()
    actors = [Actor(lambda: retention.apply(now=LATER)) for _ in range(3)]
    said = [sentence for actor in actors for sentence in actor.end()]
    assert said == ["The ledger of 2026-12 was dropped."]
