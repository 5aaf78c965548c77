"""What a board says to one reader about themselves: their card, their row, the bar with their place."""

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from apps.campaigns.divisions import name_of
from apps.campaigns.models import Campaign
from apps.directory.models import Employee
from apps.leaderboard import board
from apps.leaderboard.board import Own
from apps.leaderboard.shared import SharedBoard, places_told_apart, prize_places, render_row
from apps.leaderboard.sight import View
from apps.leaderboard.sparks import sparks
from apps.ranking.models import Run, Standing
from apps.ranking.services import takes_part


@dataclass(frozen=True)
class OwnPart:
    """HTML. rows: the shared ones, one's own marked; None when it is not among them."""

    card: SafeString
    bar: SafeString
    rows: SafeString | None


def own_part(
    view: View, run: Run, employee: Employee, shared: SharedBoard, head: dict[str, Any], *, has_left: bool
) -> OwnPart:
    """head: of apps.leaderboard.heads."""
    mine = own_places(view, run, employee, shared.since)
    context = head | {
        "run": run,
        "employee": employee,
        "own": mine,
        "since": shared.since,
        "participants": participants(run, view.own_division),
        "own_division_name": _own_division_name(view),
        "has_left": has_left,
        "is_outside": is_outside(view.campaign, run, mine, employee),
        "live_score": _live_score(view, employee),
        "generated_name": mine.place.generated_name if mine.place else "",
        "is_hidden": bool(mine.place and mine.place.is_hidden),
        "spark": sparks(run, {employee.pk: mine.place.score})[employee.pk] if mine.place else "",
    }
    return OwnPart(
        _rendered("leaderboard/_own.html", context),
        _rendered("leaderboard/_mine.html", context),
        _rows(view, employee, shared),
    )


def own_places(view: View, run: Run, employee: Employee, previous: Run | None) -> Own:
    """In one's own division, whichever is shown."""
    view = view.of_own_division()
    return board.own(
        run,
        previous,
        employee.pk,
        division=view.division,
        public_places=view.campaign.public_places,
        prize_places=prize_places(view),
        told_apart=places_told_apart(view),
    )


def is_outside(campaign: Campaign, run: Run, own: Own, employee: Employee) -> bool:
    """Whether somebody has no place because the campaign is not for them, or they have left it."""
    return own.place is None and not takes_part(campaign, employee.pk, as_of=run.as_of)


def participants(run: Run, division: int | None) -> int:
    """How many compete: all of a campaign without divisions, else those of the division."""
    return run.participants_of[division - 1] if division and run.participants_of else run.participants


def _own_division_name(view: View) -> str:
    """Empty in a campaign without divisions, and for who takes no part."""
    return "" if view.own_division is None else name_of(view.campaign, view.of_own_division().division_key)


def _rendered(template: str, context: dict[str, Any]) -> SafeString:
    return SafeString(render_to_string(template, context).strip())


def _rows(view: View, employee: Employee, shared: SharedBoard) -> SafeString | None:
    numbers = [n for n, place in enumerate(shared.page.places) if place.employee_id == employee.pk]
    if not numbers:
        return None
    rows = list(shared.rows)
    for n in numbers:
        rows[n] = render_row(view, shared.page.places, n, shared.since, is_me=True)
    return SafeString("".join(rows))


def _live_score(view: View, employee: Employee) -> int | None:
    """One's own score of this moment while the board stands still; None when they cannot differ."""
    if view.board is None or view.board.live_run_id in (None, view.board.public_run_id):
        return None
    if not view.is_frozen:
        return None
    mine = Standing.objects.filter(run=view.board.live_run_id, employee=employee)
    return mine.values_list("active_contacts", flat=True).first() or 0
