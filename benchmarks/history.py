"""What those people's talk left behind: ties in the order in which they began, and a ledger day by day."""

from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.db import connection

from apps.activity.models import Delivery, Source
from apps.activity.sql import ensure_months, note_arrival
from bonus_tracker.clock import company_zone

# Bit n of a pair's bigints is day n; the highest of a tie's 63 bits is its anchor, and the next the day before.
TIES = """
INSERT INTO activity_tie (employee_id, contact_id, first_date, anchor, recent_sent, recent_received)
SELECT employee_id, contact_id, %(first_day)s::date + 64 - position(B'1' IN (days & -days)::bit(64)),
    %(first_day)s::date + 64 - newest, sent << newest - 2, received << newest - 2
FROM (
    SELECT *, position(B'1' IN days::bit(64)) AS newest
    FROM (SELECT *, sent | received AS days FROM bench.pair) AS pair
) AS placed
"""

# One message for every day on which somebody wrote, between eight in the morning and ten in the evening.
EVENTS = """
SELECT %(morning)s + bench.uniform(employee_id, contact_id, 1000 + 2 * %(day)s + incoming) * interval '14 hours'
        AS occurred_at,
    CASE incoming WHEN 0 THEN account_id ELSE contact_id END AS sender,
    CASE incoming WHEN 0 THEN contact_id ELSE account_id END AS recipient,
    bench.word(employee_id, contact_id, 1000 + 2 * %(day)s + incoming) AS event_key
FROM bench.pair JOIN bench.employee ON employee.id = employee_id CROSS JOIN (VALUES (0), (1)) AS way (incoming)
WHERE CASE incoming WHEN 0 THEN sent ELSE received END & (1::bigint << %(day)s) <> 0
"""


def build(days: int, ledger_days: int, first_day: date) -> None:
    """Ties of the pairs in `bench.pair`, and the newest days of the ledger, a delivery a day."""
    with connection.cursor() as cursor:
        cursor.execute(TIES, {"first_day": first_day})
    source = Source.objects.create(
        name="history", platform=settings.DEFAULT_PLATFORM, created_at=_at(first_day, 0)
    )
    for day in range(max(0, days - ledger_days), days):
        _deliver(source, day, first_day + timedelta(days=day))
    note_arrival()


def _deliver(source: Source, day: int, on: date) -> None:
    """The messages of one day, in the order of time."""
    ensure_months({on.replace(day=1), (on - timedelta(days=1)).replace(day=1)})
    delivery = Delivery.objects.create(
        source=source,
        state=Delivery.State.APPLIED,
        name=f"{on.isoformat()}.csv",
        actor="benchmark",
        received_at=_at(on + timedelta(days=1), 1),
        first_at=_at(on, 8),
        last_at=_at(on, 22),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO activity_interaction (occurred_at, sender, recipient, event_key, delivery_id, room_size) "
            f"SELECT occurred_at, sender, recipient, event_key, %(delivery)s, 2 FROM ({EVENTS}) AS event "
            "ORDER BY occurred_at",
            {"morning": _at(on, 8), "day": day, "delivery": delivery.pk},
        )
        Delivery.objects.filter(pk=delivery.pk).update(counted=cursor.rowcount, lines_read=cursor.rowcount)


def _at(on: date, hour: int) -> datetime:
    return datetime.combine(on, time(hour), company_zone()).astimezone(UTC)
