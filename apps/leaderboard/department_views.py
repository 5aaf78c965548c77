"""The board of departments."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.campaigns.further import Further
from apps.leaderboard import conditional
from apps.leaderboard.departments import department_places, least_members, own_path, table
from apps.leaderboard.heads import figures_wait, fingerprint, page_head
from apps.leaderboard.posted import values_of
from apps.leaderboard.sight import employee_of, roles_of, view_of
from bonus_tracker import clock


@require_GET
@login_required
def departments(request: HttpRequest, slug: str) -> HttpResponse:
    """An open page asks again and again, as the board does; it is told that nothing is new before any HTML is made."""
    view, employee, now = view_of(request, slug), employee_of(request), clock.now()
    campaign, run, waits = view.campaign, view.run, figures_wait()
    places = department_places(campaign, run) if run else ()
    mine = own_path(campaign, run, employee.pk) if run and employee else ""
    rows = [values_of(row) for row in (campaign, *campaign.prizes.all())]

    def make() -> HttpResponse:
        context = page_head(view, now=now, waits=waits) | {
            "tab": "departments",
            "run": run,
            "table_html": table(places, mine),
            "least_members": least_members(campaign),
            "has_prizes": bool(Further.of(campaign.further).departments),
        }
        return render(request, "leaderboard/departments.html", context)

    parts = (*fingerprint(view, now), *roles_of(request), waits, rows, places, mine)
    return conditional.answer(request, parts, make)
