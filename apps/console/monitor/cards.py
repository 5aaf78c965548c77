"""Every campaign as a card: where it stands, what comes next, and what is wrong."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.activity.models import Source
from apps.campaigns.models import Campaign
from apps.ranking.admin.campaigns import health_of
from apps.ranking.models import Standing
from apps.ranking.services import live_run
from bonus_tracker.formats import duration

State = Campaign.State
OVER = (State.PAID, State.VOID)
PAST_SHOWN = 50
DAYS_ALONE = 3

ASK_OPERATORS = _(
    "The regular work should have done it within a minute. If this stays, tell who runs the program that the "
    "background jobs may not be running."
)


class Next(NamedTuple):
    """What comes by itself, and when."""

    words: str | Promise
    at: datetime

    def left(self, now: datetime) -> str:
        """Whole days as long as there are some; in the last ones hours too, in the last one hours and minutes."""
        days, rest = divmod(self.at - now, timedelta(days=1))
        hours, rest = divmod(rest, timedelta(hours=1))
        if days:
            return duration(days=days, hours=hours if days < DAYS_ALONE else 0)
        return duration(hours=hours, minutes=rest // timedelta(minutes=1)) or duration(minutes=1)


@dataclass(frozen=True)
class Card:
    """left: until what comes, in words; participants, leader: None before the first ranking; leader: the best score."""

    campaign: Campaign
    health: tuple[str, str]
    coming: Next | None
    left: str
    participants: int | None
    leader: int | None

    @property
    def is_wrong(self) -> bool:
        return self.health[0] == "late"


class Cards(NamedTuple):
    open: list[Card]
    drafts: list[Card]
    rehearsals: list[Card]
    past: list[Card]

    @property
    def are_there(self) -> bool:
        return any(self)


def cards(*, now: datetime) -> Cards:
    """What is wrong, then what ends first; of the past ones the last PAST_SHOWN."""
    everything = Campaign.objects.select_related("board__live_run")
    open_ones = list(everything.exclude(state__in=OVER).order_by("deadline", "pk"))
    past = list(everything.filter(state__in=OVER).order_by("-deadline", "-pk")[:PAST_SHOWN])
    leaders = _leaders([*open_ones, *past])
    made = Cards([], [], [], [])
    for campaign in [*open_ones, *past]:
        where = made.rehearsals if campaign.is_rehearsal else made.open
        if campaign.state in OVER:
            where = made.past
        elif campaign.state == State.DRAFT:
            where = made.drafts
        where.append(card(campaign, leaders.get(campaign.pk), now=now))
    made.open.sort(key=lambda card: not card.is_wrong)
    return made


def card(campaign: Campaign, leader: int | None, *, now: datetime) -> Card:
    run, coming = live_run(campaign), what_comes(campaign, now)
    return Card(
        campaign,
        health_of(campaign, now),
        coming,
        coming.left(now) if coming else "",
        run.participants if run else None,
        leader,
    )


def what_comes(campaign: Campaign, now: datetime) -> Next | None:
    """The next thing that time brings; None when people are waited for, or it is over."""
    freeze = campaign.freeze_at
    if campaign.state == State.RUNNING and freeze and now < freeze < campaign.deadline:
        return Next(_("the board freezes"), freeze)
    ahead = {
        State.SCHEDULED: Next(_("it begins"), campaign.starts_at),
        State.RUNNING: Next(_("the deadline"), campaign.deadline),
        State.SETTLING: Next(_("the result is sealed"), campaign.grace_ends_at),
        State.PROVISIONAL: Next(_("objections end"), campaign.objections_end_at),
    }.get(State(campaign.state))
    return ahead if ahead and ahead.at > now else None


def _leaders(campaigns: Iterable[Campaign]) -> dict[int, int]:
    """Campaign -> the best score of its live run; those without one are absent."""
    runs = {run.pk: campaign.pk for campaign in campaigns if (run := live_run(campaign))}
    best = (
        Standing.objects.filter(run__in=runs, rank=1)
        .order_by()
        .values("run")
        .annotate(best=Max("active_contacts"))
    )
    return {runs[run]: score for run, score in best.values_list("run", "best")}


def complete_until() -> datetime | None:
    """Until when every source that ever spoke has said all; None when none has."""
    known = Source.objects.exclude(complete_until=None).order_by("complete_until")
    return known.values_list("complete_until", flat=True).first()
