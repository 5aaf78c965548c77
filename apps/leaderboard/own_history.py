"""One's own score and place day by day, for a chart and for the table that says the same."""

from datetime import datetime

from django.utils.translation import gettext as _

from apps.campaigns.models import Campaign
from apps.leaderboard.board import Own
from apps.leaderboard.own_contacts import Picture, Stage
from apps.leaderboard.sight import View
from apps.ranking.history import Day, histories
from bonus_tracker.formats import short_day
from bonus_tracker.plots import Plot, Series

MOST_DAYS = 120


def own_history(view: View, employee_id: int, picture: Picture, own: Own | None) -> list[Day]:
    """Oldest first, the last one of now; places after a freeze are not told, nor those in another division."""
    kept = histories(view.campaign.pk, [employee_id], ranks_until=_ranks_until(view.campaign))[employee_id]
    if picture.stage == Stage.AHEAD:
        return []
    days = [
        day if day.division == view.own_division else day._replace(rank=None)
        for day in kept
        if day.day < picture.terms.last
    ]
    place = own.place if own and not view.is_frozen else None
    days.append(Day(picture.terms.last, picture.score, place.rank if place else None))
    return days[-MOST_DAYS:]


def plot(days: list[Day]) -> Plot:
    return Plot(
        "days",
        _("Score and place over time"),
        "line",
        [short_day(day.day) for day in days],
        [
            Series(_("Active contacts"), [day.active_contacts for day in days], "mine", look="filled"),
            Series(
                _("Place"),
                [day.rank for day in days],
                "theirs",
                on_the_right=True,
                less_is_better=True,
                look="dashed",
            ),
        ],
    )


def _ranks_until(campaign: Campaign) -> datetime | None:
    return campaign.freeze_at if campaign.freeze_at and campaign.freeze_at < campaign.deadline else None
