"""Of many recipients of goals and of prizes for contacts, those whose contacts are checked: drawn by lot."""

import hashlib

from apps.awards.models import Award
from apps.integrity.prize_ranks import Stake
from apps.integrity.sampling import sample_size
from apps.ranking.models import Result, Standing

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


def _margin(score: int, needed: int) -> int:
    return max(_a_fifth(score), score - needed + 1)


def _a_fifth(count: int) -> int:
    return -(-count // A_FIFTH)


def _lot(result: Result, number: str) -> str:
    return hashlib.sha256(f"{result.sha256}\nrecipients\n{number}".encode()).hexdigest()
