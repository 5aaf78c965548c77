"""Cuts the deriving of ties into parts, each small enough for one short transaction.

A part is a range of employees and a span of time. The ledger has no index on accounts, so every part reads
its whole span; spans bound what is read, ranges what is folded.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, pairwise, takewhile
from typing import Any, NamedTuple

from django.db import connection, transaction

ROWS_AT_ONCE = 1_000_000  # folded in one transaction: two seconds measured, ten on a slow machine
ROWS_READ_AT_ONCE = 20_000_000  # of the ledger, to find these: as long again
PARTS_A_READING = (
    10  # found by one reading of the ledger, since to read all of it for each would take longest
)
HANDS = 2  # that read and derive at a time, each in a session of its own
RANGES_COMPARED = 20  # at most, since comparing needs all the time of a tie and reads the ledger for each
ROWS_SAMPLED = 100_000
BEYOND_ALL_IDS = 2**31 - 1
NEVER, FOREVER = "-infinity", "infinity"


class Part(NamedTuple):
    """Employees with ids from `low` up to, not including, `high`; what was written from `since` up to `until`."""

    low: int = 0
    high: int = BEYOND_ALL_IDS
    since: str = NEVER
    until: str = FOREVER

    @property
    def is_newest(self) -> bool:
        """Of its employees the part that is done first."""
        return self.until == FOREVER

    @property
    def employees(self) -> str:
        """The condition on `employee_id`."""
        if (self.low, self.high) == (0, BEYOND_ALL_IDS):
            return "true"
        return f"employee_id >= {self.low:d} AND employee_id < {self.high:d}"

    @property
    def rows(self) -> str:
        """The condition on rows of the ledger, as i: the time, and an account that one of them ever had."""
        if self.employees == "true":
            return self.time
        return f"{self.time} AND (i.sender IN {self.accounts} OR i.recipient IN {self.accounts})"

    @property
    def time(self) -> str:
        """The condition on rows of the ledger that says when."""
        conditions = [f"i.occurred_at >= '{self.since}'"] if self.since != NEVER else []
        conditions += [f"i.occurred_at < '{self.until}'"] if self.until != FOREVER else []
        return " AND ".join(conditions) or "true"

    @property
    def accounts(self) -> str:
        """Those that its employees ever had."""
        return f"(SELECT account_id FROM directory_accountowner WHERE {self.employees})"


@dataclass(frozen=True)
class Estimate:
    """About how many rows are to be folded, and the parts that do it, the newest first."""

    rows: int
    parts: Sequence[Part]

    @property
    def is_small(self) -> bool:
        return self.rows <= ROWS_AT_ONCE and len({part.since for part in self.parts}) <= 1


class Month(NamedTuple):
    begins: datetime
    ends: datetime
    rows: int

    @property
    def name(self) -> str:
        return f"{self.begins:%Y-%m}"


def estimate(rows: str = "true", parameters: Mapping[str, Any] | None = None) -> Estimate:
    """Parts for deriving from those rows of the ledger (as i) that meet a condition."""
    cuts = cut_points(ledger_months(), ROWS_READ_AT_ONCE)
    return _cut(rows, parameters or {}, cuts, ROWS_AT_ONCE)


def ranges_to_compare() -> Sequence[Part]:
    """Ranges that cover everybody, each over all time."""
    rows_a_range = max(ROWS_AT_ONCE, ledger_rows() // RANGES_COMPARED)
    return _cut("true", {}, [], rows_a_range).parts


def ranges_of_employees(ties_at_once: int) -> list[Part]:
    """Ranges that cover everybody, each of about so many ties."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT employee_id, count(*) FROM activity_tie GROUP BY employee_id ORDER BY 1")
        return [Part(low, high) for low, high in _ranges(cursor.fetchall(), ties_at_once)]


