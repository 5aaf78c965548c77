"""What every page of the admin has in common."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.forms import Form, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from unfold.admin import ModelAdmin as UnfoldModelAdmin
from unfold.admin import TabularInline

from apps.audit.read_only import ReadOnlyAdmin
from apps.audit.services import record
from bonus_tracker import clock
from bonus_tracker.admin_site.steps import StepsMixin

SECRET = ("password", "usable_password")  # beginnings of fields whose content is nobody's business


class ModelAdmin(StepsMixin, UnfoldModelAdmin):
    """Writes what was saved to the audit log, with before and after, instead of to Django's own log."""

    list_per_page = 50
    list_max_show_all = 0
    list_filter_sheet = False
    when_empty: str | Promise = ""  # what to do next, said on a list without rows

    def subject(self, obj: Any) -> str:
        """What the audit log calls it."""
        return f"{self.opts.verbose_name_raw} {obj}"[:200]

    def construct_change_message(self, request: Any, form: Any, formsets: Any, add: bool = False) -> Any:  # noqa: ARG002
        """The changed fields with what they said before and say now."""
        shown = [name for name in form.changed_data if not name.startswith(SECRET)]
        after = {name: _said(form, name, form.cleaned_data.get(name)) for name in shown}
        if add:
            return after
        return {name: [_said(form, name, form.initial.get(name)), after[name]] for name in shown}

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self.record(request, "added", obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        if message:
            self.record(request, "changed", obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        for obj in queryset:
            self.record(request, "removed", obj, {})

    def record(self, request: HttpRequest, act: str, obj: Model, details: dict[str, Any]) -> None:
        record(
            f"{self.opts.verbose_name_raw} {act}"[:60],
            actor=request.user.get_username(),
            subject=self.subject(obj),
            at=clock.now(),
            details=details,
        )

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        if obj is None or not self.has_view_permission(request, obj):
            return super().history_view(request, object_id, extra_context)  # says no, or that there is none
        address = reverse("admin:audit_entry_changelist")
        return HttpResponseRedirect(f"{address}?{urlencode({'subject': self.subject(obj)})}")


class ReadOnlyModelAdmin(ReadOnlyAdmin, ModelAdmin):
    """Shows, to whoever may view; what can be done about a row is a step with a page of its own."""

    actions: Any = None


class ReadOnlyInline(ReadOnlyAdmin, TabularInline):
    extra = 0
    can_delete = False
    hide_title = True
    show_change_link = False


def _said(form: Form | ModelForm[Any], name: str, value: Any) -> Any:
    field = form.fields[name]
    queryset = getattr(field, "queryset", None)
    if queryset is None or value is None:
        return _plain(value)
    chosen = field.prepare_value(value)
    keys = chosen if isinstance(chosen, list | tuple) else [chosen]
    return [str(each) for each in queryset.filter(pk__in=keys)]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, bool | int | str | None) else str(value)
