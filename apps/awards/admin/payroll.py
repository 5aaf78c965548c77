"""Exports and payments to read, and to take away as files."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.awards.models import Payment, PayrollExport
from apps.awards.payment.people import TAKE
from apps.awards.payment.refusals import PaymentRefused
from apps.awards.payment.taking import take_file
from apps.awards.sheets import MIME
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.base import ReadOnlyModelAdmin
from bonus_tracker.admin_site.steps import Step


class FormatForm(forms.Form):
    format = fields.choice(gettext_lazy("File"), (("xlsx", "XLSX"), ("csv", "CSV")))


class Download(Step):
    name = "download"
    title = gettext_lazy("Download for payroll")
    permission = TAKE
    form_class = FormatForm
    refusals = (PaymentRefused,)

    def sentences(self, thing: PayrollExport, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [
            _("The file names employees and amounts; give it to payroll and to nobody else."),
            _(
                "Payroll fills in gross, tax, net paid and the day, or why a payment came back, and sends it back."
            ),
            _("It may be downloaded again; a payment that payroll was told of twice has the same reference."),
            _("Your name is written in the audit log."),
        ]

    def take(self, request: HttpRequest, thing: PayrollExport, form: Any, *, now: datetime) -> HttpResponse:
        kind = form.cleaned_data["format"]
        content = take_file(thing, kind, by=request.user, now=now)  # type: ignore[arg-type]
        name = f"{thing.campaign.slug}-payroll-{thing.number}.{kind}"
        return HttpResponse(
            content,
            content_type=MIME[kind],
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


@admin.register(PayrollExport)
class PayrollExportAdmin(ReadOnlyModelAdmin):
    list_display = ("campaign", "number", "awards", "made_by", "made_at")
    list_select_related = ("campaign", "made_by")
    list_filter = ("campaign",)
    fields = (("campaign", "number"), "awards", "made_by", "made_at")
    readonly_fields = ("awards",)
    steps = [Download()]

    def subject(self, obj: PayrollExport) -> str:
        return f"campaign {obj.campaign.slug}"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(lines=Count("payments"))

    @admin.display(description=gettext_lazy("awards"))
    def awards(self, export: Any) -> int:
        count: int = export.lines
        return count


@admin.register(Payment)
class PaymentAdmin(ReadOnlyModelAdmin):
    list_display = ("reference", "employee", "net_amount", "currency", "state", "paid_on", "as_promised")
    list_select_related = ("export__campaign", "award__employee")
    list_filter = ("export__campaign", "state")
    search_fields = ("reference",)
    fields = (
        ("reference", "export"),
        "employee",
        ("net_amount", "currency"),
        "state",
        ("gross", "tax"),
        "as_promised",
        "paid_on",
        "returned_reason",
        ("answered_by", "answered_at"),
    )
    readonly_fields = ("employee", "net_amount", "currency", "as_promised")

    def subject(self, obj: Payment) -> str:
        return f"campaign {obj.export.campaign.slug}"

    @admin.display(description=gettext_lazy("employee"))
    def employee(self, payment: Payment) -> str:
        return str(payment.award.employee)

    @admin.display(description=gettext_lazy("amount after tax"))
    def net_amount(self, payment: Payment) -> str:
        return str(payment.award.net_amount)

    @admin.display(description=gettext_lazy("currency"))
    def currency(self, payment: Payment) -> str:
        return payment.award.currency

    @admin.display(description=gettext_lazy("payroll's net as promised"))
    def as_promised(self, payment: Payment) -> str:
        if payment.net is None:
            return "–"
        return _("no: %s") % payment.net if payment.differs else _("yes")
