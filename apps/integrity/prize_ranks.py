"""Who stands where a prize is at stake, by how much, and what more contacts could change."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Max

from apps.directory.models import User
from apps.ranking.models import Result, Standing


@dataclass(frozen=True)
class Stake:
    """Somebody whose contacts are checked: a winner of a place, or, with place 0, drawn among other recipients.

    margin: contacts that would have to be fake for the prize to be wrong.
    """

    employee_id: int
    number: str
    place: int
    margin: int


# For apps further right, which know how prizes are given: who wins which place, who is drawn among those who get
# something else, and who holds any prize.
WINNERS: list[Callable[[Result], dict[int, int]]] = []
ALSO_CHECKED: list[Callable[[Result], list[Stake]]] = []
ALSO_HOLDING: list[Callable[[Result], frozenset[int]]] = []


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
    """Winners of places, best first; then whoever is drawn among other recipients, each once."""
    won = _of_places(result)
    places = {stake.employee_id for stake in won}
    drawn = [stake for further in ALSO_CHECKED for stake in further(result)]
    return won + [stake for stake in drawn if stake.employee_id not in places]


def _of_places(result: Result) -> list[Stake]:
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


@dataclass(frozen=True)
class Bounds:
    """What more contacts have to reach to change who gets which prize.

    scores: of everybody at a rank with a prize, best first. any_could: where more than places decides (goals,
    least scores, who is excluded), every further contact could.
    """

    last: int
    scores: tuple[int, ...]
    any_could: bool

    @classmethod
    def of(cls, result: Result) -> "Bounds":
        campaign, last = result.campaign, last_place(result)
        at_places = Standing.objects.filter(run=result.run_id, rank__lte=last).order_by("rank")
        least = campaign.prizes.filter(min_score__gt=0)
        return cls(
            last,
            tuple(at_places.values_list("active_contacts", flat=True)),
            bool(campaign.further or campaign.awarding) or least.exists(),
        )

    def could_change(self, own: Standing | None, more: int) -> bool:
        """Whether `more` contacts, or any part of them, could; own: who would get them, None without a place.

        Reaching the score of somebody at a prize is enough: then days of conversation decide.
        """
        if self.any_could:
            return True
        if not self.last:
            return False
        score = own.active_contacts if own else 0
        best = self.scores[: self.last]
        if own is None or own.rank > self.last:
            return len(best) < self.last or score + more >= best[-1]
        better = [other for other in best if other > score]
        return self.scores.count(score) > 1 or (bool(better) and score + more >= min(better))
