"""One batch, one transaction: resolve, append to the ledger, OR into the ties, move the cursor.

Nothing is counted up and a day that is there already stays one day, so any batch may be sent again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest, Least

from apps.activity import sql
from apps.activity.batch import Event, Unreadable, copy_events, hold_unreadable, months_of
from apps.activity.gate import pass_gate
from apps.activity.models import Delivery, QuarantinedEvent

FUTURE_TOLERANCE = timedelta(minutes=5)  # clocks of messengers run a little ahead


class ContactCollision(Exception):
    """Two handles share the 64 bits of a contact's id; neither may be taken for the other."""


class DeliveryClosed(Exception):
    """The delivery was withdrawn while its lines were being read."""


@dataclass
class Tally:
    """What became of a batch, in interactions; `held` by reason of the quarantine."""

    counted: int = 0
    staff_only: int = 0
    outsiders_only: int = 0
    group_rooms: int = 0
    held: dict[str, int] = field(default_factory=dict)
    first_at: datetime | None = None
    last_at: datetime | None = None


def apply_batch(
    delivery: Delivery,
    events: Sequence[Event],
    unreadable: Sequence[Unreadable] = (),
    *,
    now: datetime,
    lines_read: int | None = None,
) -> Tally:
    """Take in one batch of a delivery that is open, and commit it.

    lines_read: how far the delivery has been read with this batch (where to go on after a crash).
    Raises DeliveryClosed, ContactCollision; then nothing of the batch is kept.
    """
    sql.ensure_months(months_of(events, until=now + FUTURE_TOLERANCE))
    with transaction.atomic():
        pass_gate()
        copy_events(delivery.source.platform, events)
        tally = _sort_out(delivery, now)
        _add_contacts(delivery.source.platform)
        _append_to_ledger(delivery)
        fold_into_ties("sorted")
        hold_unreadable(delivery.pk, unreadable)
        if unreadable:
            tally.held[QuarantinedEvent.Reason.UNREADABLE] = len(unreadable)
        _move_cursor(delivery, tally, lines_read)
        sql.note_arrival()
        _drop_batch()
    return tally


def _sort_out(delivery: Delivery, now: datetime) -> Tally:
    """Give every event a verdict (temporary table `sorted`) and hold what must not be counted yet."""
    lag = delivery.source.lag_minutes
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE event")
        cursor.execute(
            f"""
            CREATE TEMPORARY TABLE sorted ON COMMIT DROP AS
            SELECT resolved.*, CASE
                WHEN room_size > %(max_room_size)s THEN 'group_rooms'
                WHEN (sender_employee IS NOT NULL OR sender_ours)
                    AND (recipient_employee IS NOT NULL OR recipient_ours) THEN 'staff_only'
                WHEN sender_employee IS NULL AND recipient_employee IS NULL
                    AND NOT sender_ours AND NOT recipient_ours THEN 'outsiders_only'
                WHEN occurred_at > %(future)s THEN 'future'
                WHEN occurred_at < %(stale)s THEN 'late'
                WHEN sender_employee IS NULL AND recipient_employee IS NULL THEN 'unknown_staff'
                ELSE 'counted' END AS verdict
            FROM ({sql.RESOLVED.format(source="event")}) AS resolved
            """,
            sql.calendar()
            | {
                "max_room_size": settings.MAX_ROOM_SIZE,
                "future": now + FUTURE_TOLERANCE,
                "stale": None if lag is None else now - timedelta(minutes=lag),
            },
        )
        cursor.execute("SELECT verdict, count(*) FROM sorted GROUP BY verdict")
        counts = dict(cursor.fetchall())
        cursor.execute(
            "SELECT min(occurred_at), max(occurred_at) FROM sorted WHERE occurred_at <= %s",
            [now + FUTURE_TOLERANCE],
        )
        first_at, last_at = cursor.fetchone()
        _hold(delivery)
    return Tally(
        counted=counts.pop("counted", 0),
        staff_only=counts.pop("staff_only", 0),
        outsiders_only=counts.pop("outsiders_only", 0),
        group_rooms=counts.pop("group_rooms", 0),
        held=counts,
        first_at=first_at,
        last_at=last_at,
    )


def _hold(delivery: Delivery) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO activity_quarantinedevent (delivery_id, line, reason, problem, state, occurred_at, sender,
                sender_hint, recipient, recipient_hint, room_size, event_key, decided_by)
            SELECT %s, line, verdict, '', 'held', occurred_at, sender, s.hint, recipient, r.hint, room_size,
                event_key, ''
            FROM sorted JOIN stranger AS s ON s.id = sender JOIN stranger AS r ON r.id = recipient
            WHERE verdict IN ('unknown_staff', 'future', 'late')
            """,
            [delivery.pk],
        )


def _add_contacts(platform: str) -> None:
    """Strangers become contacts, in key order; a row that is there must be the same stranger."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE TEMPORARY TABLE met ON COMMIT DROP AS
            SELECT * FROM stranger WHERE id IN (
                SELECT CASE WHEN sender_employee IS NULL AND NOT sender_ours THEN sender ELSE recipient END
                FROM sorted WHERE verdict IN ('counted', 'unknown_staff', 'future', 'late'))
            """
        )
        cursor.execute(
            "INSERT INTO activity_contact (id, platform, digest, hint, domain_keys, is_company) "
            "SELECT id, %s, digest, hint, domain_keys, false FROM met ORDER BY id ON CONFLICT (id) DO NOTHING",
            [platform],
        )
        cursor.execute(
            "SELECT count(*) FROM met JOIN activity_contact AS contact USING (id) WHERE contact.digest <> met.digest"
        )
        if cursor.fetchone()[0]:
            raise ContactCollision(
                "Two different handles have one contact id; change PSEUDONYM_KEY and start anew."
            )


def _append_to_ledger(delivery: Delivery) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO activity_interaction (occurred_at, sender, recipient, event_key, delivery_id, room_size) "
            "SELECT occurred_at, sender, recipient, event_key, %s, room_size FROM sorted WHERE verdict = 'counted'",
            [delivery.pk],
        )


def fold_into_ties(resolved: str) -> None:
    """OR what the temporary table `resolved` counts into the ties."""
    by_day = sql.TALK_BY_DAY.format(resolved=resolved, condition="verdict = 'counted'")
    folded = sql.FOLDED.format(by_day=f"({by_day})")
    with connection.cursor() as cursor:
        cursor.execute(sql.MERGE_INTO_TIES.format(folded=f"({folded})"))


def _move_cursor(delivery: Delivery, tally: Tally, lines_read: int | None) -> None:
    changes: dict[str, Any] = {
        "counted": F("counted") + tally.counted,
        "staff_only": F("staff_only") + tally.staff_only,
        "outsiders_only": F("outsiders_only") + tally.outsiders_only,
        "group_rooms": F("group_rooms") + tally.group_rooms,
        "quarantined": F("quarantined") + sum(tally.held.values()),
        "first_at": Least(F("first_at"), tally.first_at) if tally.first_at else F("first_at"),
        "last_at": Greatest(F("last_at"), tally.last_at) if tally.last_at else F("last_at"),
    }
    if lines_read is not None:
        changes["lines_read"] = lines_read
    still_open = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.OPEN)
    if not still_open.update(**changes):
        raise DeliveryClosed(
            f"Delivery {delivery.pk} was withdrawn meanwhile; nothing more of it is taken in."
        )


def _drop_batch() -> None:
    """So that the next batch of an outer transaction (a test's) finds the names free."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE event, stranger, sorted, met")