def next_runs(parts: Sequence[Part]) -> list[Sequence[Part]]:
    """The first parts of a list, a run of neighbours in the same span of time for each hand."""
    alike = list(takewhile(lambda part: part.since == parts[0].since, parts[: HANDS * PARTS_A_READING]))
    length = max(1, -(-len(alike) // HANDS))
    return [alike[start : start + length] for start in range(0, len(alike), length)]


def spanned(run: Sequence[Part]) -> Part:
    """The part that neighbours are together."""
    return run[0]._replace(high=run[-1].high)


def spans() -> list[Part]:
    """Spans of time that cover the ledger, for reading all of it."""
    instants = [NEVER, *_spelled(cut_points(ledger_months(), ROWS_READ_AT_ONCE)), FOREVER]
    return [Part(since=since, until=until) for since, until in pairwise(instants)]


def ledger_rows() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(counted), 0)::bigint FROM activity_delivery")
        rows: int = cursor.fetchone()[0]
        return rows


def ledger_months() -> list[Month]:
    """The months of the ledger, each with about how many rows it has, by its size."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, coalesce(pg_relation_size(oid), 0) FROM pg_class JOIN pg_inherits ON inhrelid = oid "
            "WHERE inhparent = 'activity_interaction'::regclass ORDER BY relname"
        )
        sizes = cursor.fetchall()
    rows, size_of_all = ledger_rows(), max(1, sum(size for _name, size in sizes))
    return [Month(*_bounds(name), rows * size // size_of_all) for name, size in sizes]


def _bounds(partition: str) -> tuple[datetime, datetime]:
    found = re.search(r"_(\d{4})_(\d\d)$", partition)
    assert found, partition
    year, month = int(found[1]), int(found[2])
    return datetime(year, month, 1, tzinfo=UTC), datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)


def cut_points(months: Iterable[Month], most: int) -> list[datetime]:
    """Instants between which about `most` rows lie at most; rows of a month are taken for evenly spread."""
    cuts: list[datetime] = []
    gathered = 0
    for month in months:
        if gathered and gathered + month.rows > most:
            cuts.append(month.begins)
            gathered = 0
        pieces = max(1, -(-month.rows // most))
        length = (month.ends - month.begins) / pieces
        cuts += [month.begins + number * length for number in range(1, pieces)]
        gathered = month.rows // pieces + (gathered if pieces == 1 else 0)
    return cuts


def _cut(rows: str, parameters: Mapping[str, Any], cuts: Sequence[datetime], rows_a_part: int) -> Estimate:
    spans = list(pairwise([NEVER, *_spelled(cuts), FOREVER]))
    sampled = {
        span: [(employee, n) for _span, employee, n in rows_of_span]
        for span, rows_of_span in groupby(_sample(rows, parameters, cuts), key=lambda row: row[0])
    }
    parts = [
        Part(low, high, *span)
        for number, span in reversed(list(enumerate(spans)))
        for low, high in _ranges(sampled.get(number, []), rows_a_part)
    ]
    return Estimate(sum(n for of_span in sampled.values() for _employee, n in of_span), parts)


def _spelled(cuts: Iterable[datetime]) -> list[str]:
    return [cut.isoformat() for cut in cuts]


def _ranges(rows_by_employee: Sequence[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    """Ranges of ids that cover all there will ever be, alike in rows, with about `most` unless one person has more."""
    total = sum(rows for _employee, rows in rows_by_employee)
    alike = total / max(1, -(-total // max(1, most)))
    lows, gathered = [0], 0
    for employee, rows in rows_by_employee:
        if gathered and gathered + rows / 2 > alike:
            lows.append(employee)
            gathered = 0
        gathered += rows
    return list(zip(lows, [*lows[1:], BEYOND_ALL_IDS], strict=True))


def _sample(rows: str, parameters: Mapping[str, Any], cuts: Sequence[datetime]) -> list[tuple[int, int, int]]:
    """(number of the span, employee id, rows) in this order, as far as some pages of the ledger tell.

    The same pages every time: nothing is left to chance.
    """
    percent = min(100, 100 * ROWS_SAMPLED / max(1, ledger_rows()))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")  # whoever are staff are looked up in memory
        cursor.execute(
            f"""
            SELECT span, employee_id, ceil(count(*) * 100 / %(percent)s)::bigint
            FROM (
                SELECT width_bucket(i.occurred_at, %(cuts)s::timestamptz[]) AS span,
                    CASE WHEN is_sender THEN i.sender ELSE i.recipient END AS account_id
                FROM activity_interaction AS i TABLESAMPLE SYSTEM (%(percent)s) REPEATABLE (0)
                CROSS JOIN (VALUES (true), (false)) AS side (is_sender)
                WHERE {rows} OFFSET 0
            ) AS side
            JOIN (SELECT DISTINCT account_id, employee_id FROM directory_accountowner) AS owner USING (account_id)
            GROUP BY 1, 2 ORDER BY 1, 2
            """,
            {**parameters, "percent": percent, "cuts": list(cuts)},
        )
        return cursor.fetchall()
