"""What was delivered goes after its time: months of the ledger, ties, contacts nobody knows any more.

A month goes when its newest arrival is older than the ledger's retention, a tie when its newest day is older than
that of ties and its ledger has gone before it. Who needs days, and so holds them, is said by whoever knows
campaigns (apps.integrity.retention). Every part is a short transaction, and whoever is killed left nothing half
done: what a cut says is gone is dropped by the next run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from apps.activity import owed
from apps.activity.cuts import ties_from, whole_from
from apps.activity.models import Cut
from apps.activity.parts import Month, ledger_months, ranges_of_employees
from apps.audit.services import record
from bonus_tracker.clock import company_zone

TIES_AT_A_TIME = 50_000  # a second or two, of which other writers of the same ties wait for theirs alone
LONGEST_REPEAT = timedelta(hours=3)  # no clock was ever set back by more


@dataclass(frozen=True)
class Hold:
    """Somebody needs all days of the ledger, and all ties with days, from these on; `name` says who."""

    name: str
    ledger_since: date
    ties_since: date


@dataclass(frozen=True)
class Fate:
    """What becomes of a month: it goes when nothing holds it."""

    month: Month
    held_by: str


def months(holds: Sequence[Hold], *, now: datetime) -> list[Fate]:
    """Every month of the ledger, the oldest first, with what holds it.

    They go in order, so that the ledger is whole from one day on; only what was delivered for a time that is
    gone already goes by itself.
    """
    fates: list[Fate] = []
    gone, earlier = whole_from(), ""
    for month in ledger_months():
        is_gap_filler = gone is not None and whole_after(month) <= gone
        held_by = _holder(month, holds, now) or ("" if is_gap_filler else earlier)
        if held_by and not is_gap_filler and not earlier:
            earlier = f"months go in order, and {month.name} is kept"
        fates.append(Fate(month, held_by))
    return fates


def whole_after(month: Month) -> date:
    """The first day on the company's calendar that has no instant in the month, or before it."""
    minutes = range(LONGEST_REPEAT // timedelta(minutes=1))
    last = (month.ends - timedelta(minutes=n, microseconds=1) for n in minutes)
    return max(moment.astimezone(company_zone()).date() for moment in last) + timedelta(days=1)


def _holder(month: Month, holds: Sequence[Hold], now: datetime) -> str:
    if not settings.RETENTION_LEDGER_DAYS:
        return "RETENTION_LEDGER_DAYS is 0"
    for hold in holds:
        if hold.ledger_since < whole_after(month):
            return f"{hold.name} needs it"
    if waits := owed.owed().first():
        return f"ties are being derived again ({waits.subject})"
    newest, is_being_read = _newest_arrival(month)
    if is_being_read:
        return "a delivery is being read"
    goes_at = newest + timedelta(days=settings.RETENTION_LEDGER_DAYS)
    return f"its newest arrival is of {newest:%Y-%m-%d}" if now < goes_at else ""


def _newest_arrival(month: Month) -> tuple[datetime, bool]:
    """When last something of the month came in, no earlier than its end; whether something is coming in."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT greatest(%(ends)s, max(received_at), (
                SELECT max(decided_at) FROM activity_quarantinedevent
                WHERE state = 'released' AND occurred_at >= %(begins)s AND occurred_at < %(ends)s
            )), coalesce(bool_or(state = 'open'), false)
            FROM activity_delivery WHERE first_at < %(ends)s AND last_at >= %(begins)s
            """,
            {"begins": month.begins, "ends": month.ends},
        )
        newest, is_being_read = cursor.fetchone()
    return newest, is_being_read


def drop_month(month: Month, *, now: datetime, actor: str = "system") -> bool:
    """Drop a month for good; the caller closed the gate and found it due. False when somebody reads the ledger.

    The gate, since a batch on its way into the month would be lost, or leave a tie without its ledger.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT activity_drop_month(%s)", [month.begins.date()])
            cut = max(filter(None, (whole_from(), whole_after(month))))
            Cut.objects.create(whole_from=cut, made_at=now)
            record(
                "ledger month dropped",
                actor=actor,
                subject=f"ledger {month.name}",
                at=now,
                details={"about rows": month.rows, "whole from": cut.isoformat()},
            )
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            return False
        raise
    return True


def ties_cut(holds: Sequence[Hold], *, now: datetime) -> tuple[date | None, str]:
    """Ties whose newest day is before the day go, if any; and what holds later ones, or nothing.

    By whole months, so that it does not change every day. Never before their ledger: it would bring them back.
    """
    if not settings.RETENTION_TIES_DAYS:
        return ties_from(), "RETENTION_TIES_DAYS is 0"
    today = now.astimezone(company_zone()).date()
    cut = (today - timedelta(days=settings.RETENTION_TIES_DAYS)).replace(day=1)
    limits = [(hold.ties_since, f"{hold.name} needs them") for hold in holds]
    limits.append((whole_from() or date.min, "their ledger is kept"))
    held_by = ""
    for since, name in limits:
        if since < cut:
            cut, held_by = since, name
    known = ties_from()
    return (max(cut, known) if known else None if cut == date.min else cut), held_by


@transaction.atomic
def move_ties_cut(day: date, *, now: datetime, actor: str = "system") -> None:
    """Say that ties which ended before the day are gone; from here on nobody counts with them."""
    known = ties_from()
    if known is None or known < day:
        Cut.objects.create(ties_from=day, made_at=now)
        record(
            "ties forgotten", actor=actor, subject="ties", at=now, details={"ended before": day.isoformat()}
        )


def forget_ties() -> int:
    """Delete the ties that the last cut says are gone; returns how many. A new day moves one out of its reach."""
    cut, gone = ties_from(), 0
    if cut is None:
        return 0
    for part in ranges_of_employees(TIES_AT_A_TIME):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM activity_tie WHERE {part.employees} AND anchor < %s", [cut])
            gone += cursor.rowcount
    return gone


def ties_before(day: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM activity_tie WHERE anchor < %s", [day])
        return int(cursor.fetchone()[0])
