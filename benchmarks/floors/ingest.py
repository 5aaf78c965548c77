"""Rows with ready ids into the ledger and the ties: COPY, INSERT, OR. Nothing is looked up or checked."""

import csv
import gzip
import hmac
from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from benchmarks.traffic import Ready

STAGE = """
CREATE TEMPORARY TABLE IF NOT EXISTS ready (occurred_at timestamptz, sender bigint, recipient bigint,
    event_key bigint, employee_id integer, contact_id bigint, day date, incoming boolean) ON COMMIT DELETE ROWS
"""
LEDGER = """
INSERT INTO activity_interaction (occurred_at, sender, recipient, event_key, delivery_id, room_size)
SELECT occurred_at, sender, recipient, event_key, %(delivery)s, 2 FROM ready
"""
# The newest 63 days only: no tie of a benchmark's company is older.
TIES = """
INSERT INTO activity_tie AS tie (employee_id, contact_id, first_date, anchor, recent_sent, recent_received)
SELECT employee_id, contact_id, min(day), max(day),
    bit_or(CASE WHEN incoming THEN 0 ELSE 1::bigint << 62 - (%(newest)s - day) END) << (%(newest)s - max(day)),
    bit_or(CASE WHEN incoming THEN 1::bigint << 62 - (%(newest)s - day) ELSE 0 END) << (%(newest)s - max(day))
FROM ready GROUP BY employee_id, contact_id
ON CONFLICT (employee_id, contact_id) DO UPDATE SET
    first_date = least(tie.first_date, excluded.first_date),
    anchor = greatest(tie.anchor, excluded.anchor),
    recent_sent = (tie.recent_sent >> greatest(excluded.anchor - tie.anchor, 0))
        | (excluded.recent_sent >> greatest(tie.anchor - excluded.anchor, 0)),
    recent_received = (tie.recent_received >> greatest(excluded.anchor - tie.anchor, 0))
        | (excluded.recent_received >> greatest(tie.anchor - excluded.anchor, 0))
WHERE excluded.anchor > tie.anchor OR excluded.first_date < tie.first_date
    OR (excluded.recent_sent >> (tie.anchor - excluded.anchor)) & ~tie.recent_sent <> 0
    OR (excluded.recent_received >> (tie.anchor - excluded.anchor)) & ~tie.recent_received <> 0
"""
BIGINTS = """
INSERT INTO bench.keyed_pair AS pair (employee_id, contact_id, sent, received)
SELECT employee_id, contact_id, bit_or(CASE WHEN incoming THEN 0 ELSE 1::bigint << (day - %(first_day)s) END),
    bit_or(CASE WHEN incoming THEN 1::bigint << (day - %(first_day)s) ELSE 0 END)
FROM ready GROUP BY employee_id, contact_id
ON CONFLICT (employee_id, contact_id) DO UPDATE
    SET sent = pair.sent | excluded.sent, received = pair.received | excluded.received
WHERE excluded.sent & ~pair.sent <> 0 OR excluded.received & ~pair.received <> 0
"""


def prepare_bigints() -> None:
    """The pairs as two bigints, with the key that an upsert needs, as large and as old as the ties."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench.keyed_pair (LIKE bench.pair, PRIMARY KEY (employee_id, contact_id)) "
            "WITH (fillfactor = 90); INSERT INTO bench.keyed_pair TABLE bench.pair; ANALYZE bench.keyed_pair"
        )


def read(path: Path) -> None:
    """What cannot be left out of reading a gzip CSV: unzip, parse, a hash an event, a pseudonym a handle."""
    key, known = settings.PSEUDONYM_KEY.encode(), dict[str, bytes]()
    with gzip.open(path, "rt") as stream:
        rows = csv.reader(stream)
        next(rows)
        for message_id, sent_at, sender, recipient in rows:
            datetime.fromisoformat(sent_at)
            blake2b(message_id.encode(), digest_size=8).digest()
            for handle in (sender, recipient):
                if handle not in known:
                    known[handle] = hmac.digest(
                        key, f"{settings.DEFAULT_PLATFORM}\0{handle}".encode(), "sha256"
                    )


def apply(batches: Iterable[Ready], delivery: int, ties: str = TIES, **known: Any) -> None:
    """Take in batches, each in a transaction of its own."""
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        for batch in batches:
            with transaction.atomic():
                with cursor.copy("COPY ready FROM STDIN (FORMAT binary)") as copy:
                    copy.write(batch.copy)
                cursor.execute(LEDGER, {"delivery": delivery})
                cursor.execute(ties, {"newest": batch.newest, **known})
