"""Write what became of some people, in a few statements however many they are."""

from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

from apps.directory.corrections import Touched
from apps.directory.handles import account_key, domain_of, is_under
from apps.directory.models import (
    Account,
    CompanyDomain,
    Department,
    Employee,
    Group,
    LegalEntity,
)
from apps.directory.records import BETWEEN_NAMES, Record, Row, Table, with_parents
from apps.directory.snapshot import MODELS, Snapshot
from apps.directory.sql import any_of, copy_rows

BATCH = 5_000  # rows of one INSERT
Named = TypeVar("Named", LegalEntity, Group)


def write(snapshot: Snapshot, after: Mapping[str, Record]) -> Touched:
    """Make the database hold `after` where it differs from the snapshot (of at least those people)."""
    changed = {number: record for number, record in after.items() if snapshot.people.get(number) != record}
    employee_ids = {**snapshot.employee_ids, **_write_names(snapshot, changed.values())}
    added: dict[Table, list[tuple[int, Row]]] = {}
    for table in Table:
        _remove(table, _gone(snapshot, changed, table))
        added[table] = [
            (employee_ids[number], row) for number, row in _changed_rows(snapshot, changed, table, new=True)
        ]
    _add_rows(added)
    return _touched(snapshot, changed, employee_ids)


def _write_names(snapshot: Snapshot, records: Iterable[Record]) -> dict[str, int]:
    """number -> id of everybody who is new or renamed."""
    held = snapshot.people
    named = [
        Employee(number=record.number, name=record.name)
        for record in records
        if record.number not in held or held[record.number].name != record.name
    ]
    Employee.objects.bulk_create(
        named, BATCH, update_conflicts=True, unique_fields=["number"], update_fields=["name"]
    )
    return {employee.number: employee.pk for employee in named}


def _changed_rows(
    snapshot: Snapshot, changed: Mapping[str, Record], table: Table, *, new: bool
) -> list[tuple[str, Row]]:
    """(number, row) of every row that only the new record has, or only the old one."""
    rows = []
    for number, record in changed.items():
        before = snapshot.people.get(number)
        old_rows, new_rows = before.rows[table] if before else (), record.rows[table]
        mine, theirs = (new_rows, old_rows) if new else (old_rows, new_rows)
        rows += [(number, row) for row in mine if row not in theirs]
    return rows


def _gone(snapshot: Snapshot, changed: Mapping[str, Record], table: Table) -> list[int]:
    rows = _changed_rows(snapshot, changed, table, new=False)
    return [snapshot.row_ids[table, number, row] for number, row in rows]


def _remove(table: Table, ids: Collection[int]) -> None:
    # Before anything is added: an exclusion constraint is checked row by row.
    if ids:
        MODELS[table][0].objects.filter(pk__in=any_of(ids, "int")).delete()


def _add_rows(added: Mapping[Table, list[tuple[int, Row]]]) -> None:
    departments = department_ids({row.value for _employee, row in added[Table.DEPARTMENT]})
    entities = _ids_by_name(LegalEntity, {row.value for _employee, row in added[Table.ENTITY]})
    groups = _ids_by_name(Group, {row.value for _employee, row in added[Table.GROUP]})
    accounts = account_ids({row.value for _employee, row in added[Table.ACCOUNT]})
    for table, column, ids in (
        (Table.EMPLOYMENT, "", {}),
        (Table.DEPARTMENT, "department_id", departments),
        (Table.ENTITY, "entity_id", entities),
        (Table.GROUP, "group_id", groups),
        (Table.ACCOUNT, "account_id", accounts),
    ):
        columns = ("employee_id", "starts_on", "ends_on", *filter(None, [column]))
        copy_rows(
            MODELS[table][0],
            columns,
            (
                (employee, row.days.start, row.days.ends_on, ids.get(row.value))[: len(columns)]
                for employee, row in added[table]
            ),
        )


def department_ids(paths: Collection[str]) -> dict[str, int]:
    """path -> id; what is missing of the tree is made, from the root down."""
    wanted = {above for path in paths for above in with_parents(path)}
    ids = dict(Department.objects.filter(path__in=wanted).values_list("path", "pk"))
    by_depth: dict[int, list[str]] = {}
    for path in sorted(wanted - ids.keys()):
        by_depth.setdefault(path.count(BETWEEN_NAMES), []).append(path)
    for _depth, missing in sorted(by_depth.items()):
        made = []
        for path in missing:
            parent, _slash, name = path.rpartition(BETWEEN_NAMES)
            made.append(Department(name=name, path=path, parent_id=ids.get(parent)))
        ids |= {department.path: department.pk for department in Department.objects.bulk_create(made)}
    return ids


def _ids_by_name(model: type[Named], names: Collection[str]) -> dict[str, int]:
    ids = dict(model.objects.filter(name__in=names).values_list("name", "pk"))
    missing = [model(name=name) for name in sorted(set(names) - ids.keys())]
    return ids | {made.name: made.pk for made in model.objects.bulk_create(missing)}


def account_ids(accounts: Collection[str]) -> dict[str, int]:
    """ "platform:handle" -> id; those that nobody has had are made."""
    domains = frozenset(CompanyDomain.objects.values_list("domain", flat=True))
    ids, made = {}, []
    for account in sorted(accounts):
        platform, _colon, handle = account.partition(":")
        ids[account] = account_key(platform, handle)
        is_company = is_under(domain_of(handle), domains)
        made.append(Account(id=ids[account], platform=platform, handle=handle, is_company=is_company))
    Account.objects.bulk_create(made, BATCH, ignore_conflicts=True)
    return ids


def _touched(snapshot: Snapshot, changed: Mapping[str, Record], employee_ids: Mapping[str, int]) -> Touched:
    people: set[int] = set()
    accounts: set[str] = set()
    for number, record in changed.items():
        before = snapshot.people.get(number)
        old, new = before.rows if before else {}, record.rows
        employment_changed = old.get(Table.EMPLOYMENT, ()) != new[Table.EMPLOYMENT]
        old_accounts, new_accounts = set(old.get(Table.ACCOUNT, ())), set(new[Table.ACCOUNT])
        if employment_changed or old_accounts != new_accounts:
            people.add(employee_ids[number])
            # Whoever's employment changed is a colleague on other days, with every account.
            rows = old_accounts | new_accounts if employment_changed else old_accounts ^ new_accounts
            accounts.update(row.value for row in rows)
    keys = (account_key(*account.split(":", 1)) for account in accounts)
    return Touched(frozenset(people), frozenset(keys))
