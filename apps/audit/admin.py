"""The audit log: to read."""

import json
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.audit.models import Entry, SignedHead, Verification
from bonus_tracker.admin_site.base import ReadOnlyModelAdmin
from bonus_tracker.admin_site.keyset import KeysetMixin


@admin.register(Entry)
class EntryAdmin(KeysetMixin, ReadOnlyModelAdmin):
    """`?subject=` shows what happened to one thing; the search finds a subject or a person exactly."""

    list_display = ("number", "at", "actor", "action", "subject")
    search_fields = ("subject",)
    search_help_text = _("A subject, such as “campaign year-end” or “employee E001”, or a username.")
    fields = ("number", "at", "actor", "address", "action", "subject", "changes", "previous_hash", "hash")
    readonly_fields = ("changes",)

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> tuple[Any, bool]:  # noqa: ARG002
        if not search_term:
            return queryset, False
        return queryset.filter(subject=search_term) | queryset.filter(actor=search_term), False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup == "subject" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("details"))
    def changes(self, entry: Entry) -> str:
        return json.dumps(entry.details, ensure_ascii=False, indent=1)


@admin.register(SignedHead)
class SignedHeadAdmin(ReadOnlyModelAdmin):
    list_display = ("day", "size", "root", "mailed_at")


@admin.register(Verification)
class VerificationAdmin(ReadOnlyModelAdmin):
    list_display = ("at", "count", "problem", "head")
