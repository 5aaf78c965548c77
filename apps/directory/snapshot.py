"""What the database holds of some people and accounts, read in a handful of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from apps.directory.models import (
    AccountOwner,
    DepartmentMembership,
    Employee,
    Employment,
    EntityMembership,
    GroupMembership,
)
from apps.directory.periods import Days
from apps.directory.records import Record, Row, Table, timeline
from apps.directory.sql import any_of

MODELS: dict[Table, tuple[Any, tuple[str, ...]]] = {
    Table.EMPLOYMENT: (Employment, ()),
    Table.DEPARTMENT: (DepartmentMembership, ("department__path",)),
    Table.ENTITY: (EntityMembership, ("entity__name",)),
    Table.GROUP: (GroupMembership, ("group__name",)),
    Table.ACCOUNT: (AccountOwner, ("account__platform", "account__handle")),
}


@dataclass
class Snapshot:
    """people: by number; row_ids: of every row read; others: who else has had the same accounts."""

    people: dict[str, Record] = field(default_factory=dict)
    employee_ids: dict[str, int] = field(default_factory=dict)
    row_ids: dict[tuple[Table, str, Row], int] = field(default_factory=dict)
    others: dict[str, list[tuple[Days, str]]] = field(default_factory=dict)  # account -> (days, number)


def read(numbers: Collection[str], accounts: Iterable[str] = ()) -> Snapshot:
    """The people with these numbers, and everybody who has had one of their accounts or of `accounts`."""
    snapshot = Snapshot()
    found = Employee.objects.filter(number__in=any_of(numbers, "text")).order_by("number")
    names = {pk: (number, name) for pk, number, name in found.values_list("pk", "number", "name")}
    rows: dict[int, dict[Table, list[Row]]] = defaultdict(lambda: {table: [] for table in Table})
    for table, (model, columns) in MODELS.items():
        of_people = model.objects.filter(employee__in=any_of(names, "int")).order_by()
        for pk, employee, starts_on, ends_on, *value in of_people.values_list(
            "pk", "employee_id", "starts_on", "ends_on", *columns
        ):
            row = Row(Days.stored(starts_on, ends_on), ":".join(value))
            rows[employee][table].append(row)
            snapshot.row_ids[table, names[employee][0], row] = pk
    for employee, (number, name) in names.items():
        held = {table: timeline(of_table) for table, of_table in rows[employee].items()}
        snapshot.people[number] = Record(number, name, held)
        snapshot.employee_ids[number] = employee
    held_accounts = {row.value for record in snapshot.people.values() for row in record.rows[Table.ACCOUNT]}
    snapshot.others = _other_owners(held_accounts.union(accounts), names)
    return snapshot


def _other_owners(
    accounts: Collection[str], employee_ids: Collection[int]
) -> dict[str, list[tuple[Days, str]]]:
    handles = {account.partition(":")[2] for account in accounts}
    owners = AccountOwner.objects.filter(account__handle__in=any_of(handles, "text")).exclude(
        employee__in=any_of(employee_ids, "int")
    )
    others: dict[str, list[tuple[Days, str]]] = defaultdict(list)
    for platform, handle, number, starts_on, ends_on in owners.order_by("starts_on").values_list(
        "account__platform", "account__handle", "employee__number", "starts_on", "ends_on"
    ):
        if f"{platform}:{handle}" in accounts:
            others[f"{platform}:{handle}"].append((Days.stored(starts_on, ends_on), number))
    return others
