"""What the board's template is given."""

from typing import Any

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from apps.awards.models import Award
from apps.campaigns.models import Campaign
from apps.directory.models import Employee
from apps.leaderboard.board import Position, Search
from apps.leaderboard.own_part import own_part
from apps.leaderboard.places import Place
from apps.leaderboard.shared import SharedBoard, shared_board
from apps.leaderboard.sight import View
from apps.ranking.models import Run
from apps.ranking.services import latest_result

State = Campaign.State


def context(
    view: View, head: dict[str, Any], employee: Employee | None, query: QueryDict, *, has_left: bool
) -> dict[str, Any]:
    """The page made for one reader. head: of apps.leaderboard.heads, with the sources."""
    if view.run is None:
        return head | {"tab": "board"}
    search, at = Search.of(query), Position.of(query)
    shared = shared_board(view, view.run, search, at)
    places = public_context(view.run, head, shared, winners(view.campaign))
    places |= {"search": search, "is_first_page": at.is_first and not search, "query": _without_keys(query)}
    places |= {"employee": employee, "fresh_html": fresh(view.run, head)}
    if employee is None:
        return places
    mine = own_part(view, view.run, employee, shared, head, has_left=has_left)
    places |= {"own_html": mine.card, "mine_html": mine.bar}
    return places | ({"rows_html": mine.rows} if mine.rows else {})


def public_context(
    run: Run, head: dict[str, Any], shared: SharedBoard, winning: list[Award]
) -> dict[str, Any]:
    """The first page as everybody may see it, without what is one reader's own or changes by itself."""
    return head | {
        "tab": "board",
        "run": run,
        "search": Search(),
        "is_first_page": True,
        "shared": shared,
        "rows_html": SafeString("".join(shared.rows)),
        "podium": podium(shared.page.places),
        "winners": winning,
    }


def fresh(run: Run, head: dict[str, Any]) -> SafeString:
    return render_to_string("leaderboard/_fresh.html", head | {"run": run})


def podium(places: list[Place]) -> list[Place]:
    """The first three; nobody when equals make them more, for whom would one leave out?"""
    first = [place for place in places if place.rank <= 3]
    return first if len(first) <= 3 else []


def winners(campaign: Campaign) -> list[Award]:
    """Who was given what, once the result is final."""
    if campaign.state not in (State.FINAL, State.PAID):
        return []
    awards = Award.objects.filter(result=latest_result(campaign), form=Award.Form.PLACE)
    given = awards.exclude(state=Award.State.PROPOSED)  # that they are being paid changes nothing
    return list(given.select_related("employee").order_by("place", "employee__number"))


def _without_keys(query: QueryDict) -> str:
    kept = query.copy()
    for name in ("after", "before"):
        kept.pop(name, None)
    return kept.urlencode()
