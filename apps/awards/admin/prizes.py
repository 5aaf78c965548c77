"""What a campaign costs, and who reached its goals, as steps of the campaign."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.awards.admin.payroll import FormatForm
from apps.awards.prizes.budget import budget
from apps.awards.prizes.outcomes import SEE, NoOutcomes, take_outcomes
from apps.awards.sheets import MIME
from apps.campaigns.admin.campaigns import CampaignAdmin
from apps.campaigns.admin.steps import Schedule
from apps.campaigns.further import Further
from apps.campaigns.models import Campaign
from bonus_tracker.admin_site.pages import sentences_page
from bonus_tracker.admin_site.steps import Step, home_of


class Budget(Step):
    name, only_looks = "budget", True
    title = gettext_lazy("Budget")
    button = gettext_lazy("Compute")
    permission = "awards.view_award"
    form_class = forms.Form

    def is_open(self, thing: Campaign) -> bool:
        return bool(Further.of(thing.further)) or thing.prizes.exists()

    def sentences(self, thing: Campaign, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [_("You will see what the prizes cost as things stand, and at most.")]

    def take(self, request: HttpRequest, thing: Campaign, form: Any, *, now: datetime) -> HttpResponse:  # noqa: ARG002
        return sentences_page(
            request,
            title=self.title,
            subtitle=str(thing),
            sentences=budget(thing, now=now).sentences(),
            way_back=home_of(thing),
        )


class GoalOutcomes(Step):
    name = "goals"
    title = gettext_lazy("Goals: reached, not reached, exempt")
    button = gettext_lazy("Download")
    permission = SEE
    form_class = FormatForm
    refusals = (NoOutcomes,)

    def is_open(self, thing: Campaign) -> bool:
        return bool(Further.of(thing.further).goals) and thing.results.exists()

    def sentences(self, thing: Campaign, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [
            _(
                "The file names everybody who takes part, with contacts and outcome; give it to whoever needs it."
            ),
            _("The program grants prizes and never deducts anything."),
            _("Your name is written in the audit log."),
        ]

    def take(self, request: HttpRequest, thing: Campaign, form: Any, *, now: datetime) -> HttpResponse:
        kind = form.cleaned_data["format"]
        content = take_outcomes(thing, kind, by=request.user, now=now)  # type: ignore[arg-type]
        return HttpResponse(
            content,
            content_type=MIME[kind],
            headers={"Content-Disposition": f'attachment; filename="{thing.slug}-goals.{kind}"'},
        )


def cost_sentences(campaign: Campaign, now: datetime) -> list[str]:
    return budget(campaign, now=now).sentences() if Budget().is_open(campaign) else []


CampaignAdmin.add_step(Budget())
CampaignAdmin.add_step(GoalOutcomes())
Schedule.also.append(cost_sentences)
