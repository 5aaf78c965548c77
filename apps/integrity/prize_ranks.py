"""Who stands where a prize is at stake, by how much, and what more contacts could change."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Q

from apps.campaigns.divisions import numbers_by_key
from apps.campaigns.models import Campaign
from apps.directory.models import Employee, User
from apps.ranking.models import Result, Standing


@dataclass(frozen=True)
class Stake:
    """Somebody whose contacts are checked: a winner of a place, or, with place 0, drawn among other recipients.

    margin: contacts that would have to be fake for the prize to be wrong.
    """

    employee: Employee
    place: int
    margin: int

    @property
    def employee_id(self) -> int:
        return self.employee.pk


# For apps further right, which know how prizes are given: who wins which place, who is drawn among those who get
# something else, and who holds any prize.
WINNERS: list[Callable[[Result], dict[int, int]]] = []
ALSO_CHECKED: list[Callable[[Result], list[Stake]]] = []
ALSO_HOLDING: list[Callable[[Result], frozenset[int]]] = []


def last_places(campaign: Campaign) -> dict[int, int]:
    """Division -> its worst place with a prize; a division without any is left out."""
    numbers, lasts = numbers_by_key(campaign), dict[int, int]()
    for prize in campaign.prizes.all():
        number = numbers[prize.division]
        lasts[number] = max(prize.place, lasts.get(number, 0))
    return lasts


def down_to(lasts: Mapping[int, int]) -> Q:
    """Standings at these places or better ones, of each division."""
    within = Q(employee__in=[])
    for division, last in lasts.items():
        within |= Q(division=division, rank__lte=last)
    return within


def holders(result: Result) -> frozenset[int]:
    """Ids of everybody at a rank with a prize, equals at the last one included, and of who else holds one."""
    at_places = Standing.objects.filter(down_to(last_places(result.campaign)), run=result.run_id)
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
    won = list(
        Standing.objects.filter(run=result.run_id, employee__in=places)
        .select_related("employee")
        .order_by("division", "rank", "-conversation_days", "employee__number")
    )
    by_division = [list(group) for _number, group in groupby(won, key=lambda standing: standing.division)]
    return [stake for group in by_division for stake in _of_division(result, group, places)]


def _of_division(result: Result, won: list[Standing], places: Mapping[int, int]) -> Iterator[Stake]:
    """won: best first; margins are to others of the same division."""
    number = won[0].division
    standings = Standing.objects.filter(run=result.run_id, division=number)
    lowest = max(standing.rank for standing in won)
    beyond = standings.filter(rank__gt=lowest).order_by("rank").values_list("rank", flat=True).first()
    keys = list(
        standings.filter(rank__lte=beyond or lowest).values_list("active_contacts", "conversation_days")
    )
    numbers = numbers_by_key(result.campaign)
    prizes = [prize for prize in result.campaign.prizes.all() if numbers[prize.division] == number]
    least = {prize.place: prize.min_score for prize in prizes}
    for standing in won:
        place = places[standing.employee_id]
        to_the_next = _margin((standing.active_contacts, standing.conversation_days), keys)
        to_the_least = standing.active_contacts - max(1, least.get(place, 0)) + 1
        yield Stake(standing.employee, place, min(to_the_next, to_the_least))


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

    lasts: division -> its worst place with a prize. scores: division -> of everybody at such a place or a
    better one, best first. leasts: division -> the scores that its prizes ask for. any_could: where more than
    places decides (goals, who is excluded), every further contact could.
    """

    lasts: Mapping[int, int]
    scores: Mapping[int, tuple[int, ...]]
    leasts: Mapping[int, frozenset[int]]
    any_could: bool

    @classmethod
    def of(cls, result: Result) -> "Bounds":
        campaign, lasts = result.campaign, last_places(result.campaign)
        at_places = Standing.objects.filter(down_to(lasts), run=result.run_id).order_by("rank")
        scores: dict[int, tuple[int, ...]] = dict.fromkeys(lasts, ())
        for division, score in at_places.values_list("division", "active_contacts"):
            scores[division] = (*scores[division], score)
        numbers, leasts = numbers_by_key(campaign), dict.fromkeys(lasts, frozenset[int]())
        for prize in campaign.prizes.filter(min_score__gt=0):
            leasts[numbers[prize.division]] |= {prize.min_score}
        return cls(lasts, scores, leasts, bool(campaign.further or campaign.awarding))

    def could_change(self, own: Standing | None, more: int, division: int) -> bool:
        """Whether `more` contacts, or any part of them, could; own: who would get them, None without a place.

        division: of whoever that is. Reaching the score of somebody at a prize is enough: then days of
        conversation decide. At a prize, so is reaching a score that a prize asks for.
        """
        if self.any_could:
            return True
        last, scores = self.lasts.get(division, 0), self.scores.get(division, ())
        if not last:
            return False
        score = own.active_contacts if own else 0
        best = scores[:last]
        if own is None or own.rank > last:
            return len(best) < last or score + more >= best[-1]
        if any(score < least <= score + more for least in self.leasts.get(division, ())):
            return True
        better = [other for other in best if other > score]
        return scores.count(score) > 1 or (bool(better) and score + more >= min(better))
