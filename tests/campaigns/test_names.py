"""While a campaign needs the name of a department or group, nobody gives it to something else."""

from typing import Any

import pytest

from apps.campaigns.further import Awarding, DepartmentPrize, Further, Goal
from apps.campaigns.models import Campaign
from apps.directory import structure
from apps.directory.models import Department, Group
from apps.directory.records import DirectoryError
from tests.factories import START, make_campaign, make_department

pytestmark = pytest.mark.django_db
State = Campaign.State
BY: dict[str, Any] = {"actor": "hana", "now": START}


@pytest.fixture(autouse=True)
def company() -> None:
    sales = make_department("Sales")
    make_department("East", sales)
    make_department("Lab")
    Group.objects.create(name="Night")


def rename(path: str) -> bool:
    return structure.rename_department(Department.objects.get(path=path), name="Other", **BY)


def move(path: str, parent: str) -> bool:
    return structure.move_department(Department.objects.get(path=path), parent=parent, **BY)


def rename_group() -> bool:
    return structure.rename_group(Group.objects.get(), name="Late", **BY)


@pytest.mark.parametrize("state", [State.SCHEDULED, State.RUNNING, State.SETTLING, State.PROVISIONAL])
def test_a_name_that_decides_who_takes_part_stays(state: str) -> None:
    make_campaign("1.00", slug="autumn", state=state, departments=["Sales / East"], groups=["Night"])
    for act in (lambda: rename("Sales / East"), lambda: rename("Sales"), rename_group):
        with pytest.raises(DirectoryError, match=r"campaign autumn relies on where .* is until its result"):
            act()
    assert rename("Lab")


@pytest.mark.parametrize("state", [State.DRAFT, State.FINAL, State.PAID, State.VOID])
def test_a_campaign_that_has_not_begun_or_is_over_needs_no_name(state: str) -> None:
    make_campaign("1.00", state=state, departments=["Sales"], groups=["Night"])
    assert rename("Sales")
    assert rename_group()


def test_nobody_comes_under_a_department_that_takes_part_or_goes_from_it() -> None:
    make_campaign("1.00", departments=["Sales"])
    with pytest.raises(DirectoryError, match="relies on where Lab is"):
        move("Lab", "Sales")
    with pytest.raises(DirectoryError, match="relies on where Sales / East is"):
        move("Sales / East", "")
    assert move("Sales / East", "Sales") is False


def test_departments_that_compete_stay_where_they_are() -> None:
    further = Further(departments=(DepartmentPrize(1, net_amount=1),))  # type: ignore[arg-type]
    make_campaign(further=further.as_json())
    with pytest.raises(DirectoryError, match="relies on"):
        move("Lab", "Sales")
    assert rename("Lab")


def test_groups_that_prizes_leave_out_keep_their_names() -> None:
    make_campaign("1.00", awarding=Awarding(excluded_groups=("Night",)).as_json())
    with pytest.raises(DirectoryError, match="relies on where Night is"):
        rename_group()


def test_groups_that_a_goal_exempts_keep_their_names() -> None:
    goal = Goal(contacts=9, net_amount=1, exempt_groups=("Night",))  # type: ignore[arg-type]
    make_campaign(further=Further(goals=(goal,)).as_json())
    with pytest.raises(DirectoryError, match="relies on where Night is"):
        rename_group()
