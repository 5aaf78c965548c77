"""The board of departments."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from apps.campaigns.further import Further
from apps.leaderboard.departments import department_places, least_members, own_path
from apps.leaderboard.heads import page_head
from apps.leaderboard.sight import employee_of, view_of


@require_GET
@never_cache
@login_required
def departments(request: HttpRequest, slug: str) -> HttpResponse:
    view, employee = view_of(request, slug), employee_of(request)
    context = page_head(view) | {
        "tab": "departments",
        "run": view.run,
        "places": department_places(view.campaign, view.run) if view.run else [],
        "mine": own_path(view.campaign, view.run, employee.pk) if view.run and employee else "",
        "least_members": least_members(view.campaign),
        "has_prizes": bool(Further.of(view.campaign.further).departments),
    }
    return render(request, "leaderboard/departments.html", context)
