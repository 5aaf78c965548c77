"""One's own place and contacts."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from apps.campaigns.models import OptOut
from apps.directory.models import Employee
from apps.leaderboard import own_contacts, posted
from apps.leaderboard.changes import since_yesterday
from apps.leaderboard.contact_cards import Cards, cards
from apps.leaderboard.contacts import Terms
from apps.leaderboard.heads import page_head
from apps.leaderboard.looks import looks_at
from apps.leaderboard.own_contacts import Picture
from apps.leaderboard.own_history import own_history, plot
from apps.leaderboard.own_part import is_outside, own_places, participants
from apps.leaderboard.posted import Seen
from apps.leaderboard.sight import employee_of
from apps.leaderboard.todo import todos
from apps.leaderboard.words import stage_note
from bonus_tracker import clock


@require_GET
@never_cache
@login_required
def my_page(request: HttpRequest, slug: str) -> HttpResponse:
    seen, employee = posted.seen(request, slug), employee_of(request)
    context = page_head(seen.view) | {"employee": employee, "tab": "me"}
    if employee is not None:
        context |= _mine(request, seen, employee)
    return render(request, "leaderboard/my_page.html", context)


def _mine(request: HttpRequest, seen: Seen, employee: Employee) -> dict[str, Any]:
    view = seen.view
    picture = own_contacts.picture(view.campaign, employee.pk, now=clock.now())
    own = own_places(view, view.run, employee, seen.previous) if view.run else None
    has_left = OptOut.objects.filter(campaign=view.campaign, employee=employee).exists()
    outside = bool(view.run and own and not has_left and is_outside(view.campaign, view.run, own, employee))
    history = own_history(view, employee.pk, picture, own)
    return contact_context(request.GET, picture) | {
        "own": own,
        "participants": participants(view.run, view.own_division) if view.run else 0,
        "history": history,
        "days_plot": plot(history),
        "todos": todos(picture),
        "picture_note": stage_note(picture.stage),
        "since_yesterday": since_yesterday(picture),
        "decides_from": decides_from(picture.terms),
        "has_left": has_left,
        "is_outside": outside,
        "is_out": has_left or outside,
        "looks": looks_at(employee),
    }


def decides_from(terms: Terms) -> date | None:
    """The first day that still counts at the deadline, while it lies ahead."""
    first = terms.at(terms.deadline_last).first
    return first if first > terms.last else None


def contact_context(query: Any, picture: Picture, *, is_own: bool = True) -> dict[str, Any]:
    shown: Cards = cards(picture, state=query.get("state", ""), page=query.get("page", ""), is_own=is_own)
    return {"picture": picture, "terms": picture.terms, "cards": shown}
