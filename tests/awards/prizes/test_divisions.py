"""Each division gives the prizes of its own places, and nobody wins in another one."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import translation

from apps.awards.due import tick
from apps.awards.models import Award
from apps.awards.prizes.budget import budget
from apps.awards.prizes.give import Placed, Promises, give
from apps.awards.prizes.sources import next_in_line
from apps.awards.services import approve
from apps.campaigns.announcement import PrizeLine
from apps.campaigns.further import Awarding, Further, Goal
from apps.campaigns.models import Campaign
from apps.directory.models import Employee
from apps.ranking.services import latest_result
from tests.admin.scene import page, sign_in
from tests.awards.prizes.test_stories import SETTLED, into, settled
from tests.awards.stories import befriend, deliver
from tests.divisions import PRIZES, make_divided_campaign
from tests.factories import DEADLINE, make_department, make_employee
from tests.integrity.ready import complete_sources, make_ready
from tests.integrity.stories import OBJECTIONS_END, decider

pytestmark = pytest.mark.django_db
TWO = {1: "sales", 2: "rest"}


def given(
    placed: list[Placed], prizes: tuple[PrizeLine, ...] = PRIZES, **awarding: Any
) -> list[tuple[str, int, int, str]]:
    promises = Promises(prizes, Further(), Awarding(**awarding), 128, TWO)
    return [(s.division, s.place, s.employee_id, str(s.net_amount)) for s in give(promises, placed, None)]


def placed(division: int, rank: int, score: int, employee: int, days: int = 0) -> Placed:
    return Placed(rank, score, days, employee, f"E{employee:03}", division)


def test_the_first_of_each_division_win_its_prizes() -> None:
    places = [
        placed(1, 1, 9, 1),
        placed(1, 2, 8, 2),
        placed(1, 3, 7, 3),
        placed(2, 1, 3, 4),
        placed(2, 2, 2, 5),
    ]
    assert given(places) == [
        ("sales", 1, 1, "1000.00"),
        ("sales", 2, 2, "500.00"),
        ("rest", 1, 4, "100.00"),
    ]


def test_equals_share_within_their_division_alone() -> None:
    places = [placed(1, 1, 9, 1), placed(1, 1, 9, 2), placed(2, 1, 9, 3), placed(2, 1, 9, 4)]
    assert given(places) == [
        ("sales", 1, 1, "750.00"),
        ("sales", 1, 2, "750.00"),
        ("rest", 1, 3, "50.00"),
        ("rest", 1, 4, "50.00"),
    ]
    assert given(places, equals="all") == [
        ("sales", 1, 1, "1000.00"),
        ("sales", 1, 2, "1000.00"),
        ("rest", 1, 3, "100.00"),
        ("rest", 1, 4, "100.00"),
    ]


def test_a_division_without_prizes_or_people_gives_none() -> None:
    sales = tuple(prize for prize in PRIZES if prize.division == "sales")
    assert given([placed(2, 1, 9, 1)], sales) == []
    assert given([]) == []


@pytest.fixture
def people() -> list[Employee]:
    """S1 to S4 in Sales with 5, 4, 3, 2 contacts; L1 to L3 elsewhere with 4, 2, 1."""
    sales, law = make_department("Sales"), make_department("Law")
    numbers = {"S1": 5, "S2": 4, "S3": 3, "S4": 2, "L1": 4, "L2": 2, "L3": 1}
    found = [make_employee(number=n, department=sales if n[0] == "S" else law) for n in numbers]
    deliver(
        [e for person, score in zip(found, numbers.values(), strict=True) for e in befriend(person, score)]
    )
    return found


def test_awards_say_which_division_they_are_of(people: Any) -> None:
    made = make_divided_campaign()
    assert settled(made) == [
        ("L1", "Everybody else, place 1", Decimal("100.00")),
        ("S1", "Sales, place 1", Decimal("1000.00")),
        ("S2", "Sales, place 2", Decimal("500.00")),
    ]
    with translation.override("zh-hans"):
        assert made.awards.get(employee__number="S1").title() == "销售第 1 名"


def test_who_cannot_win_frees_the_place_for_the_next_of_the_same_division(people: list[Employee]) -> None:
    into("Board", people[0])
    made = make_divided_campaign(awarding=Awarding(excluded_groups=("Board",)).as_json())
    assert [(number, title) for number, title, _ in settled(made)] == [
        ("L1", "Everybody else, place 1"),
        ("S2", "Sales, place 1"),
        ("S3", "Sales, place 2"),
    ]
    result = latest_result(made)
    assert result is not None
    assert [(each.division, each.number) for each in next_in_line(result, 2)] == [
        (1, "S4"),
        (2, "L2"),
        (2, "L3"),
    ]


def test_goals_are_for_everybody_whatever_the_division(people: Any) -> None:
    goals = Further(goals=(Goal(4, Decimal("50.00")),)).as_json()
    made = make_divided_campaign(further=goals, awarding=Awarding(per_person="one").as_json())
    assert [(number, title) for number, title, _ in settled(made)] == [
        ("L1", "Everybody else, place 1"),
        ("S1", "Sales, place 1"),
        ("S2", "Sales, place 2"),
    ]
    assert made.awards.filter(form=Award.Form.GOAL).count() == 0  # one each: all three have a place


@pytest.mark.parametrize(("equals", "ceiling"), [("share", "1600.00"), ("all", "4300.00")])
def test_the_budget_adds_up_the_divisions(people: Any, equals: Any, ceiling: str) -> None:
    """Given to all equals, 4 of Sales may get 1,000 each and 3 others 100."""
    made = make_divided_campaign(awarding=Awarding(equals=equals).as_json())
    found = budget(made, now=DEADLINE)
    assert (found.participants, str(found.ceiling)) == (7, ceiling)


def test_from_the_approval_to_letter_and_payroll(people: Any, client: Client, tmp_path: Any) -> None:
    made, approvers = make_divided_campaign(), [decider(), decider()]
    complete_sources()
    tick(now=SETTLED)
    made.refresh_from_db()
    make_ready(made, now=OBJECTIONS_END)
    result = latest_result(made)
    assert result is not None
    sign_in(client, "HR")
    seen = client.get(page("campaigns_campaign_approve", made.pk)).content.decode()
    for said in ("Sales · Place 1", "Sales · Next in line, with their contacts: S3 (3), S4 (2)."):
        assert said in seen
    assert "Everybody else · Next in line, with their contacts: L2 (2), L3 (1)." in seen
    assert [approve(result, user, now=OBJECTIONS_END) for user in approvers] == [False, True]
    made.refresh_from_db()
    assert made.state == Campaign.State.FINAL
    out = tmp_path / "payroll.csv"
    call_command("export_payroll", made.slug, str(out), by=decider("payer").username)
    assert "Sales, place 1" in out.read_text("utf-8-sig")
