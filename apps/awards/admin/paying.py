"""Paying the prizes of a final result, as steps of its campaign."""

import secrets
from datetime import datetime
from typing import Any

from django import forms
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.awards.admin.pages import sentences_page
from apps.awards.models import Payment
from apps.awards.payment.confirming import Report, confirm
from apps.awards.payment.exporting import export_awards, waiting
from apps.awards.payment.people import CONFIRM, EXPORT
from apps.awards.payment.reading import LARGEST_FILE
from apps.awards.payment.refusals import ConfirmationRefused, PaymentRefused
from apps.campaigns.admin.campaigns import CampaignAdmin
from apps.campaigns.models import Campaign
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.steps import Step

WAITS = 1800  # seconds between preview and confirmation
PROBLEMS_SHOWN = 20


class ExportForPayroll(Step):
    name = "export-payroll"
    title = gettext_lazy("Hand to payroll")
    permission = EXPORT
    refusals = (PaymentRefused,)

    def is_open(self, thing: Campaign) -> bool:
        return thing.state in {Campaign.State.FINAL, Campaign.State.PAID} and bool(waiting(thing))

    def sentences(self, thing: Campaign, *, now: datetime) -> list[Any]:  # noqa: ARG002
        awards = waiting(thing)
        total = sum(award.net_amount for award in awards)
        return [
            _("%(count)d awards, %(total)s %(currency)s after tax altogether, go to payroll, each once.")
            % {"count": len(awards), "total": total, "currency": awards[0].currency},
            _("Then you download the file, give it to payroll, and payroll fills it in."),
            _("Somebody else than you brings payroll's answer in."),
        ]

    def take(self, request: HttpRequest, thing: Campaign, form: Any, *, now: datetime) -> str | HttpResponse:  # noqa: ARG002
        export = export_awards(thing, by=request.user, now=now)  # type: ignore[arg-type]
        if export is None:
            return _("Nothing is left to hand to payroll.")
        return HttpResponseRedirect(reverse("admin:awards_payrollexport_download", args=[export.pk]))


class AnswerForm(forms.Form):
    file = fields.upload(
        gettext_lazy("Payroll's file"),
        help_text=gettext_lazy("CSV or XLSX, with the columns of our own file."),
    )
    preview = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.data.get("preview"):
            self.fields["file"].required = False

    def clean_file(self) -> Any:
        file = self.cleaned_data.get("file")
        if file and file.size > LARGEST_FILE:
            raise forms.ValidationError(
                _("The file is larger than 10 MiB; send only what payroll filled in.")
            )
        return file


class RefusedFile(Exception):
    """One sentence a line."""


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
        content = cache.get(_place(request, token))
        if content is None:
            raise RefusedFile(_("The preview is no longer there; upload the file again."))
        report = _confirm(request, thing, content, now=now, dry_run=False)
        cache.delete(_place(request, token))
        return " ".join(report.sentences())

    def _preview(self, request: HttpRequest, thing: Campaign, report: Report, content: bytes) -> HttpResponse:
        token = secrets.token_urlsafe(32)
        changes = bool(report.paid or report.returned or report.noted)
        if changes:
            cache.set(_place(request, token), content, WAITS)
        return sentences_page(
            request,
            title=_("What payroll's file says"),
            subtitle=str(thing),
            sentences=report.sentences() or [_("The file has no lines.")],
            kept=[("preview", token)],
            confirm=_("Take it over") if changes else "",
            way_back=reverse("admin:campaigns_campaign_change", args=[thing.pk]),
        )


def _confirm(
    request: HttpRequest, thing: Campaign, content: bytes, *, now: datetime, dry_run: bool
) -> Report:
    try:
        return confirm(thing, content, by=request.user, now=now, dry_run=dry_run)  # type: ignore[arg-type]
    except ConfirmationRefused as refusal:
        found = [str(problem) for problem in refusal.problems]
        more = [_("and %d more") % (len(found) - PROBLEMS_SHOWN)] if len(found) > PROBLEMS_SHOWN else []
        listed = "; ".join(text.rstrip(".") for text in [*found[:PROBLEMS_SHOWN], *more])
        raise RefusedFile(_("Nothing was taken over: %s.") % listed) from refusal


def _place(request: HttpRequest, token: str) -> str:
    """One's own preview only."""
    return f"payroll:{request.user.pk}:{token}"


CampaignAdmin.add_step(ExportForPayroll())
CampaignAdmin.add_step(BringInAnswer())
