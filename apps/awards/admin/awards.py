"""Awards to read; what the prize costs before tax, and paying again what came back."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.awards.letter import NoLetter, letter
from apps.awards.models import Award
from apps.awards.payment.again import pay_again
from apps.awards.payment.people import PAY_AGAIN
from apps.awards.payment.refusals import PaymentRefused
from apps.awards.tax.schedules import ScheduleRefused, schedules
from apps.awards.tax.solver import NetRefused, gross_for
from apps.awards.tax.steps import money, steps
from bonus_tracker import clock
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.base import ReadOnlyModelAdmin
from bonus_tracker.admin_site.pages import sentences_page
from bonus_tracker.admin_site.steps import Step, home_of

FIRST_CHOICE = "cn-comprehensive-income"


class EstimateForm(forms.Form):
    schedule = fields.choice(gettext_lazy("Tax schedule"), ())
    beside = forms.DecimalField(
        label=gettext_lazy("Taxed together with it"),
        max_digits=14,
        decimal_places=2,
        initial=Decimal(0),
        help_text=gettext_lazy(
            "The year's other taxable income, or another annual bonus. Ask payroll; what you type is not kept."
        ),
        widget=forms.NumberInput({"autocomplete": "off"}),
    )
    paid_on = fields.day(gettext_lazy("Paid on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(each.id, f"{each} ({each.currency})") for each in schedules().values()]
        self.fields["schedule"].choices = choices  # type: ignore[attr-defined]


class Estimate(Step):
    name, only_looks = "estimate", True
    title = gettext_lazy("Estimate gross and tax")
    button = gettext_lazy("Compute")
    permission = "awards.view_award"
    form_class = EstimateForm
    refusals = (ScheduleRefused, NetRefused, PaymentRefused)

    def initial(self, thing: Award) -> dict[str, Any]:  # noqa: ARG002
        return {"schedule": FIRST_CHOICE, "paid_on": clock.today()}

    def sentences(self, thing: Award, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [
            _("%(net)s %(currency)s after tax is promised.")
            % {"net": money(thing.net_amount), "currency": thing.currency},
            _(
                "You will see which gross amount leaves it, with every step. Nothing is kept; payroll decides."
            ),
        ]

    def take(self, request: HttpRequest, thing: Award, form: Any, *, now: datetime) -> HttpResponse:  # noqa: ARG002
        data = form.cleaned_data
        chosen = schedules()[data["schedule"]]
        if chosen.currency != thing.currency:
            raise PaymentRefused(
                _("The schedule is for %(its)s and the award is in %(ours)s.")
                % {"its": chosen.currency, "ours": thing.currency}
            )
        found = gross_for(thing.net_amount, chosen, paid_on=data["paid_on"], beside=data["beside"])
        return sentences_page(
            request,
            title=self.title,
            subtitle=str(thing),
            sentences=steps(found),
            numbered=True,
            way_back=home_of(thing),
        )


class PayAgain(Step):
    name = "pay-again"
    title = gettext_lazy("Pay again")
    permission = PAY_AGAIN
    form_class = fields.ReasonForm
    refusals = (PaymentRefused,)

    def is_open(self, thing: Award) -> bool:
        return thing.state == Award.State.RETURNED

    def sentences(self, thing: Award, *, now: datetime) -> list[Any]:  # noqa: ARG002
        last = thing.payments.order_by("-pk")[0]
        return [
            _("%(reference)s came back, because: %(reason)s")
            % {"reference": last.reference, "reason": last.returned_reason},
            _("The next export hands it to payroll once more, under a new reference."),
            _("Somebody else than who brought in the return must do this."),
        ]

    def take(self, request: HttpRequest, thing: Award, form: Any, *, now: datetime) -> str:
        pay_again(thing, reason=form.cleaned_data["reason"], by=request.user, now=now)  # type: ignore[arg-type]
        return _("The next export will contain it.")


class Letter(Step):
    name, only_looks = "letter", True
    title = gettext_lazy("Award letter")
    button = gettext_lazy("Download")
    permission = "awards.view_award"
    refusals = (NoLetter,)

    def is_open(self, thing: Award) -> bool:
        return thing.state != Award.State.PROPOSED

    def sentences(self, thing: Award, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [
            _("A page to print and sign, in English and Chinese (PDF). It names the winner and the prize.")
        ]

    def take(self, request: HttpRequest, thing: Award, form: Any, *, now: datetime) -> HttpResponse:  # noqa: ARG002
        name = f"{thing.campaign.slug}-award-{thing.pk}.pdf"
        return HttpResponse(
            letter(thing, now=now),
            content_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


@admin.register(Award)
class AwardAdmin(ReadOnlyModelAdmin):
    when_empty = gettext_lazy(
        "Awards are proposed by themselves from a campaign's result. Two people approve the result on "
        "the campaign's page; then the awards are paid."
    )
    list_display = ("campaign", "result_version", "what_for", "employee", "amount", "currency", "state")
    list_select_related = ("campaign", "result", "employee")
    list_filter = ("campaign", "form", "state")
    fields = (
        ("campaign", "result_version"),
        ("what_for", "shared_by"),
        "employee",
        ("amount", "currency"),
        "state",
        "created_at",
    )
    readonly_fields = ("result_version", "what_for", "amount")
    steps = [Estimate(), Letter(), PayAgain()]

    def subject(self, obj: Award) -> str:
        return f"campaign {obj.campaign.slug}"

    @admin.display(description=gettext_lazy("what for"))
    def what_for(self, award: Award) -> str:
        return award.title()

    @admin.display(description=gettext_lazy("amount after tax"), ordering="net_amount")
    def amount(self, award: Award) -> str:
        return format_html('<span class="block text-right">{}</span>', money(award.net_amount))

    @admin.display(description=gettext_lazy("version"))
    def result_version(self, award: Award) -> int:
        return award.result.version
