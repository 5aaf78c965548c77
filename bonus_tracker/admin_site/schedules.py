"""The jobs of celery beat, editable in the same clothes as everything else, and audited."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django_celery_beat import admin as beat
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from unfold.widgets import UnfoldAdminSelectWidget

from bonus_tracker.admin_site.base import ModelAdmin
from bonus_tracker.celery import app


class TaskWidget(UnfoldAdminSelectWidget, beat.TaskSelectWidget):
    celery_app = app


class RegisteredTask(beat.TaskChoiceField):
    """One of this program's tasks, and no other."""

    def valid_value(self, value: str) -> bool:
        return value in dict(self.widget.choices)


class TaskForm(beat.PeriodicTaskForm):
    regtask = None
    task = RegisteredTask(label=_("Task"), widget=TaskWidget)

    def clean(self) -> Any:
        return self.cleaned_data if "task" in self.errors else super().clean()


class TaskAdmin(ModelAdmin):
    form = TaskForm
    actions = None
    list_display = ("name", "enabled", "scheduler", "last_run_at", "total_run_count")
    list_select_related = ("interval", "crontab", "solar", "clocked")
    list_filter = ("enabled",)
    search_fields = ("name",)
    fieldsets = (
        (None, {"fields": (("name", "enabled"), "task", "description")}),
        (_("When"), {"fields": (("interval", "crontab"), ("start_time", "one_off"), "last_run_at")}),
        (_("Arguments"), {"fields": ("args", "kwargs")}),
    )
    readonly_fields = ("last_run_at",)

    def subject(self, obj: PeriodicTask) -> str:
        return f"job {obj.name}"[:200]


class ScheduleAdmin(ModelAdmin):
    """A schedule may serve several jobs; changing it changes them all."""

    actions = None


ADMINS: dict[Any, type[ModelAdmin]] = {
    PeriodicTask: TaskAdmin,
    IntervalSchedule: ScheduleAdmin,
    CrontabSchedule: ScheduleAdmin,
}
UNUSED = (ClockedSchedule, SolarSchedule)  # nothing here runs once at an instant, or at sunset


def replace_registrations() -> None:
    """Once autodiscovery has found those of django-celery-beat."""
    for model in (*ADMINS, *UNUSED):
        admin.site.unregister(model)
    for model, model_admin in ADMINS.items():
        admin.site.register(model, model_admin)
