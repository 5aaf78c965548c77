"""Who stands where a prize is at stake, by how much, and what more contacts could change."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Max

from apps.directory.models import User
from apps.ranking.models import Result, Standing


@dataclass(frozen=True)
class Stake:
    """A winner by the standings. margin: contacts that would have to be fake for the prize to go elsewhere."""

    employee_id: int
    number: str
    place: int
    margin: int


# For apps further right, which know how prizes are given: who wins which place, who holds any prize by a
# result, and whether so many more contacts of an employee could change one.
WINNERS: list[Callable[[Result], dict[int, int]]] = []
ALSO_HOLDING: list[Callable[[Result], frozenset[int]]] = []
ALSO_CHANGING: list[Callable[[Result, int, int], bool]] = []


def last_place(result: Result) -> int:
    """The worst place with a prize; 0 when there is none."""
    return result.campaign.prizes.aggregate(last=Max("place"))["last"] or 0


def holders(result: Result) -> frozenset[int]:
    """Ids of everybody at a rank with a prize, equals at the last one included, and of who else holds one."""
    at_places = Standing.objects.filter(run=result.run_id, rank__lte=last_place(result))
    ids = frozenset(at_places.values_list("employee_id", flat=True))
    return ids.union(*(further(result) for further in ALSO_HOLDING))


def stands_among_them(user: User, result: Result) -> bool:
    return user.employee_id is not None and user.employee_id in holders(result)


def stakes(result: Result) -> list[Stake]:
    """Winners of places, best first."""
    places = {employee: place for winners in WINNERS for employee, place in winners(result).items()}
    if not places:
        return []
    standings = Standing.objects.filter(run=result.run_id)
    won = list(
        standings.filter(employee__in=places)
        .select_related("employee")
        .order_by("rank", "-conversation_days", "employee__number")
    )
    lowest = max(standing.rank for standing in won)
    beyond = standings.filter(rank__gt=lowest).order_by("rank").values_list("rank", flat=True).first()
    keys = list(
        standings.filter(rank__lte=beyond or lowest).values_list("active_contacts", "conversation_days")
    )
    least = {prize.place: prize.min_score for prize in result.campaign.prizes.all()}
    return [
        Stake(
            standing.employee_id,
            standing.employee.number,
            places[standing.employee_id],
            min(
                _margin((standing.active_contacts, standing.conversation_days), keys),
                standing.active_contacts - max(1, least.get(places[standing.employee_id], 0)) + 1,
            ),
        )
        for standing in won
    ]


def _margin(key: tuple[int, int], keys: Iterable[tuple[int, int]]) -> int:
    """To the next below, able to win or not; equals would each lose their share by a single contact."""
    others = sorted(keys, reverse=True)
    if others.count(key) > 1:
        return 1
    below = [score for score, _days in others[others.index(key) + 1 :]]
    return max(1, key[0] - below[0]) if below else key[0]


def could_change(result: Result, employee_id: int, more: int) -> bool:
    """Whether `more` contacts for an employee, or any part of them, could change who gets which prize."""
    return _place_could_change(result, employee_id, more) or any(
        further(result, employee_id, more) for further in ALSO_CHANGING
    )


def _place_could_change(result: Result, employee_id: int, more: int) -> bool:
    """Reaching the score of somebody at a prize is enough: then days of conversation decide.

    Where more than places decides (goals, least scores, who is excluded), every further contact could.
    """
    campaign, last = result.campaign, last_place(result)
    if not more:
        return False
    if campaign.further or campaign.awarding or campaign.prizes.filter(min_score__gt=0).exists():
        return True
    if not last:
        return False
    standings = Standing.objects.filter(run=result.run_id)
    own = standings.filter(employee=employee_id).first()
    score, rank = (own.active_contacts, own.rank) if own else (0, last + 1)
    best = list(standings.order_by("rank").values_list("active_contacts", flat=True)[:last])
    if rank > last:
        return len(best) < last or score + more >= best[-1]
    is_shared = standings.filter(rank=rank).exclude(employee=employee_id).exists()
    better = [other for other in best if other > score]
    return is_shared or (bool(better) and score + more >= min(better))
