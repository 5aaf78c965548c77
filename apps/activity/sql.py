"""The SQL of the ledger and the ties: texts that several services share, each with its reason.

A set of days is a bit(384) whose first bit is an anchor date and whose n-th bit is the day n - 1
before it; shifting right by k moves the anchor k days later, shifting left earlier. A tie keeps its
newest 63 days as a number and the others apart, without the zeros after the oldest of them;
activity_days(recent, earlier) joins them, activity_recent(days) and activity_earlier(days) take them apart.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection

from apps.activity.fields import DAYS_REMEMBERED, RECENT_DAYS
from apps.activity.prepared import prepared

BITS = f"bit({DAYS_REMEMBERED})"
NO_DAY = f"repeat('0', {DAYS_REMEMBERED})::{BITS}"
EVERY_DAY = f"repeat('1', {DAYS_REMEMBERED})::{BITS}"
ANCHOR_DAY = f"{1 << RECENT_DAYS - 1}"
FIRST_DAY = f"('1' || repeat('0', {DAYS_REMEMBERED - 1}))::{BITS}"

TIE_COLUMNS = (
    "employee_id, contact_id, first_date, anchor, "
    "recent_sent, earlier_sent, recent_received, earlier_received"
)

# Who wrote to whom, by the directory of the day: rows of `source` (occurred_at, sender, recipient, ...)
# with the local date and the employee on either side, null for a stranger.
RESOLVED = """
    SELECT source.*, local.day, wrote.employee_id AS sender_employee, got.employee_id AS recipient_employee
    FROM {source} AS source
    CROSS JOIN LATERAL (SELECT (source.occurred_at AT TIME ZONE %(zone)s)::date AS day) AS local
    LEFT JOIN directory_accountowner AS wrote ON wrote.account_id = source.sender
        AND local.day >= wrote.starts_on AND (wrote.ends_on IS NULL OR local.day <= wrote.ends_on)
    LEFT JOIN directory_accountowner AS got ON got.account_id = source.recipient
        AND local.day >= got.starts_on AND (got.ends_on IS NULL OR local.day <= got.ends_on)
"""

# Talk of one employee with one stranger: (employee_id, contact_id, day, sent, received), a row a day.
TALK_BY_DAY = """
    SELECT coalesce(sender_employee, recipient_employee) AS employee_id,
        CASE WHEN sender_employee IS NULL THEN sender ELSE recipient END AS contact_id,
        day,
        bool_or(sender_employee IS NOT NULL) AS sent,
        bool_or(recipient_employee IS NOT NULL) AS received
    FROM {resolved} AS resolved
    WHERE (sender_employee IS NULL) <> (recipient_employee IS NULL) AND {condition}
    GROUP BY 1, 2, 3
"""


def _folded(side: str) -> str:
    ago = "(anchor - day)"
    return f"""
        coalesce(bit_or(CASE WHEN {side} AND {ago} < {RECENT_DAYS} THEN {ANCHOR_DAY} >> {ago} END), 0) AS recent_{side},
        activity_earlier(bit_or(CASE WHEN {side} AND {ago} BETWEEN {RECENT_DAYS} AND {DAYS_REMEMBERED - 1}
            THEN {FIRST_DAY} >> {ago} END)) AS earlier_{side}"""


# Days folded into ties: TIE_COLUMNS.
FOLDED = f"""
    SELECT employee_id, contact_id, first_date, anchor, {_folded("sent")}, {_folded("received")}
    FROM (
        SELECT by_day.*, max(day) OVER pair AS anchor, min(day) OVER pair AS first_date
        FROM {{by_day}} AS by_day WINDOW pair AS (PARTITION BY employee_id, contact_id)
    ) AS anchored
    GROUP BY employee_id, contact_id, first_date, anchor
"""

# Rows of the ledger that still stand; `condition` may cut by time or account.
STANDING_ROWS = """
    SELECT i.occurred_at, i.sender, i.recipient FROM activity_interaction AS i
    WHERE i.delivery_id NOT IN (SELECT id FROM activity_delivery WHERE state = 'withdrawn') AND {condition}
"""

# A company handle that nobody had on the day is nobody's contact (at ingest it is quarantined).
NOT_OUR_HANDLE = """
    CASE WHEN sender_employee IS NULL THEN sender ELSE recipient END
        NOT IN (SELECT id FROM directory_account WHERE is_company)
"""


def days(tie: str, side: str) -> str:
    """One side's days of a tie, relative to its anchor: activity_days, which takes longer to plan."""
    return f"({tie}.recent_{side}::bit({RECENT_DAYS}) || coalesce({tie}.earlier_{side}, B''))::{BITS}"


def taken_apart(ties: str) -> str:
    """Ties whose sets of days `sent` and `received` are whole, as activity_tie keeps them."""
    sides = ", ".join(
        f"activity_recent({side}) AS recent_{side}, activity_earlier({side}) AS earlier_{side}"
        for side in ("sent", "received")
    )
    return f"(SELECT employee_id, contact_id, anchor, {sides} FROM {ties} AS whole)"


AHEAD = "(excluded.anchor - tie.anchor)"  # by how many days the news moves the anchor
MERGED_IS_RECENT = (
    f"(greatest(tie.anchor, excluded.anchor) - least(tie.first_date, excluded.first_date) < {RECENT_DAYS})"
)


def _merged(side: str) -> str:
    return f"((({days('tie', side)}) >> greatest({AHEAD}, 0)) | (({days('excluded', side)}) >> greatest(-{AHEAD}, 0)))"


