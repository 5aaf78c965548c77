"""Employees: found by number or name, shown with all their dated rows, corrected step by step."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from apps.directory.admin.employee_steps import STEPS
from apps.directory.admin.importing import ImportEmployees
from apps.directory.models import (
    AccountOwner,
    DepartmentMembership,
    Employee,
    Employment,
    EntityMembership,
    GroupMembership,
)
from apps.directory.queries import departments_on, holding_on
from bonus_tracker import clock
from bonus_tracker.admin_site.base import ReadOnlyInline, ReadOnlyModelAdmin


class EmploymentInline(ReadOnlyInline):
    model = Employment
    fields = ("starts_on", "ends_on")


class DepartmentInline(ReadOnlyInline):
    model = DepartmentMembership
    fields = ("department", "starts_on", "ends_on")


class EntityInline(ReadOnlyInline):
    model = EntityMembership
    fields = ("entity", "starts_on", "ends_on")


class GroupInline(ReadOnlyInline):
    model = GroupMembership
    fields = ("group", "starts_on", "ends_on")


class AccountInline(ReadOnlyInline):
    model = AccountOwner
    fields = ("account", "starts_on", "ends_on")


INLINES = (EmploymentInline, DepartmentInline, EntityInline, GroupInline, AccountInline)
for inline in INLINES:
    inline.ordering = ("starts_on", "pk")


@admin.register(Employee)
class EmployeeAdmin(ReadOnlyModelAdmin):
    when_empty = _(
        "Import a CSV file with “Import employees” at the top: "
        "number,name,department,handle,hired_on,left_on, one line for each handle. You see what would "
        "change before anything does."
    )
    list_display = ("number", "name", "department_today", "is_employed")
    search_fields = ("number", "name")
    search_help_text = _("Number or name.")
    fields = ("number", "name")
    inlines = INLINES
    steps = [ImportEmployees(), *STEPS]

    def subject(self, obj: Employee) -> str:
        return f"employee {obj.number}"[:200]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        today = Employment.objects.filter(holding_on(clock.today()), employee=OuterRef("pk"))
        return super().get_queryset(request).annotate(employed=Exists(today))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        response = super().changelist_view(request, extra_context)
        if page := getattr(response, "context_data", {}).get("cl"):
            departments = departments_on(clock.today(), [employee.pk for employee in page.result_list])
            for employee in page.result_list:
                employee.department_now = departments.get(employee.pk, "")
        return response

    @admin.display(description=_("department"))
    def department_today(self, employee: Any) -> str:
        return str(employee.department_now)

    @display(description=_("employed today"), boolean=True)
    def is_employed(self, employee: Any) -> bool:
        return bool(employee.employed)
