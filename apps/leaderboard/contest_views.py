"""Leave the contest and come back, each after one question."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.campaigns.lifecycle import leave_contest, rejoin_contest
from apps.leaderboard.sight import employee_of, signed_in, view_of
from apps.leaderboard.views import page_head
from bonus_tracker import clock


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    view, employee = view_of(request, slug), employee_of(request)
    if employee is None or not view.is_open_to_leave:
        return redirect("my-page", slug=slug)
    if request.method == "POST":
        leave_contest(view.campaign, employee, clock.now(), actor=signed_in(request).get_username())
        messages.success(
            request, _("You have left the contest. You can come back any time before the deadline.")
        )
        return redirect("my-page", slug=slug)
    return render(request, "leaderboard/leave.html", page_head(view) | {"tab": "me"})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def rejoin(request: HttpRequest, slug: str) -> HttpResponse:
    view, employee = view_of(request, slug), employee_of(request)
    if employee is None or not view.is_open_to_leave:
        return redirect("my-page", slug=slug)
    if request.method == "POST":
        rejoin_contest(view.campaign, employee, clock.now(), actor=signed_in(request).get_username())
        messages.success(request, _("Welcome back. Your place appears with the next ranking."))
        return redirect("my-page", slug=slug)
    return render(request, "leaderboard/rejoin.html", page_head(view) | {"tab": "me"})
