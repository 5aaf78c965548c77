"""Events set aside: tried again when the directory learns more, released or rejected by HR.

Each closes the gate: they write the same events and deliveries, in no order of their own.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet

from apps.activity import sql
from apps.activity.gate import close_gate
from apps.activity.models import QuarantinedEvent
from apps.audit.services import record

EVENTS_AT_ONCE = 50_000  # tried again in one transaction: a few seconds
HELD, RELEASED, REJECTED = (
    QuarantinedEvent.State.HELD,
    QuarantinedEvent.State.RELEASED,
    QuarantinedEvent.State.REJECTED,
)
# Whoever of the two is no employee must be a stranger who was met: of an unknown company handle no contact is kept.
NOW_KNOWN = """
    SELECT resolved.*, CASE
        WHEN sender_employee IS NOT NULL AND recipient_employee IS NOT NULL THEN 'staff_only'
        WHEN sender_employee IS NULL AND recipient_employee IS NULL THEN 'unknown_staff'
        WHEN NOT EXISTS (
            SELECT FROM activity_contact AS contact WHERE NOT is_company
                AND contact.id = CASE WHEN sender_employee IS NULL THEN sender ELSE recipient END
        ) THEN 'staff_only'
        ELSE 'counted' END AS verdict
    FROM ({resolved}) AS resolved
"""


def has_much_to_retry() -> bool:
    return _unknown().order_by()[: EVENTS_AT_ONCE + 1].count() > EVENTS_AT_ONCE


def retry(*, now: datetime) -> int:
    """Take in the events whose company handle the directory knows by now; returns how many.

    In short transactions, when the caller has none around it.
    """
    taken, last = 0, 0
    while events := list(
        _unknown().filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:EVENTS_AT_ONCE]
    ):
        with transaction.atomic():
            close_gate()
            taken += _take_in(events, actor="system", now=now)
        last = events[-1]
    return taken


def _unknown() -> QuerySet[QuarantinedEvent]:
    return QuarantinedEvent.objects.filter(state=HELD, reason=QuarantinedEvent.Reason.UNKNOWN_STAFF)


@transaction.atomic
def release(events: Collection[int], *, actor: str, reason: str, now: datetime) -> int:
    """Count held events after all; those that still cannot be read stay held. Returns how many were taken in."""
    close_gate()
    taken = _take_in(list(events), actor=actor, now=now)
    record(
        "quarantine released",
        actor=actor,
        subject="quarantine",
        at=now,
        details={"events": sorted(events), "taken in": taken, "reason": reason},
    )
    return taken


@transaction.atomic
def reject(events: Collection[int], *, actor: str, reason: str, now: datetime) -> int:
    """Decide that held events never count; returns how many."""
    close_gate()
    held = QuarantinedEvent.objects.filter(pk__in=events, state=HELD)
    rejected = held.update(state=REJECTED, decided_at=now, decided_by=actor)
    record(
        "quarantine rejected",
        actor=actor,
        subject="quarantine",
        at=now,
        details={"events": sorted(events), "rejected": rejected, "reason": reason},
    )
    return rejected


def _take_in(events: list[int], *, actor: str, now: datetime) -> int:
    if not events:
        return 0
    months = QuarantinedEvent.objects.filter(pk__in=events, occurred_at__isnull=False, state=HELD)
    sql.ensure_months(moment.date() for moment in months.datetimes("occurred_at", "month"))
    held = (
        "(SELECT id, delivery_id, occurred_at, sender, recipient, event_key, room_size FROM activity_quarantinedevent "
        "WHERE id = ANY(%(events)s) AND state = 'held' AND occurred_at IS NOT NULL "
        "AND delivery_id NOT IN (SELECT id FROM activity_delivery WHERE state = 'withdrawn') FOR UPDATE)"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE retried ON COMMIT DROP AS "
            + NOW_KNOWN.format(resolved=sql.RESOLVED.format(source=held)),
            sql.calendar() | {"events": events},
        )
        cursor.execute(
            "INSERT INTO activity_interaction (occurred_at, sender, recipient, event_key, delivery_id, room_size) "
            "SELECT occurred_at, sender, recipient, event_key, delivery_id, room_size FROM retried "
            "WHERE verdict = 'counted'"
        )
        cursor.execute(sql.merge_talk("retried", "verdict = 'counted'"))
        cursor.execute(
            "UPDATE activity_delivery AS d SET quarantined = d.quarantined - known.events, "
            "counted = d.counted + known.counted, staff_only = d.staff_only + known.events - known.counted, "
            "last_at = greatest(d.last_at, known.last_at) "
            "FROM (SELECT delivery_id, count(*) AS events, count(*) FILTER (WHERE verdict = 'counted') AS counted, "
            "max(occurred_at) AS last_at "
            "FROM retried WHERE verdict <> 'unknown_staff' GROUP BY delivery_id) AS known "
            "WHERE d.id = known.delivery_id"
        )
        cursor.execute(
            "UPDATE activity_quarantinedevent SET state = 'released', decided_at = %s, decided_by = %s "
            "WHERE id IN (SELECT id FROM retried WHERE verdict <> 'unknown_staff')",
            [now, actor],
        )
        taken: int = cursor.rowcount
        cursor.execute("DROP TABLE retried")
    if taken:
        sql.note_arrival()
    return taken
