"""What a person's record becomes when somebody states something. Pure: no database, no clock."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from apps.directory.periods import ONE_DAY, Days
from apps.directory.records import Record, Row, Stated, StatedEmployment, Table, Timeline, nobody, timeline


def stated_record(before: Record | None, stated: Stated, effective: date) -> Record:
    """The record after `stated`; what it does not mention stays.

    An employment that overlaps a held one corrects its dates, any other is a (re)hire. In a new
    employment department, entity and groups hold from its first day, in a held one from `effective`.
    """
    days = [employment.days for employment in stated.employments]
    after = before or nobody(stated.number)
    parts = assigned(after.employments(), days)
    after = with_employments(after, parts)
    rows = dict(after.rows)
    for employment in stated.employments:
        first_day = max(effective, employment.days.start) if parts[employment.days] else employment.days.start
        _put_employment(rows, employment, first_day)
    return replace(after, name=stated.name or after.name, rows=rows)


def _put_employment(rows: dict[Table, Timeline], employment: StatedEmployment, first_day: date) -> None:
    """State what goes with one employment, in place."""
    days = employment.days
    if first_day <= days.end:
        for table, value in ((Table.DEPARTMENT, employment.department), (Table.ENTITY, employment.entity)):
            if value:
                rows[table] = put(rows[table], value, Days(first_day, days.end))
        for group in employment.groups:
            rows[Table.GROUP] = put_beside(rows[Table.GROUP], group, Days(first_day, days.end))
    # An account already held at some time in this employment stays as it is: a handed-over account
    # must survive the next file, which cannot say from when to when.
    held = {row.value for row in rows[Table.ACCOUNT] if row.days.overlap(days)}
    new = [Row(days, account) for account in employment.accounts if account not in held]
    if new:
        rows[Table.ACCOUNT] = timeline((*rows[Table.ACCOUNT], *new))


def assigned(held: Iterable[Days], stated: Iterable[Days]) -> dict[Days, list[Days]]:
    """Which held employments each stated one corrects: of those it overlaps, same first day preferred.

    None: it is a (re)hire. Several: they were one employment after all.
    """
    parts: dict[Days, list[Days]] = {days: [] for days in sorted(stated)}
    for employment in sorted(held):
        overlapping = [days for days in parts if days.overlap(employment)]
        if overlapping:
            same_start = [days for days in overlapping if days.start == employment.start]
            parts[(same_start or overlapping)[0]].append(employment)
    return parts


def with_employments(record: Record, parts: dict[Days, list[Days]]) -> Record:
    """The record with these employments stated (see `assigned`), and what began or ended with one moved along."""
    targets = {held: (days, parts[days]) for days in parts for held in parts[days] if parts[days] != [days]}
    new = [days for days, held in parts.items() if not held]
    if not targets and not new:
        return record
    kept = [days for days in record.employments() if days not in targets]
    moved: list[Days] = [*new, *{days for days, _ in targets.values()}]
    rows = dict(record.rows)
    if targets:
        rows = {table: _moved_along(held, targets) for table, held in rows.items()}
    rows[Table.EMPLOYMENT] = timeline(map(Row, {*kept, *moved}))
    return replace(record, rows=rows)


def _moved_along(rows: Timeline, targets: dict[Days, tuple[Days, list[Days]]]) -> Timeline:
    moved = []
    for row in rows:
        held = next((days for days in targets if days.hold(row.days.start)), None)
        days = _moved(row.days, held, *targets[held]) if held else row.days
        if days:
            moved.append(Row(days, row.value))
    return timeline(moved)


def _moved(days: Days, held: Days, target: Days, siblings: list[Days]) -> Days | None:
    """Where a row inside the employment `held` lies once that is (part of) `target`; None when outside."""
    start, end = days
    if start == held.start and held == siblings[0]:
        start = target.start
    if end == held.end:
        following = siblings[siblings.index(held) + 1 :]
        end = following[0].start - ONE_DAY if following else target.end
    return Days(start, end).common(target) if start <= end else None


def put(rows: Timeline, value: str, days: Days) -> Timeline:
    """`value` from the first of `days` on, in place of what held that day, for as long as that would have.

    With nothing held that day: until the next row begins, at most to the end of `days`.
    """
    current = next((row for row in rows if row.days.hold(days.start)), None)
    if current is not None and current.value == value:
        return rows
    kept = [row for row in rows if row is not current]
    if current is not None:
        end = current.days.end
        if current.days.start < days.start:
            kept.append(Row(Days(current.days.start, days.start - ONE_DAY), current.value))
    else:
        later = [row.days.start - ONE_DAY for row in rows if row.days.start > days.start]
        end = min([days.end, *later])
    return timeline([*kept, Row(Days(days.start, end), value)])


def put_beside(rows: Timeline, value: str, days: Days) -> Timeline:
    """As `put`, where rows of other values may hold on the same days (groups)."""
    same = tuple(row for row in rows if row.value == value)
    return timeline([*(row for row in rows if row.value != value), *put(same, value, days)])
