"""The part of a board that is the same for everybody: places, and each of them as a row of HTML."""

from dataclasses import dataclass, replace

from django.template.loader import render_to_string

from apps.leaderboard import board
from apps.leaderboard.board import Page, Position, Search
from apps.leaderboard.places import Place, as_employees_see, decided_among_equals
from apps.leaderboard.sight import View
from apps.ranking.models import Run


@dataclass(frozen=True)
class SharedBoard:
    page: Page
    rows: list[str]  # HTML, one a place
    departments: list[str]
    since: Run | None  # the run that movement is measured against
    is_narrowed: bool  # a search leaves somebody out


def shared_board(view: View, run: Run, search: Search, at: Position) -> SharedBoard:
    """The page asked for."""
    previous = board.previous_run(run)
    page = page_of(view, run, previous, search, at)
    up_to_rank = None if view.may_choose else view.campaign.public_places
    return SharedBoard(
        page,
        [render_row(view, place, previous) for place in page.places],
        board.departments(run, up_to_rank),
        previous,
        board.leaves_somebody_out(run, up_to_rank, search),
    )


def page_of(view: View, run: Run, previous: Run | None, search: Search, at: Position) -> Page:
    """A page of the places that the reader may see, each with what the reader may see of it."""
    if view.may_choose:
        return board.page(run, previous, up_to_rank=None, search=search, at=at)
    public, prizes = view.campaign.public_places, prize_places(view)
    page = board.page(run, previous, up_to_rank=public, search=search, at=at)
    seen = [as_employees_see(place, public_places=public, prize_places=prizes) for place in page.places]
    return replace(page, places=seen)


def prize_places(view: View) -> list[int]:
    return [prize.place for prize in view.campaign.prizes.all()]


def render_row(view: View, place: Place, since: Run | None, *, is_me: bool = False) -> str:
    """A row as HTML; for HR and auditors the name leads to the contacts."""
    prizes = prize_places(view)
    context = {
        "place": place,
        "is_me": is_me,
        "has_since": since is not None,
        "slug": view.campaign.slug if view.may_choose else "",
        "has_prize": place.rank in prizes,
        "among_equals": decided_among_equals(place, prizes),
    }
    return render_to_string("leaderboard/_row.html", context)
