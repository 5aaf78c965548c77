"""Who stands at a prize, by how much and what could change it: within a division each."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from apps.campaigns.models import Campaign, LaterDeadline
from apps.directory.models import Employee
from apps.integrity.blockers import blockers
from apps.integrity.deadlines import propose_deadline, reject_deadline
from apps.integrity.decisions import confirm, propose
from apps.integrity.drafts import Draft
from apps.integrity.models import Decision
from apps.integrity.objections import object_to
from apps.integrity.prize_ranks import holders, stakes
from apps.integrity.refusals import Refused
from apps.ranking.services import refresh
from tests.awards.stories import befriend, deliver
from tests.divisions import PRIZES, REST, SALES, make_divided_campaign
from tests.factories import DEADLINE, make_department, make_employee
from tests.integrity.bundle.stories import announced_contest
from tests.integrity.stories import IN_TIME, Contest, decider

pytestmark = pytest.mark.django_db
Kind = Decision.Kind


def contest(scores: tuple[int, ...] = (9, 4, 3, 6, 4, 0)) -> Contest:
    """E1 to E3 are in Sales, which has two places; E4 to E6 elsewhere, where there is one."""
    return announced_contest(
        scores,
        prizes=PRIZES,
        departments=("Sales", "Sales", "Sales", "Law", "Law", "Law"),
        divisions=(SALES, REST),
    )


def numbers(ids: Any, it: Contest) -> list[str]:
    return [employee.number for employee in it.employees if employee.pk in ids]


def test_margins_are_to_the_next_in_the_same_division() -> None:
    it = contest()
    assert [(stake.employee.number, stake.place, stake.margin) for stake in stakes(it.result)] == [
        ("E1", 1, 5),
        ("E2", 2, 1),
        ("E4", 1, 2),
    ]
    assert sorted((c.employee.number, c.margin) for c in it.result.checks.all()) == [
        ("E1", 5),
        ("E2", 1),
        ("E4", 2),
    ]


def test_who_stands_at_a_prize_of_another_division_decides_nothing_either() -> None:
    it = contest()
    assert numbers(holders(it.result), it) == ["E1", "E2", "E4"]
    winner_elsewhere = decider(employee=it.employees[3])
    third_of_sales = decider(employee=it.employees[2])
    draft = Draft(
        campaign=it.campaign, kind=Kind.EXCLUSION, reason="x", evidence="x", employee=it.employees[0]
    )
    with pytest.raises(Refused, match="where a prize is at stake"):
        propose(draft, proposer=winner_elsewhere, now=IN_TIME)
    assert propose(draft, proposer=third_of_sales, now=IN_TIME).pk


@pytest.mark.parametrize(
    ("who", "claimed", "could"),
    [(2, 1, True), (4, 1, False), (4, 2, True), (5, 5, False), (5, 6, True)],
)
def test_an_objection_is_measured_by_the_prizes_of_ones_own_division(
    who: int, claimed: int, could: bool
) -> None:
    """E3 with 3 needs the 4 of E2; E5 with 4 and E6, who has nobody, the 6 of E4."""
    it = contest()
    object_to(it.campaign, it.employees[who], "more", now=IN_TIME, actor="e", contacts_claimed=claimed)
    assert ("objection" in {blocker.name for blocker in blockers(it.campaign, now=IN_TIME)}) == could


def test_a_division_with_fewer_people_than_prizes_has_one_free_for_whoever_objects() -> None:
    it = contest((9, 4, 0, 6, 0, 0))
    object_to(it.campaign, it.employees[2], "one", now=IN_TIME, actor="e", contacts_claimed=1)
    assert "objection" not in {blocker.name for blocker in blockers(it.campaign, now=IN_TIME)}
    object_to(it.campaign, it.employees[4], "six", now=IN_TIME, actor="e", contacts_claimed=6)
    assert "objection" in {blocker.name for blocker in blockers(it.campaign, now=IN_TIME)}


def test_a_decision_moves_up_those_of_the_same_division_alone() -> None:
    it = contest()
    draft = Draft(
        campaign=it.campaign, kind=Kind.EXCLUSION, reason="x", evidence="x", employee=it.employees[0]
    )
    decision = propose(draft, proposer=decider(), now=IN_TIME)
    confirm(decision, confirmer=decider(), seen_version=1, now=IN_TIME)
    rows = it.result.run.standings.order_by("division", "rank", "employee__number")
    assert list(rows.values_list("division", "rank", "employee__number")) == [
        (1, 1, "E2"),
        (1, 2, "E3"),
        (2, 1, "E4"),
        (2, 2, "E5"),
    ]


def test_who_stands_at_a_prize_of_their_division_moves_no_deadline() -> None:
    law = make_department("Law")
    sales = make_department("Sales")
    people = [make_employee(department=department) for department in (sales, sales, sales, law, law)]
    deliver(
        [e for person, score in zip(people, (5, 4, 3, 2, 1), strict=True) for e in befriend(person, score)]
    )
    campaign, now = make_divided_campaign(), DEADLINE - timedelta(hours=1)
    refresh(campaign, now=now)

    for person in (people[2], people[4]):
        reject_deadline(_proposal(campaign, person, now), by=decider(), now=now)
    for person in (people[0], people[1], people[3]):
        with pytest.raises(Refused, match="where a prize is at stake"):
            _proposal(campaign, person, now)


def _proposal(campaign: Campaign, person: Employee, now: datetime) -> LaterDeadline:
    proposer = decider(employee=person)
    return propose_deadline(
        campaign, DEADLINE + timedelta(days=1), reason="holidays", proposer=proposer, now=now
    )
