"""Pages for everybody: campaigns and the leaderboard."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_safe

from apps.activity.models import Source
from apps.awards.models import Award
from apps.campaigns.lifecycle import is_open_to_choice
from apps.campaigns.models import Campaign, OptOut
from apps.directory.models import Employee
from apps.leaderboard import board, conditional
from apps.leaderboard.announced import announced
from apps.leaderboard.board import Own, Position, Search
from apps.leaderboard.places import Place
from apps.leaderboard.shared import SharedBoard, prize_places, render_row, shared_board
from apps.leaderboard.sight import View, employee_of, signed_in, view_of, visible_campaigns
from apps.leaderboard.status import code_of, statuses
from apps.ranking.models import Run, Standing
from apps.ranking.services import latest_result, takes_part
from bonus_tracker import clock

State = Campaign.State


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The one running campaign at once; else all that one may see. ?all always lists."""
    campaigns = list(visible_campaigns(signed_in(request)).prefetch_related("prizes"))
    running = [c for c in campaigns if c.state == State.RUNNING and not c.is_rehearsal]
    if len(running) == 1 and "all" not in request.GET:
        return redirect("leaderboard", slug=running[0].slug)
    now = clock.now()
    over = {State.FINAL, State.PAID, State.VOID}
    context = {
        "current": [_card(campaign, now) for campaign in campaigns if campaign.state not in over],
        "past": [_card(campaign, now) for campaign in campaigns if campaign.state in over],
    }
    return render(request, "leaderboard/home.html", context)


def _card(campaign: Campaign, now: datetime) -> dict[str, Any]:
    board_frozen = hasattr(campaign, "board") and campaign.board.frozen
    return {
        "campaign": campaign,
        "announced": announced(campaign),
        "statuses": statuses(campaign, frozen=board_frozen, live=False, now=now),
    }


@require_GET
@login_required
def leaderboard(request: HttpRequest, slug: str) -> HttpResponse:
    view = view_of(request, slug)
    employee, sources = employee_of(request), list(Source.objects.order_by("name"))
    left = employee is not None and OptOut.objects.filter(campaign=view.campaign, employee=employee).exists()
    parts = (*fingerprint(view), left, [(s.name, s.complete_until) for s in sources])
    return conditional.answer(
        request, parts, lambda: _leaderboard_page(request, view, employee, sources, left)
    )


def fingerprint(view: View) -> tuple[Any, ...]:
    """What a board is made of, as far as the campaign goes."""
    campaign, run = view.campaign, view.run
    live_id = view.board.live_run_id if view.board else None
    code = code_of(campaign, frozen=view.is_frozen, now=clock.now())
    return (
        run and run.pk,
        live_id,
        code,
        campaign.deadline,
        campaign.public_places,
        campaign.name,
        view.audience,
    )


def _leaderboard_page(
    request: HttpRequest, view: View, employee: Employee | None, sources: list[Source], left: bool
) -> HttpResponse:
    context: dict[str, Any] = page_head(view) | {
        "sources": sources,
        "has_left": left,
        "employee": employee,
        "tab": "board",
    }
    if view.run is not None:
        context |= _standings(request, view, view.run, employee)
    return render(request, "leaderboard/board.html", context)


def page_head(view: View) -> dict[str, Any]:
    """What stands above every page of a campaign."""
    campaign, now = view.campaign, clock.now()
    target = campaign.starts_at if now < campaign.starts_at else campaign.deadline
    left = max(target - now, timedelta(0))
    return {
        "view": view,
        "campaign": campaign,
        "announced": announced(campaign),
        "statuses": statuses(campaign, frozen=view.is_frozen, live=view.is_live, now=now),
        "now": now,
        "counting_to": target if now < target and campaign.state != State.VOID else None,
        "is_contested": is_open_to_choice(campaign, now=now),
        "has_targets": has_targets(view, now),
        "code": code_of(campaign, frozen=view.is_frozen, now=now),
        "days_left": left.days,
        "hours_left": left.seconds // 3600,
        "clock_speed": clock.speed(),
        "poll_seconds": settings.BOARD_POLL_SECONDS,
    }


def has_targets(view: View, now: datetime) -> bool:
    """Whether a distance to the next place is one that can be gone: not when it is over, not while frozen."""
    return is_open_to_choice(view.campaign, now=now) and (view.is_live or not view.is_frozen)


def _standings(request: HttpRequest, view: View, run: Run, employee: Employee | None) -> dict[str, Any]:
    search, at = Search.of(request.GET), Position.of(request.GET)
    shared = shared_board(view, run, search, at)
    mine = own_places(view, run, employee, shared.since) if employee else None
    return {
        "run": run,
        "search": search,
        "is_first_page": at.is_first and not search,
        "shared": shared,
        "rows": _rows(view, shared, employee),
        "podium": podium(shared.page.places),
        "own": mine,
        "is_outside": mine is not None and mine.place is None and not _takes_part(view, run, employee),
        "live_score": _live_score(view, employee),
        "winners": winners(view.campaign),
        "query": _query_without_keys(request),
    }


def _takes_part(view: View, run: Run, employee: Employee | None) -> bool:
    return employee is not None and takes_part(view.campaign, employee.pk, as_of=run.as_of)


def own_places(view: View, run: Run, employee: Employee, previous: Run | None) -> Own:
    return board.own(
        run,
        previous,
        employee.pk,
        public_places=view.campaign.public_places,
        prize_places=prize_places(view),
    )


def podium(places: list[Place]) -> list[Place]:
    """The first three; nobody when equals make them more, for whom would one leave out?"""
    first = [place for place in places if place.rank <= 3]
    return first if len(first) <= 3 else []


def _rows(view: View, shared: SharedBoard, employee: Employee | None) -> list[str]:
    """The finished rows, one's own marked."""
    return [
        render_row(view, place, shared.since, is_me=True)
        if employee and place.employee_id == employee.pk
        else row
        for place, row in zip(shared.page.places, shared.rows, strict=True)
    ]


def _live_score(view: View, employee: Employee | None) -> int | None:
    """One's own score of this moment while the board stands still; None when they cannot differ."""
    if employee is None or view.board is None or view.board.live_run_id in (None, view.board.public_run_id):
        return None
    if not view.is_frozen:
        return None
    mine = Standing.objects.filter(run=view.board.live_run_id, employee=employee)
    return mine.values_list("active_contacts", flat=True).first() or 0


def winners(campaign: Campaign) -> list[Award]:
    """Who was given what, once the result is final."""
    if campaign.state not in (State.FINAL, State.PAID):
        return []
    awards = Award.objects.filter(result=latest_result(campaign), form=Award.Form.PLACE)
    given = awards.exclude(state=Award.State.PROPOSED)  # that they are being paid changes nothing
    return list(given.select_related("employee").order_by("place", "employee__number"))


def _query_without_keys(request: HttpRequest) -> str:
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    return query.urlencode()
