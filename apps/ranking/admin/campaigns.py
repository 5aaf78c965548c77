"""What ranking knows of a campaign, added to the campaigns' own pages."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display

from apps.audit.services import record
from apps.campaigns.admin.campaigns import CampaignAdmin
from apps.campaigns.models import Campaign
from apps.ranking.services import RANKED_STATES, NotRanked, live_run, refresh
from bonus_tracker import clock
from bonus_tracker.admin_site.steps import Step
from bonus_tracker.formats import instant

State = Campaign.State


class RankNow(Step):
    name = "rank"
    title = gettext_lazy("Rank now")
    permission = "campaigns.change_campaign"
    refusals = (NotRanked,)

    def is_open(self, thing: Campaign) -> bool:
        return thing.state in RANKED_STATES

    def sentences(self, thing: Campaign, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [
            _("Everything taken in so far is counted again and the board shows the outcome."),
            _("This happens by itself every minute; nothing is lost by waiting."),
        ]

    @transaction.atomic
    def take(self, request: HttpRequest, thing: Campaign, form: Any, *, now: datetime) -> str:  # noqa: ARG002
        run = refresh(thing, now=now)
        record(
            "campaign ranked by hand",
            actor=request.user.get_username(),
            subject=f"campaign {thing.slug}",
            at=now,
            details={"run": run.pk if run else None},
        )
        if run is None:
            return _("Nothing has arrived since the last ranking; the board is up to date.")
        return ngettext(
            "Ranked: %(n)d active contact altogether.",
            "Ranked: %(n)d active contacts altogether.",
            run.active_contacts,
        ) % {"n": run.active_contacts}


@display(description=gettext_lazy("participants"))
def participants(campaign: Campaign) -> str:
    run = live_run(campaign)
    return str(run.participants) if run else "–"


@display(
    description=gettext_lazy("health"),
    label={"good": "success", "waits": "info", "late": "danger"},
)
def health(campaign: Campaign) -> tuple[str, str]:
    """What a person should know at a glance; "late" needs somebody to look."""
    return health_of(campaign, clock.now())


def health_of(campaign: Campaign, now: datetime) -> tuple[str, str]:
    return next(_signs(campaign, now), ("", "–"))


def _signs(campaign: Campaign, now: datetime) -> Iterator[tuple[str, str]]:
    """The most urgent first."""
    run = live_run(campaign)
    if campaign.state == State.SCHEDULED and campaign.starts_at <= now:
        yield "late", _("should have begun")
    if campaign.state == State.RUNNING:
        if campaign.deadline <= now:
            yield "late", _("past its deadline, waits for the next tick")
        if run is None:
            yield "late", _("It has not been ranked since it began.")
        elif run.as_of <= now:
            yield "late", _("last ranked %s") % instant(run.ranked_at)
        else:
            yield "good", _("ranked %s") % instant(run.ranked_at)
    if campaign.state == State.SETTLING:
        if campaign.grace_ends_at <= now:
            yield "late", _("should be sealed, waits for the next tick")
        yield "waits", _("late data until %s") % instant(campaign.grace_ends_at)
    if campaign.state == State.PROVISIONAL:
        yield "waits", _what_is_missing(campaign, now)


def _what_is_missing(campaign: Campaign, now: datetime) -> str:
    """To the final result."""
    if campaign.is_rehearsal:
        return _("rehearsal ended")
    if now < campaign.objections_end_at:
        return _("objections until %s") % instant(campaign.objections_end_at)
    return _("waits for approval")


CampaignAdmin.add_step(RankNow())
CampaignAdmin.show(participants, health, related=("board__live_run",))
