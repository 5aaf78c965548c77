"""The gate: batches pass it together; who must not have a batch in flight closes it.

Settling and corrections of the directory close it, so that no batch escapes a cut-off or a correction.
Both must be the first statement of their transaction: under READ COMMITTED every later statement
then sees what was committed while waiting.
"""

from django.db import connection

GATE = 0x47415445  # "GATE"


def pass_gate() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [GATE])


def close_gate() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [GATE])
