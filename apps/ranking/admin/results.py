"""Sealed results, with what they were computed from."""

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import BigIntegerField, F, Func
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.activity.admin.ledger import account_names
from apps.directory.models import Employee
from apps.ranking.models import FixedTie, Result
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.base import ReadOnlyModelAdmin
from bonus_tracker.admin_site.figures import Figure, figure
from bonus_tracker.admin_site.keyset import ROWS_A_PAGE, Table, one_page, whole_number
from bonus_tracker.admin_site.looking import LookForm, LookStep


class EmployeeLookForm(LookForm):
    employee = fields.text(gettext_lazy("Employee number"))
    field_order = ("employee", "reason", "after")

    def clean_employee(self) -> str:
        number: str = self.cleaned_data["employee"]
        if not Employee.objects.filter(number=number).exists():
            raise forms.ValidationError(_("No employee has the number %s.") % number)
        return number


class LookAtFixedTies(LookStep):
    """The input that was fixed when the campaign was settled, of one employee."""

    name = "fixed-ties"
    title = gettext_lazy("Fixed input of an employee")
    permission = "ranking.view_fixedtie"
    form_class = EmployeeLookForm

    def subject(self, thing: Result, form: Any) -> str:  # noqa: ARG002
        return f"employee {form.cleaned_data['employee']}"

    def details(self, thing: Result, form: Any) -> dict[str, Any]:  # noqa: ARG002
        return {"campaign": thing.campaign.slug, "fixed input": True}

    def table(self, thing: Result, form: Any, after: str) -> Table:
        ties = FixedTie.objects.filter(
            campaign=thing.campaign_id, employee__number=form.cleaned_data["employee"]
        )
        last_seen = whole_number(after)
        if last_seen is not None:
            ties = ties.filter(contact_id__gt=last_seen)
        counted = ties.annotate(sent_days=_bits("sent"), received_days=_bits("received")).order_by(
            "contact_id"
        )
        found = list(counted.values("contact_id", "sent_days", "received_days")[: ROWS_A_PAGE + 1])
        names = account_names({tie["contact_id"] for tie in found})
        return one_page(
            found,
            headers=[
                _("Contact"),
                Figure(_("Days the employee wrote")),
                Figure(_("Days the contact wrote")),
            ],
            row=lambda tie: (
                names.get(tie["contact_id"], "?"),
                figure(tie["sent_days"]),
                figure(tie["received_days"]),
            ),
            key=lambda tie: str(tie["contact_id"]),
        )


def _bits(field: str) -> Func:
    return Func(F(field), function="bit_count", output_field=BigIntegerField())


@admin.register(Result)
class ResultAdmin(ReadOnlyModelAdmin):
    when_empty = gettext_lazy(
        "A result appears here by itself once a campaign's deadline and its hours of grace have passed. "
        "Until then the board shows how things stand."
    )
    list_display = ("campaign", "version", "sealed_at", "cutoff", "sha256")
    list_select_related = ("campaign",)
    list_filter = ("campaign",)
    fields = (
        ("campaign", "version"),
        ("sealed_at", "cutoff"),
        "sha256",
        "rule_text",
        "counts_text",
        "standings_link",
    )
    readonly_fields = ("rule_text", "counts_text", "standings_link")
    steps = [LookAtFixedTies()]

    def subject(self, obj: Result) -> str:
        return f"campaign {obj.campaign.slug}"

    @admin.display(description=gettext_lazy("rule"))
    def rule_text(self, result: Result) -> str:
        return json.dumps(result.rule, ensure_ascii=False)

    @admin.display(description=gettext_lazy("counts"))
    def counts_text(self, result: Result) -> str:
        return ", ".join(f"{name}: {n}" for name, n in result.counts.items())

    @admin.display(description=gettext_lazy("standings"))
    def standings_link(self, result: Result) -> str:
        address = reverse("admin:ranking_run_standings", args=[result.run_id])
        return format_html('<a class="text-primary-600 underline" href="{}">{}</a>', address, _("Show"))
