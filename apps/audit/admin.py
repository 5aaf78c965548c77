"""The audit log: to read."""

import json
from datetime import datetime
from typing import Any, cast

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext_lazy as _

from apps.audit.export import csv_lines
from apps.audit.models import Entry, SignedHead, Verification
from apps.audit.reader_steps import ForgetReader, NameReader
from apps.audit.services import record
from bonus_tracker.admin_site.base import ReadOnlyModelAdmin
from bonus_tracker.admin_site.keyset import KeysetMixin
from bonus_tracker.admin_site.steps import PageStep


class KindOfAct(admin.SimpleListFilter):
    """By the first word of the action: a list of its own, since asking for all that there are reads the log."""

    title, parameter_name = _("about"), "about"
    WORDS = {
        "campaign": _("campaign"),
        "result": _("result"),
        "decision": _("decision"),
        "objection": _("objection"),
        "award": _("award"),
        "awards": _("awards"),
        "payment": _("payment"),
        "payroll": _("payroll"),
        "evidence": _("evidence"),
        "contacts": _("contacts"),
        "contact": _("contact"),
        "delivery": _("delivery"),
        "quarantine": _("quarantine"),
        "source": _("source"),
        "employee": _("employee"),
        "department": _("department"),
        "group": _("group"),
        "case": _("case"),
        "contest": _("contest"),
        "subject": _("person's data"),
        "user": _("user"),
        "second factor": _("second factor"),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        return list(self.WORDS.items())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:  # noqa: ARG002
        word = self.value()
        return queryset.filter(action__startswith=f"{word} ") if word in self.WORDS else queryset


class ExportLog(PageStep):
    """What the list shows, all pages of it, as CSV; that it was taken is in the log too."""

    name, title, button = "export", _("Export as CSV"), _("Export as CSV")
    permission = "audit.view_entry"
    of_list = only_looks = True

    def page(self, request: HttpRequest, thing: Any, *, now: datetime) -> HttpResponse:  # noqa: ARG002
        entries = cast(EntryAdmin, admin.site.get_model_admin(Entry)).shown(request)
        details = {name: value for name, value in request.GET.items() if value}
        with transaction.atomic():
            record(
                "log exported",
                actor=request.user.get_username(),
                subject="audit log",
                at=now,
                details=details,
            )
        lines = csv_lines(entries.order_by("number").iterator())
        answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="audit-log-{now:%Y-%m-%d}.csv"'
        return cast(HttpResponse, answer)


@admin.register(Entry)
class EntryAdmin(KeysetMixin, ReadOnlyModelAdmin):
    """`?subject=` shows what happened to one thing; the search finds a subject or a person exactly."""

    list_display = ("number", "at", "actor", "action", "subject")
    list_filter = (KindOfAct, "at")
    steps = [ExportLog()]
    search_fields = ("subject",)
    search_help_text = _("A subject, such as “campaign year-end” or “employee E001”, or a username.")
    fields = ("number", "at", "actor", "address", "action", "subject", "changes", "previous_hash", "hash")
    readonly_fields = ("changes",)

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> tuple[Any, bool]:  # noqa: ARG002
        if not search_term:
            return queryset, False
        return queryset.filter(subject=search_term) | queryset.filter(actor=search_term), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The export takes what is shown."""
        response = super().changelist_view(request, extra_context)
        for button in (getattr(response, "context_data", None) or {}).get("actions_list", []):
            button["path"] += f"?{request.GET.urlencode()}"
        return response

    def shown(self, request: HttpRequest) -> Any:
        """Every entry that the list with this address has, not only those of one page."""
        return self.get_changelist_instance(request).get_queryset(request)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup in {"subject", "actor", "action"} or super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("details"))
    def changes(self, entry: Entry) -> str:
        return json.dumps(entry.details, ensure_ascii=False, indent=1)


@admin.register(SignedHead)
class SignedHeadAdmin(ReadOnlyModelAdmin):
    list_display = ("day", "size", "root", "mailed_at")
    when_empty = _(
        "A worker signs the log's head once a day, with the key that EVIDENCE_KEY_FILE names; "
        "the first one stands here then."
    )
    steps = [NameReader(), ForgetReader()]


@admin.register(Verification)
class VerificationAdmin(ReadOnlyModelAdmin):
    list_display = ("at", "count", "problem", "head")
