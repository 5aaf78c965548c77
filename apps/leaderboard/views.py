"""Pages for everybody: campaigns and the leaderboard."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_safe

from apps.activity.models import Source
from apps.audit.heads import newest_head
from apps.campaigns.models import Campaign, OptOut
from apps.directory.roles import sees_everything
from apps.leaderboard import board_page, conditional, finished
from apps.leaderboard.campaign_list import listed
from apps.leaderboard.heads import figures_wait, fingerprint, page_head
from apps.leaderboard.sight import employee_of, roles_of, signed_in, view_of, visible_campaigns
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
    knows_all = sees_everything(signed_in(request))
    context = listed(campaigns, employee_of(request), clock.now(), knows_all=knows_all)
    return render(request, "leaderboard/home.html", context)


@require_GET
@login_required
def leaderboard(request: HttpRequest, slug: str) -> HttpResponse:
    """What most readers ask for is there in finished pieces; the rest is made for each."""
    return finished.page(request, slug) or _made_for_one(request, slug)


def _made_for_one(request: HttpRequest, slug: str) -> HttpResponse:
    view, now = view_of(request, slug), clock.now()
    employee, sources = employee_of(request), list(Source.objects.order_by("name"))
    left = employee is not None and OptOut.objects.filter(campaign=view.campaign, employee=employee).exists()
    waits, log_head = figures_wait(), newest_head()
    parts = (
        *fingerprint(view, now),
        *roles_of(request),
        left,
        waits,
        log_head and log_head.pk,
        [(s.name, s.complete_until) for s in sources],
    )

    def make() -> HttpResponse:
        head = page_head(view, now=now, waits=waits) | {"sources": sources, "log_head": log_head}
        return render(
            request,
            "leaderboard/board.html",
            board_page.context(view, head, employee, request.GET, has_left=left),
        )

    return conditional.answer(request, parts, make)
