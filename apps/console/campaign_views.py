"""One campaign: how it stands, what comes next, and what can be done."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from apps.awards.approvals import APPROVALS_NEEDED
from apps.campaigns.division_words import division_sentences, prizes_in_order
from apps.campaigns.divisions import name_of
from apps.campaigns.models import Campaign
from apps.campaigns.prize_words import prize_sentences
from apps.campaigns.words import rule_in_words
from apps.console.details import history_of
from apps.console.doors import official
from apps.console.monitor import feeds, growth, people, spread
from apps.console.monitor.life import life
from apps.integrity.admin.ending import missing
from apps.ranking.admin.campaigns import health_of
from apps.ranking.models import Result
from bonus_tracker import clock

State = Campaign.State
ENDED = {State.SETTLING, State.PROVISIONAL}


@require_GET
@official("campaigns.view_campaign")
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    known = Campaign.objects.select_related("board__live_run", "board__public_run").prefetch_related("prizes")
    found, now = get_object_or_404(known, slug=slug), clock.now()
    context = {
        "campaign": found,
        "now": now,
        "life": life(found, now=now),
        "health": health_of(found, now),
        "rule": rule_in_words(found),
        "divisions": division_sentences(found),
        "prizes": [(name_of(found, prize.division), prize) for prize in prizes_in_order(found)],
        "further": prize_sentences(found),
        "missing": missing(found, now=now) if found.state in ENDED else None,
        "results": _results(found),
        "approvals_needed": APPROVALS_NEEDED,
        "acts_are_quiet": found.state not in {State.DRAFT, State.PROVISIONAL},
    }
    return render(
        request, "console/campaign.html", context | _monitor(found, now) | history_of(f"campaign {slug}")
    )


def _monitor(campaign: Campaign, now: datetime) -> dict[str, Any]:
    """What the live ranking says; nothing before the first."""
    board = getattr(campaign, "board", None)
    run = board.live_run if board else None
    if board is None or run is None:
        return {"run": None}
    scores, departments = spread.scores(run), spread.departments(run)
    live, public = people.boards(board)
    return {
        "run": run,
        "figures": people.figures(campaign, run, sum(n for _score, n in scores)),
        "growth": growth.growth(campaign),
        "distribution": spread.histogram(scores),
        "departments": spread.department_plot(departments),
        "live": live,
        "public": public,
        "feeds": feeds.feeds(now=now),
        "deliveries": feeds.latest_deliveries(),
    }


def _results(campaign: Campaign) -> list[Result]:
    """Every sealed version, the newest first, each with its approvals."""
    return list(campaign.results.prefetch_related("approvals__approver").order_by("-version"))
