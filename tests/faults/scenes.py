"""Deliveries and campaigns for tests that commit, and what must hold of them afterwards."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db import connection

from apps.activity import derive
from apps.activity.batch import Event
from apps.activity.ingest import Tally, apply_batch
from apps.activity.models import Delivery, Source
from apps.activity.parts import ranges_to_compare
from apps.campaigns.models import Campaign
from apps.directory.models import Employee
from tests.factories import DEADLINE, make_campaign
from tests.integrity.ready import complete_sources

NOW = datetime(2026, 12, 10, 4, tzinfo=UTC)
AFTER_GRACE = DEADLINE + timedelta(hours=73)
AFTER_OBJECTIONS = AFTER_GRACE + timedelta(days=8)
TALK_DAYS = [datetime(2026, 12, day, 3, tzinfo=UTC) for day in (7, 8, 9)]


def open_delivery(name: str = "export.csv") -> Delivery:
    source, _ = Source.objects.get_or_create(name="file", defaults={"platform": "im", "created_at": NOW})
    return Delivery.objects.create(source=source, name=name, actor="test", received_at=NOW)


def talk(employee: str, contacts: Iterable[str], days: Iterable[datetime] = TALK_DAYS) -> list[Event]:
    """Both write on each of the days: under the default rule, active contacts."""
    pairs = [(day, contact) for day in days for contact in contacts]
    both = [(day, *way) for day, contact in pairs for way in ((employee, contact), (contact, employee))]
    return [Event(n, day, sender, recipient, n) for n, (day, sender, recipient) in enumerate(both, start=1)]


def deliver(events: list[Event], delivery: Delivery | None = None) -> Tally:
    return apply_batch(delivery or open_delivery(), events, now=AFTER_OBJECTIONS)


def handle_of(employee: Employee) -> str:
    return employee.accounts.first().account.handle


def wrong_ties() -> list[tuple[int, int]]:
    """Pairs whose tie is not what the ledger says."""
    return [pair for part in ranges_to_compare() for pair in derive.differences(part)]


def all_ties() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT employee_id, contact_id, first_date, anchor, activity_days(recent_sent, earlier_sent)::text, "
            "activity_days(recent_received, earlier_received)::text "
            "FROM activity_tie ORDER BY 1, 2"
        )
        return cursor.fetchall()


def settling_campaign(*prizes: str) -> Campaign:
    complete_sources()
    return make_campaign(*prizes, state=Campaign.State.SETTLING)
