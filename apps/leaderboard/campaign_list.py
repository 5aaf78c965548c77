"""All campaigns that one may see, those that are over with how they ended."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from apps.awards.models import Award
from apps.campaigns.models import Campaign
from apps.directory.models import Employee
from apps.leaderboard.announced import announced
from apps.leaderboard.shown_names import Winner, named
from apps.leaderboard.status import statuses
from apps.ranking.models import Standing

State = Campaign.State
OVER = {State.FINAL, State.PAID, State.VOID}


def listed(
    campaigns: Sequence[Campaign], employee: Employee | None, now: datetime, *, knows_all: bool
) -> dict[str, Any]:
    """campaigns: with their boards and prizes, in the order in which they are shown; knows_all: HR reads it."""
    runs = [c.board.public_run_id for c in campaigns if hasattr(c, "board") and c.board.public_run_id]
    own = (
        {standing.run_id: standing for standing in Standing.objects.filter(employee=employee, run__in=runs)}
        if employee
        else {}
    )
    first = _winners(runs, knows_all=knows_all)
    cards = [_card(campaign, own, first, now) for campaign in campaigns]
    return {
        "current": [card for card in cards if card["campaign"].state not in OVER],
        "past": [card for card in cards if card["campaign"].state in OVER],
    }


def _winners(runs: list[int], *, knows_all: bool) -> dict[int, list[Winner]]:
    """Who won the first place of each result that these runs are, once it was approved."""
    awards = Award.objects.filter(
        result__run__in=runs,
        result__campaign__state__in=[State.FINAL, State.PAID],
        form=Award.Form.PLACE,
        place=1,
    ).exclude(state=Award.State.PROPOSED)
    found = defaultdict(list)
    for winner in named(awards.select_related("employee", "result").order_by("pk"), knows_all=knows_all):
        found[winner.award.result.run_id].append(winner)
    return found


def _card(
    campaign: Campaign, own: dict[int, Standing], first: dict[int, list[Winner]], now: datetime
) -> dict[str, Any]:
    board = getattr(campaign, "board", None)
    run_id = board.public_run_id if board else None
    return {
        "campaign": campaign,
        "announced": announced(campaign),
        "statuses": statuses(campaign, frozen=bool(board and board.frozen), live=False, now=now),
        "own": own.get(run_id) if run_id else None,
        "is_ranked": run_id is not None,
        "is_open": campaign.state not in OVER,
        "winners": first.get(run_id, []) if run_id else [],
    }
