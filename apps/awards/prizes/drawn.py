"""Of many recipients of prizes for no place, those whose contacts are checked: drawn by lot.

Of a department that wins, everybody who brought contacts into it, whether they get a share or not.
"""

from django.db.models import BinaryField, F, Func, Q, Value

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
    awards = result.awards.filter(form__in=[Award.Form.GOAL, Award.Form.CONTACTS])
    getting = Q(employee__in=awards.values("employee")) | Q(employee__in=_members_of_winners(result))
    places = Standing.objects.filter(getting, run=result.run_id)
    of_all = places.count()
    drawn = list(
        places.order_by(_lot(result)).select_related("employee")[: sample_size(of_all, _a_fifth(of_all))]
    )
    theirs = awards.filter(employee__in=[each.employee_id for each in drawn]).order_by("form", "contacts")
    needed = dict(theirs.values_list("employee_id", "contacts"))
    return [
        Stake(each.employee, 0, _margin(each.active_contacts, needed.get(each.employee_id, 0)))
        for each in drawn
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


def _lot(result: Result) -> Func:
    """SHA-256 of the sealed hash and an employee's number: in the database, for there may be tens of thousands."""
    return Func(
        Value(f"{result.sha256}\nrecipients\n"),
        F("employee__number"),
        template="sha256(convert_to(%(expressions)s, 'UTF8'))",
        arg_joiner=" || ",
        output_field=BinaryField(),
    )
