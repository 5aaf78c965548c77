"""Departments, legal entities, groups: made by imports and corrections, so here they are to read."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.directory.models import Department, Group, LegalEntity
from bonus_tracker import clock
from bonus_tracker.admin_site.base import ReadOnlyModelAdmin


class WithMembers(ReadOnlyModelAdmin):
    """With how many are in it today, and none of those below it."""

    readonly_fields = ("members_today",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        today = clock.today()
        begun = Q(memberships__starts_on__lte=today)
        lasting = Q(memberships__ends_on=None) | Q(memberships__ends_on__gte=today)
        return super().get_queryset(request).annotate(members=Count("memberships", filter=begun & lasting))

    @admin.display(description=_("employees today"))
    def members_today(self, obj: Any) -> int:
        members: int = obj.members
        return members


@admin.register(Department)
class DepartmentAdmin(WithMembers):
    list_display = ("path", "members_today")
    search_fields = ("path",)
    fields = ("name", "parent", "path", "members_today")


@admin.register(LegalEntity, Group)
class NamedAdmin(WithMembers):
    list_display = ("name", "members_today")
    search_fields = ("name",)
    fields = ("name", "members_today")
