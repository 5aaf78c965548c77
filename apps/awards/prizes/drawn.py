"""Of many recipients of prizes for no place, those whose contacts are checked: drawn by lot.

Of a department that wins, everybody who brought contacts into it, whether they get a share or not.
"""

import hashlib

from apps.awards.models import Award, PrizeFacts
from apps.awards.prizes.give import competing
from apps.campaigns.divisions import UNDIVIDED, keys_by_number
from apps.campaigns.further import Awarding
from apps.integrity.prize_ranks import Stake
from apps.integrity.sampling import sample_size
from apps.ranking.models import FixedEmployee, Result, Standing

A_FIFTH = 5  # a sample misses with at most 5 % that one in so many recipients, or contacts of one, is false


def drawn_recipients(result: Result) -> list[Stake]:
    """In the order of the draw, which the sealed hash decides; [] until awards are proposed.

    Of few recipients all are drawn. A goal that is reached by far needs fewer contacts to be confirmed.
    """
    needed = dict(
        result.awards.filter(form__in=[Award.Form.GOAL, Award.Form.CONTACTS])
        .order_by("form", "contacts")
        .values_list("employee_id", "contacts")
    )
    needed |= dict.fromkeys(_members_of_winners(result) - needed.keys(), 0)
    if not needed:
        return []
    places = Standing.objects.filter(run=result.run_id, employee__in=needed).select_related("employee")
    standings = sorted(places, key=lambda place: _lot(result, place.employee.number))
    size = sample_size(len(standings), _a_fifth(len(standings)))
    return [
        Stake(
            each.employee_id, each.employee.number, 0, _margin(each.active_contacts, needed[each.employee_id])
        )
        for each in standings[:size]
    ]


def _members_of_winners(result: Result) -> set[int]:
    """Of a division's prize, its members of the department."""
    of_departments = result.awards.filter(form=Award.Form.DEPARTMENT)
    winning = set(of_departments.values_list("division", "department"))
    if not winning:
        return set()
    level, keys = Awarding.of(result.campaign.awarding).department_level, keys_by_number(result.campaign)
    fixed = FixedEmployee.objects.filter(campaign=result.campaign).values_list("employee_id", "division")
    divisions = {employee_id: keys[number] for employee_id, number in fixed}
    people = PrizeFacts.objects.filter(campaign=result.campaign).values_list("employee_id", "department")
    return {
        employee_id
        for employee_id, path in people
        if not winning.isdisjoint(
            (key, competing(path, level)) for key in (UNDIVIDED, divisions[employee_id])
        )
    }


def _margin(score: int, needed: int) -> int:
    """needed: 0 when every contact counts towards the prize, and none is enough by itself."""
    if not needed:
        return _a_fifth(score)
    return max(_a_fifth(score), score - needed + 1)


def _a_fifth(count: int) -> int:
    return -(-count // A_FIFTH)


def _lot(result: Result, number: str) -> str:
    return hashlib.sha256(f"{result.sha256}\nrecipients\n{number}".encode()).hexdigest()
