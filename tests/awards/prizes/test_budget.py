"""What a campaign costs: before it is announced, while it runs, and at its end."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from apps.awards.due import tick
from apps.awards.prizes.budget import budget
from apps.campaigns.further import DepartmentPrize, Further, Goal, PerContact
from apps.campaigns.models import Campaign
from apps.ranking.services import refresh
from bonus_tracker import clock
from tests.admin.scene import page, sign_in
from tests.awards.prizes.test_stories import SETTLED, campaign, into
from tests.awards.stories import befriend, deliver
from tests.factories import DEADLINE, make_campaign, make_department, make_employee

pytestmark = pytest.mark.django_db
BEFORE = DEADLINE - timedelta(days=60)
RUNNING = DEADLINE - timedelta(hours=1)
FURTHER = Further(
    goals=(Goal(2, Decimal("500.00")), Goal(4, Decimal("1000.00"))),
    per_contact=PerContact(Decimal("10.00"), most=3),
)


def costs(made: Campaign, now: Any) -> list[tuple[str, str, str]]:
    return [(line.form, str(line.now), str(line.ceiling)) for line in budget(made, now=now).lines]


def test_before_anything_is_counted_there_are_ceilings_alone() -> None:
    for _ in range(4):
        make_employee()
    made = campaign("100.00", "50.00", further=FURTHER)
    assert costs(made, BEFORE) == [
        ("place", "None", "150.00"),
        ("goal", "None", "6000.00"),
        ("contacts", "None", "120.00"),
    ]
    found = budget(made, now=BEFORE)
    assert (found.participants, found.now, found.ceiling) == (4, None, Decimal("6270.00"))


def test_while_it_runs_there_is_todays_cost_too() -> None:
    first, second, third = (make_employee() for _ in range(3))
    into("Board", third)
    made = campaign("100.00", "50.00", further=FURTHER, excluded_groups=("Board",))
    deliver(befriend(first, 4) + befriend(second, 2) + befriend(third, 9), now=RUNNING)
    refresh(made, now=RUNNING)
    assert costs(made, RUNNING) == [
        ("place", "150.00", "150.00"),
        ("goal", "2000.00", "4500.00"),
        ("contacts", "50.00", "90.00"),
    ]
    assert budget(made, now=RUNNING).now == Decimal("2200.00")


def test_at_the_end_it_is_what_was_proposed() -> None:
    first = make_employee()
    deliver(befriend(first, 3))
    made = campaign("100.00", further=FURTHER)
    tick(now=SETTLED)
    found = budget(made, now=SETTLED)
    assert found.now == sum(made.awards.values_list("net_amount", flat=True)) == Decimal("630.00")


def test_departments_cost_what_was_announced_and_live_ones_are_counted() -> None:
    department = make_department("Sales")
    people = [make_employee(department=department) for _ in range(10)]
    made = campaign(further=Further(departments=(DepartmentPrize(1, Decimal("70.00")),)))
    deliver(befriend(people[0], 1), now=RUNNING)
    refresh(made, now=RUNNING)
    assert costs(made, RUNNING) == [("department", "70.00", "70.00")]


def test_when_equals_all_get_it_the_ceiling_is_that_all_are_equal() -> None:
    for _ in range(5):
        make_employee()
    assert costs(campaign("100.00", "50.00", equals="all"), BEFORE) == [("place", "None", "500.00")]


@pytest.mark.parametrize("equals", ["share", "all"])
def test_no_outcome_costs_more_than_the_ceiling(equals: str) -> None:
    people = [make_employee() for _ in range(4)]
    deliver([event for one in people for event in befriend(one, 5)], now=RUNNING)
    made = campaign("100.00", "50.00", further=FURTHER, equals=equals)
    refresh(made, now=RUNNING)
    found = budget(made, now=RUNNING)
    assert found.now is not None
    assert found.now <= found.ceiling
    assert all(line.now is not None and line.now <= line.ceiling for line in found.lines)


def test_the_command_says_it_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    first, _second = make_employee(), make_employee()
    made = campaign("100000.00", further=Further(goals=(Goal(1, Decimal("500.00")),)))
    deliver(befriend(first, 1), now=RUNNING)
    refresh(made, now=RUNNING)
    with clock.showing(RUNNING):
        call_command("budget", made.slug)
    assert capsys.readouterr().out.splitlines() == [
        "2 people take part today.",
        "For places: 100,000 CNY as things stand, which is the most it can be.",
        "For everybody who reaches a goal: 500 CNY as things stand, 1,000 CNY at most.",
        "Altogether: 100,500 CNY as things stand, 101,000 CNY at most.",
        "These amounts are after tax, as promised.",
        "Before tax that is at most 183,636.36 CNY, if every winner pays the top rate of 45 %.",
    ]


def test_the_page_and_the_page_for_scheduling_say_it_too(client: Client) -> None:
    make_employee()
    made = campaign("100.00", further=FURTHER)
    draft = make_campaign("200.00", state=Campaign.State.DRAFT, further=FURTHER.as_json())
    sign_in(client, "HR")
    with clock.showing(BEFORE):
        shown = client.post(page("campaigns_campaign_budget", made.pk)).content.decode()
        before_launch = client.get(page("campaigns_campaign_schedule", draft.pk)).content.decode()
    assert "For everybody who reaches a goal: 1,500 CNY at most" in shown
    assert "Altogether: 1,730 CNY at most" in before_launch
