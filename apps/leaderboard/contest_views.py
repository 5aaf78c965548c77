"""Leave the contest and come back, each after one question."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.campaigns.lifecycle import leave_contest, rejoin_contest
from apps.campaigns.problems import ContestClosed
from apps.leaderboard.heads import page_head
from apps.leaderboard.sight import employee_of, signed_in, view_of
from bonus_tracker import clock


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    done = _("You have left the campaign. You can come back any time before the deadline.")
    return _ask_then(request, slug, leave_contest, "leaderboard/leave.html", done)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def rejoin(request: HttpRequest, slug: str) -> HttpResponse:
    done = _("Welcome back. Your place appears with the next ranking.")
    return _ask_then(request, slug, rejoin_contest, "leaderboard/rejoin.html", done)


def _ask_then(
    request: HttpRequest, slug: str, act: Callable[..., bool], question: str, done: str
) -> HttpResponse:
    view, employee = view_of(request, slug), employee_of(request)
    if employee is None:
        return redirect("my-page", slug=slug)
    if request.method != "POST":
        head = page_head(view) | {"tab": "me"}
        return render(request, question if head["is_contested"] else "leaderboard/closed.html", head)
    try:
        act(view.campaign, employee, clock.now(), actor=signed_in(request).get_username())
    except ContestClosed as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, done)
    return redirect("my-page", slug=slug)
