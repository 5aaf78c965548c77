"""A campaign's end on one page: what keeps the result from being final, and what removes each reason."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy

from apps.campaigns.admin.campaigns import CampaignAdmin
from apps.campaigns.models import Campaign
from apps.integrity.admin.cases import OpenCase
from apps.integrity.admin.checklist import checklist
from apps.integrity.admin.links import page
from apps.integrity.admin.proposals import OF_CAMPAIGN
from apps.ranking.services import latest_result
from bonus_tracker.admin_site.steps import PageStep, home_of

State = Campaign.State


class Ending(PageStep):
    name, only_looks = "ending", True
    title = gettext_lazy("The end of the campaign")
    permission = "integrity.view_decision"

    def is_open(self, thing: Campaign) -> bool:
        return thing.state not in {State.DRAFT, State.SCHEDULED}

    def page(self, request: HttpRequest, thing: Campaign, *, now: datetime) -> HttpResponse:
        context = admin.site.each_context(request) | {
            "title": self.title,
            "subtitle": str(thing),
            "campaign": thing,
            "result": latest_result(thing),
            "checklist": checklist(thing, now=now),
            "doors": _doors(request, thing),
            "way_back": home_of(thing),
        }
        return TemplateResponse(request, "admin/ending.html", context)


def _doors(request: HttpRequest, campaign: Campaign) -> list[tuple[str, Any, bool]]:
    """(address, words, whether it is grave) of what this person may do now."""
    return [
        (page(f"campaigns_campaign_{step.name.replace('-', '_')}", campaign.pk), step.title, step.is_grave)
        for step in sorted((*OF_CAMPAIGN, OpenCase()), key=lambda step: step.is_grave)
        if request.user.has_perm(step.permission) and step.is_open(campaign)
    ]


CampaignAdmin.add_step(Ending())
