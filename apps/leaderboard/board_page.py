"""What the board's template is given."""

from dataclasses import dataclass
from functools import partial
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
from apps.leaderboard.shown_names import named
from apps.leaderboard.sight import View
from apps.leaderboard.sparks import sparks
from apps.ranking.fingerprint import fingerprint
from apps.ranking.models import Result, Run
from apps.ranking.services import latest_result
from bonus_tracker.kept import Kept

State = Campaign.State


def context(
    view: View, head: dict[str, Any], employee: Employee | None, query: QueryDict, *, has_left: bool
) -> dict[str, Any]:
    """The page made for one reader. head: of apps.leaderboard.heads, with the sources."""
    if view.run is None:
        return head | {"tab": "board"}
    search, at = Search.of(query), Position.of(query)
    shared = shared_board(view, view.run, search, at)
    places = public_context(view.run, head, shared, winning_here(view, winners(view.campaign)))
    places |= {
        "search": search,
        "is_first_page": at.is_first and not search,
        "query": _without_keys(view, query),
    }
    places |= {
        "employee": employee,
        "fresh_html": fresh(view.run, head),
        "facts_html": facts(view.run, head),
    }
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
        "podium": podium(run, shared.page.places),
        "jumps": shared.jumps,
        "seal": seal(head["code"], run),
        "winners": named(winning, knows_all=head["view"].may_choose),
    }


def fresh(run: Run, head: dict[str, Any]) -> SafeString:
    return render_to_string("leaderboard/_fresh.html", head | {"run": run})


def facts(run: Run, head: dict[str, Any]) -> SafeString:
    """What decides, and how far the data reaches: of several sources the one that is furthest behind."""
    reached = [source.complete_until for source in head["sources"]]
    complete = min(filter(None, reached), default=None) if None not in reached else None
    return render_to_string("leaderboard/_facts.html", head | {"run": run, "complete_until": complete})


NAMES_ON_A_STEP = 2


@dataclass(frozen=True)
class Step:
    """position: 1 is the middle. places: equals share a step when the first are more than three; [] for somebody
    who is not shown. more: how many equals are not named."""

    position: int
    places: list[Place]
    more: int
    spark: SafeString


def podium(run: Run, places: list[Place]) -> list[Step]:
    """The first three, each on a step; equals share one when they make them more."""
    first = [place for place in places if place.rank <= 3]
    groups = [[place] for place in first]
    if len(first) > 3:
        groups = [[each for each in first if each.rank == rank] for rank in sorted({p.rank for p in first})]
    lines = sparks(run, {group[0].employee_id: group[0].score for group in groups if len(group) == 1})
    steps: list[Step] = []
    for group in groups:
        while len(steps) + 1 < min(group[0].rank, 3) and len(first) <= 3:  # somebody better is hidden
            steps.append(Step(len(steps) + 1, [], 0, SafeString("")))
        line = lines.get(group[0].employee_id, SafeString(""))
        named = group if len(group) <= NAMES_ON_A_STEP + 1 else group[:NAMES_ON_A_STEP]
        steps.append(Step(len(steps) + 1, named, len(group) - len(named), line))
    return steps


@dataclass(frozen=True)
class Seal:
    version: int | None  # of the sealed result; None: the board that froze
    sha256: str


_fingerprints: Kept[str] = Kept(lambda: 86_400, most=20)  # a run never changes


def seal(code: str, run: Run) -> Seal | None:
    """The hash by which anybody can tell later that a frozen board, or a result, is still the one of today."""
    if code in ("provisional", "final", "paid"):
        result = Result.objects.filter(run=run).first()
        return Seal(result.version, result.sha256) if result else None
    if code == "frozen":
        return Seal(None, _fingerprints.get(run.pk, partial(fingerprint, run)))
    return None


def winners(campaign: Campaign) -> list[Award]:
    """Who was given what, once the result is final."""
    if campaign.state not in (State.FINAL, State.PAID):
        return []
    awards = Award.objects.filter(result=latest_result(campaign), form=Award.Form.PLACE)
    given = awards.exclude(state=Award.State.PROPOSED)  # that they are being paid changes nothing
    return list(given.select_related("employee").order_by("place", "employee__number"))


def winning_here(view: View, winning: list[Award]) -> list[Award]:
    """Those of the division that is shown."""
    return [award for award in winning if award.division == view.division_key]


def _without_keys(view: View, query: QueryDict) -> str:
    kept = query.copy()
    if view.campaign.divisions:
        kept["division"] = view.division_key
    for name in ("after", "before"):
        kept.pop(name, None)
    return kept.urlencode()
