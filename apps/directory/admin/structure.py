"""Departments, legal entities, groups: made by imports and corrections; departments and groups are renamed here."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.directory import structure
from apps.directory.models import Department, Group, LegalEntity
from apps.directory.records import DirectoryError
from bonus_tracker import clock
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.base import ReadOnlyModelAdmin
from bonus_tracker.admin_site.steps import Step

ON_PAST_DAYS = gettext_lazy(
    "It is called so on past days too, and on past boards; nobody's membership changes."
)
TELL_THE_SOURCE = gettext_lazy(
    "Change it in the system that your files come from as well: a file with the old name makes it anew."
)
NO_CHANGE = gettext_lazy("Nothing changes: the directory already says this.")


class NameForm(forms.Form):
    name = fields.text(gettext_lazy("Name"))


class RenameGroup(Step):
    name = "rename"
    title = gettext_lazy("Rename")
    permission = "directory.change_group"
    form_class = NameForm
    refusals = (DirectoryError,)

    def sentences(self, thing: Group, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [ON_PAST_DAYS, TELL_THE_SOURCE]

    def initial(self, thing: Group) -> dict[str, Any]:
        return {"name": thing.name}

    def take(self, request: HttpRequest, thing: Group, form: Any, *, now: datetime) -> Any:
        name, actor = form.cleaned_data["name"], request.user.get_username()
        done = structure.rename_group(thing, name=name, actor=actor, now=now)
        return _("%(old)s is %(new)s now.") % {"old": thing, "new": name} if done else NO_CHANGE


class DepartmentStep(Step):
    permission = "directory.change_department"
    refusals = (DirectoryError,)

    def sentences(self, thing: Department, *, now: datetime) -> list[Any]:  # noqa: ARG002
        below = structure.with_all_below(thing.path).count() - 1
        comes_along = ngettext(
            "%(count)d department below it comes along.", "%(count)d departments below it come along.", below
        )
        return [comes_along % {"count": below}, ON_PAST_DAYS, TELL_THE_SOURCE]

    def said(self, thing: Department, done: bool) -> Any:
        if not done:
            return NO_CHANGE
        return _("%(old)s is %(new)s now.") % {"old": thing, "new": Department.objects.get(pk=thing.pk)}


class RenameDepartment(DepartmentStep):
    name = "rename"
    title = gettext_lazy("Rename")
    form_class = NameForm

    def initial(self, thing: Department) -> dict[str, Any]:
        return {"name": thing.name}

    def take(self, request: HttpRequest, thing: Department, form: Any, *, now: datetime) -> Any:
        name, actor = form.cleaned_data["name"], request.user.get_username()
        return self.said(thing, structure.rename_department(thing, name=name, actor=actor, now=now))


class PlaceForm(forms.Form):
    parent = fields.text(
        gettext_lazy("Under"),
        required=False,
        longest=800,
        help_text=gettext_lazy("Such as Sales/East; empty: at the top."),
    )


class MoveDepartment(DepartmentStep):
    name = "move"
    title = gettext_lazy("Move")
    form_class = PlaceForm

    def initial(self, thing: Department) -> dict[str, Any]:
        return {"parent": thing.parent or ""}

    def take(self, request: HttpRequest, thing: Department, form: Any, *, now: datetime) -> Any:
        parent, actor = form.cleaned_data["parent"], request.user.get_username()
        return self.said(thing, structure.move_department(thing, parent=parent, actor=actor, now=now))


class WithMembers(ReadOnlyModelAdmin):
    """With how many are in it today, and none of those below it."""

    readonly_fields = ("members_today",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        today = clock.today()
        begun = Q(memberships__starts_on__lte=today)
        lasting = Q(memberships__ends_on=None) | Q(memberships__ends_on__gte=today)
        return super().get_queryset(request).annotate(members=Count("memberships", filter=begun & lasting))

    @admin.display(description=gettext_lazy("employees today"))
    def members_today(self, obj: Any) -> int:
        members: int = obj.members
        return members


@admin.register(Department)
class DepartmentAdmin(WithMembers):
    list_display = ("path", "members_today")
    search_fields = ("path",)
    fields = ("name", "parent", "path", "members_today")
    steps = [RenameDepartment(), MoveDepartment()]

    def subject(self, obj: Department) -> str:
        return f"department {obj}"[:200]


@admin.register(LegalEntity)
class LegalEntityAdmin(WithMembers):
    list_display = ("name", "members_today")
    search_fields = ("name",)
    fields = ("name", "members_today")


@admin.register(Group)
class GroupAdmin(LegalEntityAdmin):
    steps = [RenameGroup()]

    def subject(self, obj: Group) -> str:
        return f"group {obj}"[:200]
