"""What arrives after the history: conversations of the pairs that are there, and of some that are new."""

import gzip
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection

from apps.activity.batch import Event
from benchmarks.company import HANDLE, OUTSIDE_DOMAINS, outside_handle, staff_handle
from benchmarks.world import World
from bonus_tracker.clock import company_zone

MESSAGES = 5  # of a conversation, within ten minutes, in either direction
NEW_SHARE = 0.03  # of conversations with somebody whom nobody met before

MAKE = f"""
DROP TABLE IF EXISTS bench.traffic;
CREATE UNLOGGED TABLE bench.traffic AS
WITH conversation AS (
    SELECT employee_id, account_id,
        CASE WHEN bench.uniform(pair.employee_id, contact_id, %(salt)s + 1) < %(new)s
            THEN 1000000000 + (bench.word(pair.employee_id, contact_id, %(salt)s) & 268435455) ELSE no END AS no,
        contact_id AS known, bench.uniform(pair.employee_id, contact_id, %(salt)s + 2) * 50000 AS began
    FROM bench.pair JOIN bench.employee ON employee.id = pair.employee_id
    JOIN bench.contact ON contact.id = contact_id
    WHERE bench.uniform(pair.employee_id, contact_id, %(salt)s) < %(chance)s
    ORDER BY bench.word(pair.employee_id, contact_id, %(salt)s + 3) LIMIT %(conversations)s
)
SELECT %(morning)s + make_interval(secs => began + 600 * bench.uniform(employee_id * 8 + n, known, %(salt)s + 4))
        AS occurred_at,
    employee_id, account_id, no,
    CASE WHEN no < 1000000000 THEN known ELSE bench.key(bench.digest({HANDLE.format(no="no")})) END AS contact_id,
    bench.uniform(employee_id * 8 + n, known, %(salt)s + 5) < 0.5 AS incoming,
    bench.word(employee_id * 8 + n, known, %(salt)s + 6) AS event_key
FROM conversation CROSS JOIN generate_series(1, %(messages)s) AS n;
CREATE INDEX ON bench.traffic (occurred_at);
ANALYZE bench.traffic;
"""

AS_CSV = f"""
COPY (
    SELECT 'm' || lpad(to_hex(event_key), 16, '0') AS message_id,
        to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS sent_at,
        CASE WHEN incoming THEN outside ELSE staff END AS "from", CASE WHEN incoming THEN staff ELSE outside END AS "to"
    FROM (
        SELECT *, 'e' || employee_id || '@company.example' AS staff, {HANDLE.format(no="no")} AS outside
        FROM bench.traffic
    ) AS named ORDER BY occurred_at
) TO STDOUT (FORMAT csv, HEADER)
"""


AS_READY = """
COPY (
    SELECT occurred_at, CASE WHEN incoming THEN contact_id ELSE account_id END AS sender,
        CASE WHEN incoming THEN account_id ELSE contact_id END AS recipient, event_key, employee_id, contact_id,
        (occurred_at AT TIME ZONE %(zone)s)::date AS day, incoming
    FROM bench.traffic ORDER BY occurred_at
) TO STDOUT (FORMAT binary)
"""
HEADER_BYTES = 19  # of COPY's binary format, in front of the first row
HEADER, TRAILER = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"


@dataclass(frozen=True)
class Ready:
    """A batch of rows with every id known, in COPY's binary format. newest: its last day."""

    copy: bytes
    rows: int
    newest: date


def make(world: World, number: int, events: int) -> int:
    """Fill `bench.traffic` with the next `number`-th piece of traffic; returns its rows, about `events`.

    Every piece is another sample of the pairs; two to a day, the first of them on the day after the history.
    """
    conversations = max(1, events // MESSAGES)
    with connection.cursor() as cursor:
        cursor.execute(
            MAKE,
            {
                "salt": 5_000 + 10 * number,
                "new": NEW_SHARE,
                "chance": min(1.0, 1.2 * conversations / world.ties),
                "conversations": conversations,
                "morning": morning(world, number),
                "messages": MESSAGES,
                "domains": OUTSIDE_DOMAINS,
            },
        )
        cursor.execute("SELECT count(*) FROM bench.traffic")
        rows: int = cursor.fetchone()[0]
    return rows


def morning(world: World, number: int) -> datetime:
    on = world.last_day + timedelta(days=1 + number // 2)
    return datetime.combine(on, time(8), company_zone()).astimezone(UTC)


def write_file(path: Path, *, append: bool = False) -> None:
    """The traffic as an export would be: a gzip CSV in the order of time; or more of it."""
    statement = AS_CSV.replace(", HEADER", "") if append else AS_CSV
    with (
        connection.cursor() as cursor,
        gzip.open(path, "ab" if append else "wb", compresslevel=4) as stream,
        cursor.copy(statement, {"domains": OUTSIDE_DOMAINS}) as copy,
    ):
        for block in copy:
            stream.write(block)


def events() -> list[Event]:
    """The traffic as a door reads it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT occurred_at, employee_id, no, incoming, event_key FROM bench.traffic ORDER BY occurred_at"
        )
        rows = cursor.fetchall()
    found = []
    for line, (occurred_at, employee_id, no, incoming, event_key) in enumerate(rows, start=1):
        ends = (staff_handle(employee_id), outside_handle(no))
        sender, recipient = reversed(ends) if incoming else ends
        found.append(Event(line, occurred_at, sender, recipient, event_key))
    return found


def ready(batch: int) -> list[Ready]:
    """The same traffic with all ids known, cut into batches of so many rows."""
    with connection.cursor() as cursor:
        with cursor.copy(AS_READY, {"zone": settings.COMPANY_TIME_ZONE}) as copy:
            rows = [bytes(row) for row in copy]
        cursor.execute(
            "SELECT max((occurred_at AT TIME ZONE %s)::date) FROM bench.traffic", [settings.COMPANY_TIME_ZONE]
        )
        newest = cursor.fetchone()[0]
    rows[0] = rows[0][HEADER_BYTES:]
    if rows[-1] == TRAILER:
        rows.pop()
    return [
        Ready(
            HEADER + b"".join(rows[start : start + batch]) + TRAILER, len(rows[start : start + batch]), newest
        )
        for start in range(0, len(rows), batch)
    ]
