"""The console's first page: every campaign as a card, and what waits for somebody."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.console.doors import official
from apps.console.first_steps import are_left
from apps.console.inbox.gathering import inbox
from apps.console.inbox.viewer import Viewer
from apps.console.monitor.alarms import alarms
from apps.console.monitor.cards import ASK_OPERATORS, Cards, cards, complete_until
from apps.console.monitor.versions import newer, version
from bonus_tracker import clock

WAITING_SHOWN = 5


@require_GET
@official()
def overview(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    shown = version(now=now)
    return newer(
        request, shown, lambda: render(request, "console/overview.html", _context(request, now, shown))
    )


def _context(request: HttpRequest, now: datetime, shown: str) -> dict[str, Any]:
    viewer = Viewer.of(request)
    sees_campaigns = viewer.may("campaigns.view_campaign")
    found = cards(now=now) if sees_campaigns else Cards([], [], [], [])
    waiting = inbox(viewer, now=now)
    viewer.waiting = sum(waiting.counts.values())
    return {
        "version": shown,
        "now": now,
        "alarms": alarms(viewer.may, now=now),
        "mine": waiting.mine[:WAITING_SHOWN],
        "further": max(0, viewer.waiting - WAITING_SHOWN),
        "sees_campaigns": sees_campaigns,
        "cards": found,
        "complete_until": complete_until() if sees_campaigns else None,
        "ask_operators": ASK_OPERATORS,
        "first_steps_left": are_left(),
    }
