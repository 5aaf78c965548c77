"""Pages that keep themselves up to date: they ask with the version they show, and get nothing when it is the newest."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Max
from django.http import HttpRequest, HttpResponse

from apps.audit.models import Entry
from apps.ranking.models import Board

NOTHING_NEW = 204


def version(*, now: datetime) -> str:
    """Of everything that the console shows: every act is in the log, every ranking moves a board, and time goes on."""
    runs = Board.objects.aggregate(live=Max("live_run"), public=Max("public_run"))
    return f"{latest_act()}-{runs['live'] or 0}-{runs['public'] or 0}-{int(now.timestamp()) // 60}"


def latest_act() -> int:
    """Its number in the log; 0 before the first."""
    return Entry.objects.order_by("-number").values_list("number", flat=True).first() or 0


def newer(request: HttpRequest, shown: str, make: Callable[[], HttpResponse]) -> HttpResponse:
    """shown: the version that `make` would show."""
    if request.GET.get("version") == shown:
        return HttpResponse(status=NOTHING_NEW)
    return make()
