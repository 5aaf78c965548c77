"""Single corrections of the directory, each audited; what a file can say goes the way of a file.

Each raises DirectoryError with the reason; where what is asked for holds already, nothing happens.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from apps.audit.services import record
from apps.directory import snapshot as snapshots
from apps.directory.applying import write
from apps.directory.changes import difference
from apps.directory.corrections import Touched, apply_correction
from apps.directory.diff import Diff
from apps.directory.handles import masked_hint
from apps.directory.models import Employee
from apps.directory.ownership import conflicts
from apps.directory.parsing import account_name, clean, department_path, employment_days, one_group
from apps.directory.periods import Days
from apps.directory.planning import put_beside, stated_record
from apps.directory.records import (
    DirectoryError,
    Record,
    Row,
    Stated,
    StatedEmployment,
    Table,
    Timeline,
    nobody,
    timeline,
)

Account = tuple[str, str]  # platform, handle as written


def hire(
    number: str,
    name: str,
    *,
    hired_on: date,
    left_on: date | None = None,
    department: str = "",
    entity: str = "",
    accounts: Iterable[Account] = (),
    actor: str,
    now: datetime,
) -> Employee:
    """A new employee; an empty name means the number. For somebody already there see `rehire`."""
    number = clean("number", number)
    if not number:
        raise DirectoryError(_("the number is empty"))
    employment = _stated_employment(hired_on, left_on, department, entity, accounts)

    def wish(before: Record) -> Record:
        if before.employments():
            raise DirectoryError(_("employee %(number)s is there already") % {"number": number})
        stated = Stated(number, clean("name", name), employments=[employment])
        return stated_record(before, stated, hired_on)

    details = {"days": str(employment.days)}
    _correct(
        "employee hired", number, wish, actor=actor, now=now, details=details, accounts=employment.accounts
    )
    return Employee.objects.get(number=number)


def rehire(
    employee: Employee,
    *,
    hired_on: date,
    left_on: date | None = None,
    department: str = "",
    entity: str = "",
    accounts: Iterable[Account] = (),
    actor: str,
    now: datetime,
) -> Diff:
    """A further employment, which may not overlap an earlier one."""
    employment = _stated_employment(hired_on, left_on, department, entity, accounts)

    def wish(before: Record) -> Record:
        overlapping = [days for days in before.employments() if days.overlap(employment.days)]
        if overlapping and employment.days not in overlapping:
            raise DirectoryError(
                _("employee %(number)s was employed %(days)s already")
                % {"number": before.number, "days": overlapping[0]}
            )
        return stated_record(before, Stated(before.number, employments=[employment]), hired_on)

    details = {"days": str(employment.days)}
    return _correct(
        "employee rehired",
        employee.number,
        wish,
        actor=actor,
        now=now,
        details=details,
        accounts=employment.accounts,
    )


def leave(employee: Employee, *, left_on: date | None, actor: str, now: datetime) -> Diff:
    """The latest employment ends with `left_on` as last day, and with it its accounts; None opens it again."""

    def wish(before: Record) -> Record:
        last = _last_employment(before)
        employment = StatedEmployment(employment_days(last.start, left_on))
        return stated_record(before, Stated(before.number, employments=[employment]), last.start)

    details = {"left_on": str(left_on) if left_on else None}
    return _correct("employee left", employee.number, wish, actor=actor, now=now, details=details)


def move(
    employee: Employee, *, from_date: date, department: str = "", entity: str = "", actor: str, now: datetime
) -> Diff:
    """Another department, entity or both from `from_date` on; empty leaves it as it is."""
    stated = _stated_employment(from_date, None, department, entity, ())

    def wish(before: Record) -> Record:
        stated.days = _employment_on(before, from_date)
        return stated_record(before, Stated(before.number, employments=[stated]), from_date)

    details = {"from": str(from_date), "department": stated.department, "entity": stated.entity}
    return _correct("employee moved", employee.number, wish, actor=actor, now=now, details=details)


def rename(employee: Employee, *, name: str, actor: str, now: datetime) -> Diff:
    """Another name; an empty one means the number."""
    cleaned = clean("name", name) or employee.number

    def wish(before: Record) -> Record:
        return replace(before, name=cleaned)

    return _correct("employee renamed", employee.number, wish, actor=actor, now=now)


def give_account(
    employee: Employee,
    *,
    platform: str,
    handle: str,
    starts_on: date,
    ends_on: date | None = None,
    actor: str,
    now: datetime,
) -> Diff:
    """The account is theirs on these days of one employment; open means until that ends.

    Where it was theirs on some of them before, that period becomes this one.
    """
    account = account_name(platform, handle)

    def wish(before: Record) -> Record:
        employment = _employment_on(before, starts_on)
        days = employment_days(starts_on, ends_on or employment.ends_on)
        if days.end > employment.end:
            raise DirectoryError(
                _("employee %(number)s left on %(day)s, before the account would end")
                % {"number": before.number, "day": employment.end}
            )
        rows = before.rows[Table.ACCOUNT]
        kept = [row for row in rows if row.value != account or not row.days.overlap(days)]
        return replace(before, rows={**before.rows, Table.ACCOUNT: timeline([*kept, Row(days, account)])})

    details = {
        "account": masked_hint(account.partition(":")[2]),
        "from": str(starts_on),
        "to": str(ends_on or ""),
    }
    return _correct(
        "account given", employee.number, wish, actor=actor, now=now, details=details, accounts=[account]
    )


def end_account(
    employee: Employee, *, platform: str, handle: str, ends_on: date | None, actor: str, now: datetime
) -> Diff:
    """The account is theirs up to `ends_on`, the last day, of the period that holds then; None: it never was."""
    account = account_name(platform, handle)

    def wish(before: Record) -> Record:
        rows = _ended(before.rows[Table.ACCOUNT], account, ends_on)
        if rows is None:
            raise DirectoryError(
                _("%(account)s was not %(number)s's") % {"account": account, "number": before.number}
            )
        return replace(before, rows={**before.rows, Table.ACCOUNT: rows})

    details = {"account": masked_hint(account.partition(":")[2]), "to": str(ends_on) if ends_on else None}
    return _correct(
        "account ended", employee.number, wish, actor=actor, now=now, details=details, accounts=[account]
    )


def join_group(employee: Employee, *, group: str, from_date: date, actor: str, now: datetime) -> Diff:
    """A member from that day on, until the employment ends; a group that nobody has named yet is made."""
    name = one_group(group)

    def wish(before: Record) -> Record:
        days = Days(from_date, _employment_on(before, from_date).end)
        return replace(
            before, rows={**before.rows, Table.GROUP: put_beside(before.rows[Table.GROUP], name, days)}
        )

    details = {"group": name, "from": str(from_date)}
    return _correct("group joined", employee.number, wish, actor=actor, now=now, details=details)


def leave_group(employee: Employee, *, group: str, last_on: date | None, actor: str, now: datetime) -> Diff:
    """A member up to `last_on`, of the period that holds then; None: they never were."""
    name = one_group(group)

    def wish(before: Record) -> Record:
        rows = _ended(before.rows[Table.GROUP], name, last_on)
        if rows is None:
            raise DirectoryError(
                _("%(number)s was not in group %(group)s") % {"number": before.number, "group": name}
            )
        return replace(before, rows={**before.rows, Table.GROUP: rows})

    details = {"group": name, "to": str(last_on) if last_on else None}
    return _correct("group left", employee.number, wish, actor=actor, now=now, details=details)


def _ended(rows: Timeline, value: str, last: date | None) -> Timeline | None:
    """With the period of `value` that holds on `last` ended by it, or without any when None; None: there is none."""
    held = [row for row in rows if row.value == value and (last is None or row.days.hold(last))]
    if not held:
        return None
    ended = [Row(Days(row.days.start, last), value) for row in held if last]
    return timeline([*(row for row in rows if row not in held), *ended])


def _correct(
    action: str,
    number: str,
    wish: Callable[[Record], Record],
    *,
    actor: str,
    now: datetime,
    details: dict[str, Any] | None = None,
    accounts: Iterable[str] = (),
) -> Diff:
    diff = Diff()

    def change() -> Touched | None:
        nonlocal diff
        snapshot = snapshots.read([number], accounts)
        after = {number: wish(snapshot.people.get(number) or nobody(number))}
        if problems := conflicts(snapshot, after, {}):
            raise DirectoryError(problems)
        if snapshot.people.get(number) == after[number]:
            return None
        diff = difference(snapshot, after, now=now)
        touched = write(snapshot, after)
        record(action, actor=actor, subject=f"employee {number}"[:200], at=now, details=details)
        return touched

    apply_correction(change)
    return diff


def _employment_on(record: Record, day: date) -> Days:
    for days in record.employments():
        if days.hold(day):
            return days
    raise DirectoryError(
        _("employee %(number)s is not employed on %(day)s") % {"number": record.number, "day": day}
    )


def _last_employment(record: Record) -> Days:
    if not record.employments():
        raise DirectoryError(_("employee %(number)s was never employed") % {"number": record.number})
    return max(record.employments())


def _stated_employment(
    hired_on: date, left_on: date | None, department: str, entity: str, accounts: Iterable[Account]
) -> StatedEmployment:
    return StatedEmployment(
        employment_days(hired_on, left_on),
        department=department_path(clean("department", department)),
        entity=clean("entity", entity),
        accounts={account_name(platform, handle): 0 for platform, handle in accounts},
    )
