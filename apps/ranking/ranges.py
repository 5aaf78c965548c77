"""Ranges of employees: what a ranking is counted in when it is counted in parts."""

from dataclasses import dataclass

from django.db import connection

SAMPLED_PAGES = 300  # of the ties, some twenty thousand rows: cuts within a few percent of even
PAGE = 8192  # bytes


@dataclass(frozen=True)
class Range:
    """Employees with ids from `low` up to, not including, `high`; None is open."""

    low: int | None = None
    high: int | None = None

    def holds(self, column: str) -> str:
        """The condition that a column of employees' ids is in the range."""
        ends = ((">=", self.low), ("<", self.high))
        return " AND ".join(f"{column} {sign} {end:d}" for sign, end in ends if end is not None) or "true"


EVERYBODY = Range()


def estimated_ties() -> int:
    """About how many ties there are, from the size of their table: no row is read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT greatest(reltuples, 0) / greatest(relpages, 1) * pg_relation_size(oid) / %s "
            "FROM pg_class WHERE oid = 'activity_tie'::regclass",
            [PAGE],
        )
        return int(cursor.fetchone()[0])


def cut(parts: int) -> list[Range]:
    """Ranges that cover everybody who is or will be there, each with about as many ties as the others.

    At most `parts` of them, since nobody is cut in two.
    """
    if parts == 1:
        return [EVERYBODY]
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(pg_relation_size('activity_tie') / %s, 1)", [PAGE])
        percent = min(100, 100 * SAMPLED_PAGES / cursor.fetchone()[0])
        # The same pages every time: nothing about a ranking is left to chance.
        cursor.execute(
            "SELECT percentile_disc(%s::float8[]) WITHIN GROUP (ORDER BY employee_id) "
            "FROM activity_tie TABLESAMPLE SYSTEM (%s) REPEATABLE (0)",
            [[part / parts for part in range(1, parts + 1)], percent],
        )
        *lasts, last_of_all = cursor.fetchone()[0] or [0]
    cuts = sorted({last + 1 for last in lasts if last < last_of_all})
    return [Range(low, high) for low, high in zip([None, *cuts], [*cuts, None], strict=True)]
