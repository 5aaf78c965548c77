"""What stands above every page of a campaign, and what it is made of."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from apps.activity.owed import owed
from apps.campaigns.appearance import appearances_version
from apps.campaigns.divisions import divisions_of, name_of
from apps.campaigns.lifecycle import is_open_to_choice
from apps.campaigns.models import Campaign
from apps.integrity.objections import is_open_for_objections
from apps.leaderboard.announced import announced
from apps.leaderboard.sight import View
from apps.leaderboard.status import code_of, life, statuses
from bonus_tracker import clock
from bonus_tracker.formats import local

State = Campaign.State
MOVING = {"running", "frozen", "settling"}  # codes of campaigns that are ranked


def page_head(view: View, *, now: datetime | None = None, waits: bool | None = None) -> dict[str, Any]:
    """now, waits: when they are known already."""
    campaign, now = view.campaign, now or clock.now()
    code = code_of(campaign, frozen=view.is_frozen, now=now)
    return {
        "view": view,
        "campaign": campaign,
        "divisions": divisions_of(campaign),
        "division_name": name_of(campaign, view.division_key),
        "announced": announced(campaign, view.division_key),
        "life": life(campaign, code),
        "statuses": statuses(campaign, frozen=view.is_frozen, live=view.is_live, now=now),
        "waits": code in MOVING and (figures_wait() if waits is None else waits),
        "is_contested": is_open_to_choice(campaign, now=now),
        "has_targets": has_targets(view, now),
        "may_object": is_open_for_objections(campaign, now=now),
        "code": code,
        "poll_seconds": settings.BOARD_POLL_SECONDS,
    } | countdown(campaign, now)


def countdown(campaign: Campaign, now: datetime) -> dict[str, Any]:
    target = campaign.starts_at if now < campaign.starts_at else campaign.deadline
    left = max(target - now, timedelta(0))
    return {
        "now": now,
        "counting_to": target if now < target and campaign.state != State.VOID else None,
        "days_left": left.days,
        "hours_left": left.seconds // 3600,
        "clock_speed": clock.speed(),
    }


def figures_wait() -> bool:
    """Whether a correction is still being worked into the ties; rankings wait for it."""
    return owed().exists()


def has_targets(view: View, now: datetime) -> bool:
    """Whether a distance to the next place is one that can be gone: not when it is over, not while frozen."""
    return is_open_to_choice(view.campaign, now=now) and (view.is_live or not view.is_frozen)


def fingerprint(view: View, now: datetime) -> tuple[Any, ...]:
    """What a board is made of, as far as the campaign goes."""
    campaign, run = view.campaign, view.run
    return (
        run and run.pk,
        view.board.live_run_id if view.board else None,
        code_of(campaign, frozen=view.is_frozen, now=now),
        campaign.deadline,
        now >= campaign.objections_end_at,
        campaign.public_places,
        campaign.name,
        appearances_version(campaign),
        view.audience,
        *((view.division, view.own_division) if campaign.divisions else ()),
        local(now).date(),
    )
