"""Pages that show whom somebody talks with: they ask for a reason, and the audit log has it before they show."""

from abc import abstractmethod
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from apps.audit.services import record
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.keyset import Table
from bonus_tracker.admin_site.steps import Step

LOOKED = "contacts viewed"  # employees read of it on their own page


class LookForm(fields.ReasonForm):
    after = forms.CharField(required=False, widget=forms.HiddenInput(), max_length=120)


class LookStep(Step):
    """Every page, the next ones too, is a POST of its own with the reason, and an entry of its own."""

    form_class = LookForm
    only_looks = True

    @abstractmethod
    def subject(self, thing: Any, form: Any) -> str:
        """Whose contacts they are, as the audit log calls it."""

    def details(self, thing: Any, form: Any) -> dict[str, Any]:  # noqa: ARG002
        return {}

    @abstractmethod
    def table(self, thing: Any, form: Any, after: str) -> Table:
        """One page of rows, from the key `after` on."""

    def employees_shown(self, thing: Any, form: Any, after: str) -> list[str]:  # noqa: ARG002
        """Numbers of those whose contacts the page shows, when the subject is not the one employee."""
        return []

    def sentences(self, thing: Any, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [
            _("You will see who talks with whom, as masked names and days; content is never kept."),
            _("Your name and the reason are written in the audit log first, for every page you open."),
        ]

    def take(self, request: HttpRequest, thing: Any, form: Any, *, now: datetime) -> HttpResponse:
        after = form.cleaned_data["after"]
        with transaction.atomic():
            details = self.details(thing, form) | {"reason": form.cleaned_data["reason"]}
            details |= {"page after": after} if after else {}
            subject, shown = self.subject(thing, form), self.employees_shown(thing, form, after)
            entries = [(subject, details)]
            entries += [(f"employee {number}", details | {"in": subject}) for number in shown]
            for about, said in entries:
                record(LOOKED, actor=request.user.get_username(), subject=about[:200], at=now, details=said)
            table = self.table(thing, form, after)
        context = admin.site.each_context(request) | {
            "title": self.title,
            "subtitle": str(thing),
            "table": table,
            "kept": [(name, form.cleaned_data[name]) for name in form.fields if name != "after"],
        }
        return TemplateResponse(request, "admin/rows.html", context)
