"""Short stories of talk for the tests of a campaign's end."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from apps.activity.batch import Event
from apps.activity.ingest import apply_batch
from apps.activity.models import Delivery, Source
from apps.directory.models import Employee
from tests.factories import DEADLINE

LAST_DAY = DEADLINE - timedelta(hours=12)  # noon of 31 December in Shanghai


def deliver(events: Iterable[Event], *, now: datetime = DEADLINE, name: str = "im") -> Delivery:
    source, _ = Source.objects.get_or_create(name=name, defaults={"platform": "im", "created_at": now})
    delivery = Delivery.objects.create(source=source, actor="test", received_at=now)
    apply_batch(delivery, list(events), now=now)
    Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.APPLIED)
    return delivery


def talk(employee: Employee, contact: str, *, days: int, until: datetime = LAST_DAY) -> list[Event]:
    """Both write to each other on each of the last `days` days."""
    handle = employee.accounts.get().account.handle
    events = []
    for n in range(days):
        at = until - timedelta(days=n)
        events.append(Event(2 * n + 1, at, handle, contact, event_key=2 * n))
        events.append(Event(2 * n + 2, at + timedelta(minutes=1), contact, handle, event_key=2 * n + 1))
    return events


def befriend(
    employee: Employee, contacts: int, *, days: int = 3, prefix: str = "", until: datetime = LAST_DAY
) -> list[Event]:
    """Talk with so many contacts of one's own, each on the last `days` days."""
    return [
        event
        for n in range(contacts)
        for event in talk(
            employee, f"{prefix or employee.number}-friend{n}@outside.example", days=days, until=until
        )
    ]
