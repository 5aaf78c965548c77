"""One batch, one transaction: judge, meet the strangers, append to the ledger, OR into the ties, move the cursor.

Nothing is counted up and a day that is there already stays one day, so any batch may be sent again.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg.errors import CheckViolation

from apps.activity import sql
from apps.activity.batch import COPY_HEADER, COPY_TRAILER, Batch, Event, Events, Unreadable, instant, prepare
from apps.activity.gate import pass_gate
from apps.activity.holding import hold
from apps.activity.judging import HELD, Judged, Limits, judge
from apps.activity.lookup import look_up
from apps.activity.models import Delivery, QuarantinedEvent, Source
from apps.activity.prepared import prepared
from apps.activity.strangers import meet
from apps.activity.tie_rows import columns_of

FUTURE_TOLERANCE = timedelta(minutes=5)  # clocks of messengers run a little ahead


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
    events: Batch | Sequence[Event],
    unreadable: Sequence[Unreadable] = (),
    *,
    now: datetime,
    lines_read: int | None = None,
) -> Tally:
    """Take in one batch of a delivery that is open, and commit it.

    events: as a door read them, or prepared already. lines_read: how far the delivery has been read with this
    batch (where to go on after a crash). Raises DeliveryClosed, ContactCollision; then nothing of the batch
    is kept.
    """
    batch = (
        events
        if isinstance(events, Batch)
        else prepare(delivery.source.platform, delivery.pk, Events.of(events))
    )
    take_in = partial(_take_in, delivery, batch, unreadable, now=now, lines_read=lines_read)
    with suppress(CheckViolation):  # the ledger has no place for some: the first events of a month
        return take_in()
    sql.ensure_months({instant(at).date().replace(day=1) for at in batch.until(now + FUTURE_TOLERANCE)})
    return take_in()


@transaction.atomic
def _take_in(
    delivery: Delivery,
    batch: Batch,
    unreadable: Sequence[Unreadable],
    *,
    now: datetime,
    lines_read: int | None,
) -> Tally:
    pass_gate()
    judged = judge(batch, look_up(batch), limits_of(delivery.source, now))
    meet(judged.strangers, batch, delivery.source.platform)
    _append_to_ledger(batch, judged)
    _or_into_ties(judged)
    hold(delivery, batch, judged, unreadable)
    tally = tally_of(judged, batch.until(now + FUTURE_TOLERANCE), len(unreadable))
    _move_cursor(delivery, tally, lines_read)
    sql.note_arrival()
    return tally


def limits_of(source: Source, now: datetime) -> Limits:
    lag = source.lag_minutes
    return Limits(
        settings.MAX_ROOM_SIZE,
        future=now + FUTURE_TOLERANCE,
        stale=None if lag is None else now - timedelta(minutes=lag),
    )


def _append_to_ledger(batch: Batch, judged: Judged) -> None:
    if rows := batch.rows_without(judged.left):
        with connection.cursor() as cursor, cursor.copy(sql.COPY_LEDGER) as copy:
            copy.write(b"".join((COPY_HEADER, rows, COPY_TRAILER)))


def _or_into_ties(judged: Judged) -> None:
    if judged.ties:
        with prepared() as cursor:
            cursor.execute(sql.MERGE_GIVEN, columns_of(judged))


def tally_of(judged: Judged, instants: Sequence[int], unreadable: int) -> Tally:
    verdicts = Counter(judged.left.values())
    held = {str(reason): verdicts[reason] for reason in HELD if verdicts[reason]}
    if unreadable:
        held[QuarantinedEvent.Reason.UNREADABLE] = unreadable
    return Tally(
        counted=judged.counted,
        staff_only=verdicts["staff_only"],
        outsiders_only=verdicts["outsiders_only"],
        group_rooms=verdicts["group_rooms"],
        held=held,
        first_at=instant(min(instants)) if instants else None,
        last_at=instant(max(instants)) if instants else None,
    )


def _move_cursor(delivery: Delivery, tally: Tally, lines_read: int | None) -> None:
    with prepared() as cursor:
        cursor.execute(
            """
            UPDATE activity_delivery SET counted = counted + %(counted)s, staff_only = staff_only + %(staff_only)s,
                outsiders_only = outsiders_only + %(outsiders_only)s, group_rooms = group_rooms + %(group_rooms)s,
                quarantined = quarantined + %(held)s, first_at = least(first_at, %(first_at)s),
                last_at = greatest(last_at, %(last_at)s), lines_read = coalesce(%(lines_read)s, lines_read)
            WHERE id = %(delivery)s AND state = 'open'
            """,
            {
                "counted": tally.counted,
                "staff_only": tally.staff_only,
                "outsiders_only": tally.outsiders_only,
                "group_rooms": tally.group_rooms,
                "held": sum(tally.held.values()),
                "first_at": tally.first_at,
                "last_at": tally.last_at,
                "lines_read": lines_read,
                "delivery": delivery.pk,
            },
        )
        if not cursor.rowcount:
            raise DeliveryClosed(
                _("Delivery %d was withdrawn meanwhile; nothing more of it is taken in.") % delivery.pk
            )
