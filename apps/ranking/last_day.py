"""Ties as of an instant inside a day: its earlier days as they are, of the last one what the ledger says."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db import connection

from apps.activity import sql as activity_sql
from apps.ranking.instant import LONGEST_REPEAT, Instant
from apps.ranking.ranges import EVERYBODY, Range
from bonus_tracker.clock import company_zone

# Pairs that talked on the last day at or after the instant, and who of the two had written on it before.
LATE_TALK = """
    SELECT coalesce(sender_employee, recipient_employee) AS employee_id,
        CASE WHEN sender_employee IS NULL THEN sender ELSE recipient END AS contact_id,
        bool_or(occurred_at < %(as_of)s AND sender_employee IS NOT NULL) AS sent,
        bool_or(occurred_at < %(as_of)s AND recipient_employee IS NOT NULL) AS received
    FROM ({resolved}) AS resolved
    WHERE (sender_employee IS NULL) <> (recipient_employee IS NULL) AND day = %(last_day)s
        AND {not_our_handle} AND {only}
    GROUP BY 1, 2
    HAVING bool_or(occurred_at >= %(as_of)s)
"""


def ties_before(instant: Instant, employees: Range = EVERYBODY) -> str:
    """The relation `ties` of apps.ranking.sql as of an instant inside its last day; nothing left to bind.

    The ledger is read in the statement that reads the ties, so that both see the same batches.
    """
    rows = "i.occurred_at >= %(day_begins)s AND i.occurred_at < %(day_ends)s"
    standing = activity_sql.STANDING_ROWS.format(condition=rows)
    late = LATE_TALK.format(
        resolved=activity_sql.RESOLVED.format(source=f"({standing})"),
        not_our_handle=activity_sql.NOT_OUR_HANDLE,
        only=employees.holds("coalesce(sender_employee, recipient_employee)"),
    )
    query = f"""(
        SELECT tie.employee_id, tie.contact_id, tie.anchor, {_without_last_day("sent")}, {_without_last_day("received")}
        FROM activity_tie AS tie LEFT JOIN ({late}) AS late USING (employee_id, contact_id)
    )"""
    begins, ends = _around_last_day(instant)
    known = {"as_of": instant.as_of, "last_day": instant.last_day, "day_begins": begins, "day_ends": ends}
    operations: Any = connection.ops  # of PostgreSQL, which binds on the client
    bound: str = operations.compose_sql(query, activity_sql.calendar() | known)
    return bound


def _without_last_day(side: str) -> str:
    """One side's days; the last day is left out where this side wrote on it only after the instant."""
    days = activity_sql.days("tie", side)
    left = f"{days} & ~({activity_sql.FIRST_DAY} >> (tie.anchor - %(last_day)s))"
    return ", ".join(
        f"CASE WHEN late.{side} IS FALSE THEN activity_{part}({left}) ELSE tie.{part}_{side} END AS {part}_{side}"
        for part in ("recent", "earlier")
    )


def _around_last_day(instant: Instant) -> tuple[datetime, datetime]:
    """Instants between which the last day lies, whatever clocks did at its ends."""
    begins, ends = (
        datetime.combine(day, time.min, company_zone()).astimezone(UTC)
        for day in (instant.last_day, instant.last_day + timedelta(days=1))
    )
    return begins - LONGEST_REPEAT, ends + LONGEST_REPEAT