def _merged_recent(side: str) -> str:
    """The newest days of both: numbers alone, as what is earlier than those of one never gets back among them."""
    return (
        f"CASE WHEN {AHEAD} < {RECENT_DAYS} THEN tie.recent_{side} >> greatest({AHEAD}, 0) ELSE 0 END"
        f" | CASE WHEN -{AHEAD} < {RECENT_DAYS} THEN excluded.recent_{side} >> greatest(-{AHEAD}, 0) ELSE 0 END"
    )


def _merged_earlier(side: str) -> str:
    """Most news is of the anchor's day, or of a young tie; only the rest is worth long sets of bits."""
    return f"""CASE WHEN {MERGED_IS_RECENT} THEN NULL
        WHEN {AHEAD} = 0 AND excluded.earlier_{side} IS NULL THEN tie.earlier_{side}
        ELSE activity_earlier({_merged(side)}) END"""


def _is_news(side: str) -> str:
    return f"""CASE WHEN {MERGED_IS_RECENT} OR ({AHEAD} = 0 AND excluded.earlier_{side} IS NULL)
        THEN (excluded.recent_{side} >> -{AHEAD}) & ~tie.recent_{side} <> 0
        ELSE ({days("excluded", side)} >> -{AHEAD}) & ~{days("tie", side)} <> {NO_DAY} END"""


# OR into the ties, in key order so that two writers never wait for each other in a circle, and only
# where something changes, so that a replay writes nothing.
MERGE_INTO_TIES = f"""
    INSERT INTO activity_tie AS tie ({TIE_COLUMNS})
    SELECT {TIE_COLUMNS} FROM {{folded}} AS folded
    ORDER BY employee_id, contact_id
    ON CONFLICT (employee_id, contact_id) DO UPDATE SET
        first_date = least(tie.first_date, excluded.first_date),
        anchor = greatest(tie.anchor, excluded.anchor),
        recent_sent = {_merged_recent("sent")},
        recent_received = {_merged_recent("received")},
        earlier_sent = {_merged_earlier("sent")},
        earlier_received = {_merged_earlier("received")}
    WHERE {AHEAD} > 0 OR excluded.first_date < tie.first_date
        OR ({_is_news("sent")}) OR ({_is_news("received")})
"""


# The same of ties that are worked out already: a parameter for each of apps.activity.judging.TieRow, as an array.
MERGE_GIVEN = MERGE_INTO_TIES.format(
    folded="""(
        SELECT employee_id, contact_id, date_of(first_date) AS first_date, date_of(anchor) AS anchor, recent_sent,
            recent_received, earlier_sent::varbit AS earlier_sent, earlier_received::varbit AS earlier_received
        FROM unnest(%s::integer[], %s::bigint[], %s::integer[], %s::integer[], %s::bigint[], %s::bigint[], %s::text[],
            %s::text[]) AS given (employee_id, contact_id, first_date, anchor, recent_sent, recent_received,
            earlier_sent, earlier_received)
    )""".replace("date_of(first_date)", "DATE '0001-01-01' + (first_date - 1)").replace(
        "date_of(anchor)", "DATE '0001-01-01' + (anchor - 1)"
    )
)
COPY_LEDGER = (
    "COPY activity_interaction (occurred_at, sender, recipient, event_key, delivery_id, room_size) "
    "FROM STDIN (FORMAT binary)"
)


def array(values: Iterable[int | str]) -> str:
    """Numbers, or plain words, as PostgreSQL writes an array: for thousands many times as fast as binding a list."""
    return f"{{{','.join(map(str, values))}}}"


def merge_talk(resolved: str, condition: str) -> str:
    """OR what the rows of `resolved` that meet the condition say into the ties."""
    by_day = TALK_BY_DAY.format(resolved=resolved, condition=condition)
    return MERGE_INTO_TIES.format(folded=f"({FOLDED.format(by_day=f'({by_day})')})")


def calendar() -> dict[str, Any]:
    return {"zone": settings.COMPANY_TIME_ZONE}


def ensure_months(first_days: Iterable[date]) -> None:
    """Make the ledger's partitions for these months; call it before the transaction that writes."""
    with connection.cursor() as cursor:
        # To make one takes a lock that all writers would wait for, so only what is missing is asked for. Looked up
        # in the catalog: to_regclass would remember that there was none, and the maker then believe it.
        cursor.execute(
            "SELECT month FROM unnest(%s::date[]) AS month WHERE NOT EXISTS ("
            "SELECT FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid "
            "WHERE inhparent = 'activity_interaction'::regclass "
            "AND relname = 'activity_interaction_' || to_char(month, 'YYYY_MM')) ORDER BY month",
            [list(first_days)],
        )
        for (first_day,) in cursor.fetchall():
            cursor.execute("SELECT activity_ensure_month(%s)", [first_day])


def note_arrival() -> None:
    """Say that an input of rankings changed; visible to others when the transaction commits.

    It takes a row that nobody holds, or makes one: to wait here, with other locks held, could be in a circle.
    """
    with prepared() as cursor:
        cursor.execute(
            """
            WITH free AS (SELECT shard FROM activity_arrival ORDER BY shard LIMIT 1 FOR UPDATE SKIP LOCKED),
            taken AS (
                UPDATE activity_arrival AS a SET count = a.count + 1 FROM free WHERE a.shard = free.shard
                RETURNING a.shard
            )
            INSERT INTO activity_arrival AS a (shard, count)
            SELECT pg_backend_pid() % 32768, 1 WHERE NOT EXISTS (SELECT FROM taken)
            ON CONFLICT (shard) DO UPDATE SET count = a.count + 1
            """
        )


def input_version() -> int:
    """Grows with every committed change of a ranking's inputs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(count), 0)::bigint FROM activity_arrival")
        version: int = cursor.fetchone()[0]
        return version
