"""What is held back: released, rejected, tried again when the directory knows more."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from apps.activity import derive
from apps.activity.batch import Event
from apps.activity.ingest import apply_batch
from apps.activity.models import Contact, Delivery, QuarantinedEvent, Source, Tie
from apps.activity.parts import ranges_to_compare
from apps.activity.quarantine import reject, release
from apps.activity.withdrawal import withdraw
from apps.audit.models import Entry
from apps.directory.handles import account_key
from apps.directory.models import Account, AccountOwner, CompanyDomain, Employee
from apps.directory.services import hire
from tests.factories import make_employee

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 9, 10, 12, tzinfo=UTC)
THEN = datetime(2026, 9, 1, 8, tzinfo=UTC)
STRANGER = "c1@out.example"
NEW = "new@firm.example"


@pytest.fixture(autouse=True)
def _company() -> None:
    CompanyDomain.objects.create(domain="firm.example")


def deliver(*events: tuple[datetime, str, str], lag_minutes: int | None = None) -> Delivery:
    source, _ = Source.objects.get_or_create(
        name="chat", defaults={"platform": "im", "created_at": NOW, "lag_minutes": lag_minutes}
    )
    delivery = Delivery.objects.create(source=source, actor="test", received_at=NOW)
    batch = [Event(n, at, sender, to, n) for n, (at, sender, to) in enumerate(events, start=1)]
    apply_batch(delivery, batch, now=NOW)
    return delivery


def held(**conditions: Any) -> list[int]:
    return list(QuarantinedEvent.objects.filter(state="held", **conditions).values_list("pk", flat=True))


def counts(delivery: Delivery) -> tuple[int, int, int]:
    delivery.refresh_from_db()
    return delivery.counted, delivery.staff_only, delivery.quarantined


def ledger_rows() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM activity_interaction")
        rows: int = cursor.fetchone()[0]
        return rows


def hire_new(*handles: str, hired_on: date = date(2026, 1, 1)) -> Employee:
    accounts = [("im", handle) for handle in handles or (NEW,)]
    return hire("N1", "New", hired_on=hired_on, accounts=accounts, actor="hr", now=NOW)


def test_the_directory_learns_who_it_was_and_the_event_counts() -> None:
    delivery = deliver((THEN, STRANGER, NEW), (THEN, "other@firm.example", STRANGER))
    employee = hire_new()
    assert [(tie.employee_id, tie.contact_id) for tie in Tie.objects.all()] == [
        (employee.pk, account_key("im", STRANGER))
    ]
    assert counts(delivery) == (1, 0, 1)
    assert len(held()) == 1
    assert ledger_rows() == 1


def test_trying_again_twice_counts_once() -> None:
    delivery = deliver((THEN, STRANGER, NEW))
    hire_new()
    ties = list(Tie.objects.values_list())
    hire("N2", "Newer", hired_on=date(2026, 1, 1), actor="hr", now=NOW)
    assert (counts(delivery), ledger_rows(), list(Tie.objects.values_list())) == ((1, 0, 0), 1, ties)


def test_both_turn_out_to_be_staff() -> None:
    delivery = deliver((THEN, STRANGER, NEW))
    hire_new(NEW, STRANGER)
    assert (counts(delivery), held(), ledger_rows()) == ((0, 1, 0), [], 0)


def test_the_stranger_turns_out_to_be_staff_and_the_company_handle_stays_unknown() -> None:
    delivery = deliver((THEN, STRANGER, NEW))
    hire_new(STRANGER)
    assert (counts(delivery), held(), Tie.objects.count()) == ((0, 1, 0), [], 0)


def test_a_handle_that_was_somebodys_on_other_days_only_stays_held() -> None:
    deliver((THEN, STRANGER, NEW))
    hire_new(hired_on=date(2026, 9, 2))
    assert (len(held()), Tie.objects.count()) == (1, 0)


def test_an_event_of_the_future_waits_for_a_person_even_when_the_handle_becomes_known() -> None:
    far = datetime(2126, 1, 1, tzinfo=UTC)
    deliver((far, STRANGER, NEW), (THEN, STRANGER, NEW))
    hire_new()
    assert Tie.objects.get().anchor == date(2026, 9, 1)
    assert len(held(reason="future")) == 1


def test_a_released_event_counts_on_its_own_day() -> None:
    make_employee("ann@firm.example")
    soon = NOW + timedelta(hours=5)
    delivery = deliver((soon, "ann@firm.example", STRANGER), (THEN, "ann@firm.example", STRANGER))
    assert counts(delivery) == (1, 0, 1)
    assert release(held(), actor="hr", reason="its clock was fast", now=NOW) == 1
    tie = Tie.objects.get()
    assert (tie.first_date, tie.anchor) == (date(2026, 9, 1), date(2026, 9, 11))
    assert counts(delivery) == (2, 0, 0)
    assert delivery.last_at == soon
    assert release(held(), actor="hr", reason="again", now=NOW) == 0
    decided = QuarantinedEvent.objects.get()
    assert (decided.state, decided.decided_by, decided.decided_at) == ("released", "hr", NOW)
    assert [pair for part in ranges_to_compare() for pair in derive.differences(part)] == []


def test_a_late_event_is_released_into_a_month_of_its_own() -> None:
    make_employee("ann@firm.example")
    deliver((datetime(2024, 2, 29, tzinfo=UTC), "ann@firm.example", STRANGER), lag_minutes=60)
    [event] = held(reason="late")
    assert release([event], actor="hr", reason="the connector was down", now=NOW) == 1
    assert Tie.objects.get().anchor == date(2024, 2, 29)


def test_what_cannot_be_read_or_is_still_unknown_stays_held() -> None:
    delivery = deliver((THEN, STRANGER, NEW))
    QuarantinedEvent.objects.create(delivery=delivery, line=9, reason="unreadable", problem="3 columns")
    assert release(held(), actor="hr", reason="try", now=NOW) == 0
    assert len(held()) == 2


def test_a_rejected_event_never_comes_back() -> None:
    deliver((THEN, STRANGER, NEW))
    [event] = held()
    assert reject([event], actor="hr", reason="a test account", now=NOW) == 1
    assert reject([event], actor="hr", reason="again", now=NOW) == 0
    hire_new()
    assert release([event], actor="hr", reason="try", now=NOW) == 0
    assert Tie.objects.count() == 0
    said = Entry.objects.filter(action__startswith="quarantine").order_by("number")
    assert [(e.action, e.details["reason"]) for e in said] == [
        ("quarantine rejected", "a test account"),
        ("quarantine rejected", "again"),
        ("quarantine released", "try"),
    ]


def test_held_events_go_with_their_delivery() -> None:
    delivery = deliver((THEN, STRANGER, NEW))
    withdraw(delivery, actor="hr", reason="wrong file", now=NOW)
    hire_new()
    assert (held(), Tie.objects.count(), Contact.objects.count()) == ([], 0, 0)


def test_a_contact_of_another_delivery_stays() -> None:
    kept = deliver((THEN, STRANGER, NEW))
    withdraw(deliver((THEN, STRANGER, NEW)), actor="hr", reason="twice", now=NOW)
    hire_new()
    assert (Tie.objects.count(), Contact.objects.count(), counts(kept)) == (1, 1, (1, 0, 0))


def test_an_account_that_changed_hands_gives_the_event_to_its_owner_of_that_day() -> None:
    deliver((THEN, STRANGER, NEW))
    later, then = make_employee("x@firm.example"), make_employee("y@firm.example")
    account = Account.objects.create(id=account_key("im", NEW), platform="im", handle=NEW, is_company=True)
    day = date(2026, 9, 1)
    AccountOwner.objects.create(account=account, employee=then, starts_on=day, ends_on=day)
    AccountOwner.objects.create(account=account, employee=later, starts_on=day + timedelta(days=1))
    assert release(held(), actor="hr", reason="known now", now=NOW) == 1
    assert Tie.objects.get().employee_id == then.pk
