"""A campaign's rule on what was really talked, before anybody is held to it; beside another rule."""

from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.audit.services import record
from apps.awards.admin.prizes import Budget
from apps.campaigns.models import Campaign
from apps.campaigns.presets import PRESETS
from apps.campaigns.rule import Rule, first_date
from apps.console.doors import official
from apps.console.guide.choices import preset_cards, presets_as_json
from apps.console.preview.forms import RuleForm
from apps.console.preview.period import period
from apps.console.preview.sides import Side, distribution, sides
from apps.console.watching import part
from apps.ranking import what_ifs
from bonus_tracker import clock

State = Campaign.State
PREVIEWED = (State.DRAFT, State.SCHEDULED, State.RUNNING)


@require_http_methods(["GET", "POST"])
@official("campaigns.change_campaign")
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    campaign = get_object_or_404(Campaign, slug=slug)
    if campaign.state not in PREVIEWED:
        messages.error(request, _("This campaign is decided or called off; there is nothing to preview."))
        return redirect("console:campaign", slug=slug)
    found, now = sides(campaign), clock.now()
    if request.method == "POST":
        return _post(request, campaign, found, now)
    context = {"campaign": campaign, "sides": found}
    is_counting = any(side.is_open for side in found)
    if watched := part(request, "console/preview/_progress.html", context, is_open=is_counting):
        return watched  # in the end the page is opened anew with its charts
    return _page(request, campaign, found, _form(campaign, found), now)


def _form(campaign: Campaign, found: list[Side]) -> RuleForm:
    """It shows the other rule of last time, else another preset than the campaign's, or its own numbers to change."""
    own, other = Rule.of(campaign), found[1].question if len(found) > 1 else None
    if other:
        return RuleForm(campaign, Rule(**other.rule))
    unlike = next(rule for rule in PRESETS.values() if rule != own)
    return RuleForm(campaign, unlike if own in PRESETS.values() else own)


def _post(request: HttpRequest, campaign: Campaign, found: list[Side], now: datetime) -> HttpResponse:
    act, is_counting = request.POST.get("act", ""), any(side.is_open for side in found)
    if act == "stop":
        for side in found:
            if side.question:
                what_ifs.stop(side.question, now=now)
    elif is_counting:
        messages.error(request, _("It is being counted already; wait for it or cancel it."))
    elif act == "own":
        _ask(request, campaign, [Rule.of(campaign)], now)
    else:
        shown = _form(campaign, found)
        form = RuleForm(
            campaign, Rule(**{name: shown.initial[name] for name in Rule().as_dict()}), request.POST
        )
        if not form.is_valid():
            return _page(request, campaign, found, form, now)
        _ask(request, campaign, list(dict.fromkeys([Rule.of(campaign), form.rule])), now)
    return redirect("console:preview", slug=campaign.slug)


@transaction.atomic
def _ask(request: HttpRequest, campaign: Campaign, rules: list[Rule], now: datetime) -> None:
    """The same days for every rule, so that the answers can be compared."""
    days, actor = period(campaign, now=now), request.user.get_username()
    for rule in rules:
        what_ifs.ask(campaign, rule, actor=actor, now=now, **days._asdict())
    record(
        "rule previewed",
        actor=actor,
        subject=f"campaign {campaign.slug}",
        at=now,
        details={"rules": [rule.as_dict() for rule in rules], "as_of": days.as_of.isoformat()},
    )


def _page(
    request: HttpRequest, campaign: Campaign, found: list[Side], form: RuleForm, now: datetime
) -> HttpResponse:
    asked = next((side.question for side in found if side.question), None)
    days = period(campaign, now=now)
    starts_at = asked.starts_at if asked else days.starts_at
    context = {
        "campaign": campaign,
        "sides": found,
        "answered": [side for side in found if side.figures],
        "is_counting": any(side.is_open for side in found),
        "as_of": asked.as_of if asked else days.as_of,
        "first_day": starts_at and first_date(starts_at, clock.company_zone()),
        "plot": distribution(found),
        "form": form,
        "cards": preset_cards(form, starts_at or campaign.starts_at),
        "presets": presets_as_json(),
        "shows_costs": request.user.has_perm(Budget.permission) and Budget().is_open(campaign),
    }
    return render(request, "console/preview/page.html", context)
