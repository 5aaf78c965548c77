"""From what is held and what shall be to the diff; the same for a file and for a single correction."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils.translation import gettext_noop

from apps.directory.corrections import first_traffic, kept_traffic
from apps.directory.diff import Diff, dropped_lines, person_lines, spelled, traffic_lines
from apps.directory.handles import domain_of, is_under
from apps.directory.kinds import Kind
from apps.directory.models import CompanyDomain, Department, Group, LegalEntity
from apps.directory.ownership import staff_days_changed
from apps.directory.periods import Days
from apps.directory.records import Record, Table, with_parents
from apps.directory.snapshot import Snapshot
from bonus_tracker import clock


def difference(snapshot: Snapshot, after: Mapping[str, Record], *, now: datetime) -> Diff:
    """All that `after` changes. The snapshot must have been read for exactly these people."""
    diff = Diff()
    changed = [after[number] for number in sorted(after) if snapshot.people.get(number) != after[number]]
    _add_new_names(diff, snapshot, changed)
    for record in changed:
        diff.add(person_lines(snapshot.people.get(record.number), record))
    _add_traffic_warnings(diff, snapshot, after, now)
    return diff


def _add_new_names(diff: Diff, snapshot: Snapshot, changed: list[Record]) -> None:
    """What must be made first: departments, legal entities and groups."""
    used: dict[Table, set[str]] = {table: set() for table in (Table.DEPARTMENT, Table.ENTITY, Table.GROUP)}
    for record in changed:
        before = snapshot.people.get(record.number)
        for table, values in used.items():
            held = before.rows[table] if before else ()
            values.update(row.value for row in record.rows[table] if row not in held)
    paths = {above for path in used[Table.DEPARTMENT] for above in with_parents(path)}
    entities, groups = used[Table.ENTITY], used[Table.GROUP]
    missing_departments = paths.difference(
        Department.objects.filter(path__in=paths).values_list("path", flat=True)
    )
    missing_entities = entities.difference(
        LegalEntity.objects.filter(name__in=entities).values_list("name", flat=True)
    )
    missing_groups = groups.difference(Group.objects.filter(name__in=groups).values_list("name", flat=True))
    for kind, text, names in (
        (Kind.DEPARTMENTS, gettext_noop("+ department %(name)s"), missing_departments),
        (Kind.ENTITIES, gettext_noop("+ legal entity %(name)s"), missing_entities),
        (Kind.GROUPS, gettext_noop("+ group %(name)s"), missing_groups),
    ):
        diff.add((kind, spelled(text, name=name)) for name in sorted(names))


def _add_traffic_warnings(diff: Diff, snapshot: Snapshot, after: Mapping[str, Record], now: datetime) -> None:
    since, today = first_traffic(), now.astimezone(clock.company_zone()).date()
    if since is None or since > today:
        return
    changed = staff_days_changed(snapshot, after)
    domains = frozenset(CompanyDomain.objects.values_list("domain", flat=True))
    at_company = {account for account in changed if is_under(domain_of(account), domains)}
    diff.add(traffic_lines(changed, Days(since, today), at_company))
    kept = kept_traffic()
    if kept and since < kept:
        diff.add(dropped_lines(changed, Days(since, kept - timedelta(days=1))))
