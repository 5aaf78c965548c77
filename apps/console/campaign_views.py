"""One campaign: how it stands, what comes next, and what can be done."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from apps.awards.admin.prizes import Budget, cost_sentences
from apps.awards.approvals import APPROVALS_NEEDED
from apps.awards.prizes.outcomes import goals_so_far
from apps.campaigns.division_words import division_sentences, prizes_in_order
from apps.campaigns.divisions import name_of
from apps.campaigns.models import Campaign
from apps.campaigns.prize_words import prize_sentences
from apps.campaigns.words import rule_in_words
from apps.console.details import history_of
from apps.console.doors import official
from apps.console.monitor import feeds, growth, people, results, spread
from apps.console.monitor.alarms import alarms
from apps.console.monitor.cards import ASK_OPERATORS
from apps.console.monitor.life import life, moves
from apps.console.monitor.versions import newer, version
from apps.integrity.admin.checklist import Checklist, checklist
from apps.ranking.admin.campaigns import health_of
from bonus_tracker import clock

State = Campaign.State
COUNTED = {State.RUNNING, State.SETTLING}
ENDED = {State.SETTLING, State.PROVISIONAL}
MOVING = {State.SCHEDULED, State.RUNNING, State.SETTLING, State.PROVISIONAL, State.FINAL}


@require_GET
@official("campaigns.view_campaign")
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    known = Campaign.objects.select_related("board__live_run", "board__public_run").prefetch_related("prizes")
    found, now = get_object_or_404(known, slug=slug), clock.now()
    shown = version(now=now)
    return newer(request, shown, lambda: _page(request, found, shown, now))


def _page(request: HttpRequest, found: Campaign, shown: str, now: datetime) -> HttpResponse:
    versions = results.versions(found)
    done = checklist(found, now=now) if found.state in ENDED else None
    may_see_awards = request.user.has_perm("awards.view_award")
    context = {
        "campaign": found,
        "now": now,
        "life": life(found, now=now),
        "health": health_of(found, now),
        "ask_operators": ASK_OPERATORS,
        "rule": rule_in_words(found),
        "divisions": division_sentences(found),
        "prizes": [(name_of(found, prize.division), prize) for prize in prizes_in_order(found)],
        "further": prize_sentences(found),
        "version": shown,
        "is_moving": found.state in MOVING,
        "alarms": alarms(request.user.has_perm, now=now) if found.state in COUNTED else [],
        "moves": moves(found),
        "shows_costs": found.state != State.VOID
        and request.user.has_perm(Budget.permission)
        and Budget().is_open(found),
        "checklist": done,
        "results": versions,
        "change": results.change(versions),
        "awards": results.awards_of(versions[0].result) if versions and may_see_awards else [],
        "approvals_needed": APPROVALS_NEEDED,
        "acts_are_quiet": not _awaits(found, done),
    }
    return render(
        request,
        "console/campaign.html",
        context | _monitor(found, now) | history_of(f"campaign {found.slug}"),
    )


def _awaits(campaign: Campaign, done: Checklist | None) -> bool:
    """Whether the first act is the one to do now: a draft, or a result that lacks nothing but its approvals."""
    if campaign.state == State.PROVISIONAL and done is not None:
        return len(done.items) - done.done == 1
    return campaign.state == State.DRAFT


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
        "feeds": feeds.feeds(campaign, now=now),
        "deliveries": feeds.latest_deliveries(),
    }


@require_GET
@official(Budget.permission)
def costs(request: HttpRequest, slug: str) -> HttpResponse:
    """What the prizes cost as things stand, and at most: a part of the campaign's page that takes longer to count."""
    found = get_object_or_404(Campaign, slug=slug)
    now = clock.now()
    context = {
        "campaign": found,
        "sentences": cost_sentences(found, now),
        "goals": goals_so_far(found, now=now),
    }
    return render(request, "console/costs.html", context)
