"""Paying the prizes of a final result, as steps of its campaign."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.awards.models import Payment
from apps.awards.payment.confirming import Report, confirm
from apps.awards.payment.exporting import export_awards, waiting
from apps.awards.payment.people import CONFIRM, EXPORT
from apps.awards.payment.refusals import ConfirmationRefused, PaymentRefused
from apps.campaigns.admin.campaigns import CampaignAdmin
from apps.campaigns.models import Campaign
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.pages import sentences_page
from bonus_tracker.admin_site.steps import Step, home_of
from bonus_tracker.admin_site.uploads import PreviewedFile, RefusedFile, forget, keep, kept, listed
from bonus_tracker.formats import money, number


class ExportForPayroll(Step):
    name = "export-payroll"
    title = gettext_lazy("Hand to payroll")
    permission = EXPORT
    refusals = (PaymentRefused,)

    def is_open(self, thing: Campaign) -> bool:
        return thing.state in {Campaign.State.FINAL, Campaign.State.PAID} and bool(waiting(thing))

    def sentences(self, thing: Campaign, *, now: datetime) -> list[Any]:  # noqa: ARG002
        awards = waiting(thing)
        total = sum((award.net_amount for award in awards), Decimal(0))
        going = ngettext(
            "%(count)s award, %(money)s altogether, goes to payroll, once.",
            "%(count)s awards, %(money)s altogether, go to payroll, each once.",
            len(awards),
        )
        return [
            going % {"count": number(len(awards)), "money": money(total, awards[0].currency)},
            _("Then you download the file, give it to payroll, and payroll fills it in."),
            _("Somebody else than you brings payroll's answer in."),
        ]

    def take(self, request: HttpRequest, thing: Campaign, form: Any, *, now: datetime) -> str | HttpResponse:  # noqa: ARG002
        export = export_awards(thing, by=request.user, now=now)  # type: ignore[arg-type]
        if export is None:
            return _("Nothing is left to hand to payroll.")
        return HttpResponseRedirect(reverse("admin:awards_payrollexport_download", args=[export.pk]))


class AnswerForm(PreviewedFile):
    too_large = gettext_lazy("The file is larger than 10 MiB; send only what payroll filled in.")
    file = fields.upload(
        gettext_lazy("Payroll's file"),
        help_text=gettext_lazy("CSV or XLSX, with the columns of our own file."),
    )


class BringInAnswer(Step):
    name = "payroll-answer"
    title = gettext_lazy("Bring in payroll's answer")
    button = gettext_lazy("Show what it says")
    permission = CONFIRM
    form_class = AnswerForm
    refusals = (PaymentRefused, RefusedFile)

    def is_open(self, thing: Campaign) -> bool:
        return Payment.objects.filter(export__campaign=thing).exists()

    def sentences(self, thing: Campaign, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [
            _("First you see what the file says; nothing is changed before you confirm that."),
            _(
                "A net other than promised cannot be paid. One wrong line, and nothing of the file is taken over."
            ),
            _("When an award is paid, payroll's gross and tax of that person are forgotten."),
        ]

    def take(self, request: HttpRequest, thing: Campaign, form: Any, *, now: datetime) -> str | HttpResponse:
        token = form.cleaned_data["preview"]
        if not token:
            content = form.cleaned_data["file"].read()
            report = _confirm(request, thing, content, now=now, dry_run=True)
            return self._preview(request, thing, report, content)
        content = kept(request, token)
        report = _confirm(request, thing, content, now=now, dry_run=False)
        forget(request, token)
        return " ".join(report.sentences())

    def _preview(self, request: HttpRequest, thing: Campaign, report: Report, content: bytes) -> HttpResponse:
        changes = bool(report.paid or report.returned or report.noted)
        return sentences_page(
            request,
            title=_("What payroll's file says"),
            subtitle=str(thing),
            sentences=report.sentences() + report.totals() or [_("The file has no lines.")],
            kept=[("preview", keep(request, content) if changes else "")],
            confirm=_("Take it over") if changes else "",
            way_back=home_of(thing),
        )


def _confirm(
    request: HttpRequest, thing: Campaign, content: bytes, *, now: datetime, dry_run: bool
) -> Report:
    try:
        return confirm(thing, content, by=request.user, now=now, dry_run=dry_run)  # type: ignore[arg-type]
    except ConfirmationRefused as refusal:
        found = listed([str(problem) for problem in refusal.problems])
        raise RefusedFile(_("Nothing was taken over: %s.") % found) from refusal


CampaignAdmin.add_step(ExportForPayroll())
CampaignAdmin.add_step(BringInAnswer())
