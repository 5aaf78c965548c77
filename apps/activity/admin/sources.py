"""Sources: doors make them on first use; their lag is HR's and the administrator's to state."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.activity.models import Source
from bonus_tracker.admin_site.base import ModelAdmin


@admin.register(Source)
class SourceAdmin(ModelAdmin):
    list_display = ("name", "kind", "platform", "lag_minutes", "complete_until")
    search_fields = ("name",)
    fields = ("name", "kind", "platform", "lag_minutes", "complete_until", "created_at")
    readonly_fields = ("name", "kind", "platform", "complete_until", "created_at")

    def subject(self, obj: Source) -> str:
        return f"source {obj.name}"

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False
