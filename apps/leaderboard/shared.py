"""The part of a board that is the same for everybody: places, and each of them as a row of HTML."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from apps.campaigns.further import Awarding
from apps.leaderboard import board
from apps.leaderboard.board import Page, Position, Search
from apps.leaderboard.places import Place, as_employees_see, best_days_first, decided_among_equals
from apps.leaderboard.sight import View
from apps.ranking.models import Run

JUMP = 10  # places


@dataclass(frozen=True)
class SharedBoard:
    page: Page
    rows: list[str]  # HTML, one a place
    departments: list[str]
    since: Run | None  # the run that movement is measured against
    is_narrowed: bool  # a search leaves somebody out

    @property
    def leaves_places_out(self) -> bool:
        """Whether a rank is missing between those of the page, because whoever holds it is not shown."""
        if self.is_narrowed:
            return False
        held = Counter(place.rank for place in self.page.places)
        whole = list(held)[1:] if self.page.earlier else list(held)  # the first may begin on the page before
        is_headless = not self.page.earlier and bool(whole) and whole[0] != 1
        return is_headless or any(after != rank + held[rank] for rank, after in pairwise(whole))

    @property
    def jumps(self) -> list[int]:
        """Every tenth place of a long page, each where it begins."""
        ranks = list(dict.fromkeys(place.rank for place in self.page.places))
        tens = {rank // JUMP: rank for rank in reversed(ranks)}
        return sorted(tens.values()) if len(tens) > 1 and len(self.page.places) > 2 * JUMP else []


def shared_board(view: View, run: Run, search: Search, at: Position) -> SharedBoard:
    """The page asked for."""
    previous = board.previous_run(run)
    page = page_of(view, run, previous, search, at)
    up_to_rank = None if view.may_choose else view.campaign.public_places
    return SharedBoard(
        page,
        [render_row(view, page.places, n, previous) for n in range(len(page.places))],
        board.departments(run, view.division, up_to_rank),
        previous,
        board.leaves_somebody_out(run, view.division, up_to_rank, search),
    )


def page_of(view: View, run: Run, previous: Run | None, search: Search, at: Position) -> Page:
    """A page of the places that the reader may see, each with what the reader may see of it."""
    public, told_apart = view.campaign.public_places, places_told_apart(view)
    up_to_rank = None if view.may_choose else public
    page = board.page(run, previous, division=view.division, up_to_rank=up_to_rank, search=search, at=at)
    places = best_days_first(page.places, told_apart)
    if not view.may_choose:
        places = [as_employees_see(place, public_places=public, told_apart=told_apart) for place in places]
    return replace(page, places=places)


def prize_places(view: View) -> list[int]:
    """Of the division that is shown."""
    return [prize.place for prize in view.campaign.prizes.all() if prize.division == view.division_key]


def places_told_apart(view: View) -> list[int]:
    """Places with a prize where conversation days decide among equals."""
    awarding = Awarding.of(view.campaign.awarding)
    return prize_places(view) if awarding.tie_break == "conversation days" else []


def render_row(view: View, places: Sequence[Place], n: int, since: Run | None, *, is_me: bool = False) -> str:
    """A row of a page as HTML; for HR and auditors the name leads to the contacts."""
    place, among_equals = places[n], decided_among_equals(places[n], places_told_apart(view))
    context = {
        "place": place,
        "is_me": is_me,
        "begins": n == 0 or places[n - 1].rank < place.rank,
        "has_since": since is not None,
        "appears": _appears(place) if view.may_choose else "",
        "slug": view.campaign.slug if view.may_choose else "",
        "has_prize": place.rank in prize_places(view),
        "among_equals": among_equals,
        "is_equal_in_days": among_equals and _is_equal_in_days(place, places),
    }
    return render_to_string("leaderboard/_row.html", context)


def _is_equal_in_days(place: Place, places: Sequence[Place]) -> bool:
    """Whether all who are shown in this place have as many conversation days, so that they decide nothing."""
    days = [each.conversation_days for each in places if each.rank == place.rank]
    return len(days) > 1 and len(set(days)) == 1


def _appears(place: Place) -> str:
    """What HR is told beside the real name."""
    if place.is_hidden:
        return _("not shown to colleagues")
    return _("shown as %s") % place.generated_name if place.generated_name else ""
