"""Who was where on a day, for any number of people in one query."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.directory.models import (
    Department,
    DepartmentMembership,
    Employee,
    Employment,
    EntityMembership,
    LegalEntity,
)


def holding_on(day: date) -> Q:
    """Of dated rows: those that hold on `day`."""
    return Q(starts_on__lte=day) & (Q(ends_on=None) | Q(ends_on__gte=day))


def employed_on(day: date) -> QuerySet[Employee]:
    """Employees on `day`, the day of leaving included, in number order."""
    return Employee.objects.filter(
        Exists(Employment.objects.filter(holding_on(day), employee=OuterRef("pk")))
    )


def departments_on(day: date, employee_ids: Iterable[int]) -> dict[int, Department]:
    """employee id -> department; those in none that day are absent."""
    rows = DepartmentMembership.objects.filter(holding_on(day), employee__in=employee_ids)
    return {row.employee_id: row.department for row in rows.select_related("department")}


def entities_on(day: date, employee_ids: Iterable[int]) -> dict[int, LegalEntity]:
    """employee id -> legal entity; those in none that day are absent."""
    rows = EntityMembership.objects.filter(holding_on(day), employee__in=employee_ids)
    return {row.employee_id: row.entity for row in rows.select_related("entity")}
