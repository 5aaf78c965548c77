"""Departments and groups get another name or place; who belongs to them stays."""

from typing import Any

import pytest

from apps.audit.models import Entry
from apps.directory import structure
from apps.directory.models import Department, Group, GroupMembership
from apps.directory.records import DirectoryError
from tests.directory.helpers import HEADER, NOW, directory, periods, take_in

pytestmark = pytest.mark.django_db
BY: dict[str, Any] = {"actor": "hana", "now": NOW}


@pytest.fixture(autouse=True)
def company() -> None:
    take_in(
        "E001,Li Na,Sales/East/Shop,li.na,2026-01-05,,,Night",
        "E002,Bo,Sales East,bo,2026-01-05,,,Day",
        "E003,Chen,Lab,chen,2026-01-05,,,",
        header=HEADER + ",groups",
    )


def paths() -> dict[str, str | None]:
    return dict(Department.objects.order_by("path").values_list("path", "parent__path"))


def department(path: str) -> Department:
    return Department.objects.get(path=path)


def test_what_lies_below_a_renamed_department_comes_along() -> None:
    assert structure.rename_department(department("Sales"), name="Trade", **BY)
    assert paths() == {
        "Lab": None,
        "Sales East": None,  # begins alike, lies beside
        "Trade": None,
        "Trade / East": "Trade",
        "Trade / East / Shop": "Trade / East",
    }
    assert department("Trade").name == "Trade"
    entry = Entry.objects.latest("number")
    assert (entry.action, entry.actor, entry.subject) == ("department renamed", "hana", "department Sales")
    assert entry.details == {"path": ["Sales", "Trade"], "departments": 3}


def test_what_lies_below_a_moved_department_comes_along() -> None:
    assert structure.move_department(department("Sales / East"), parent="Lab", **BY)
    assert paths() == {
        "Lab": None,
        "Lab / East": "Lab",
        "Lab / East / Shop": "Lab / East",
        "Sales": None,
        "Sales East": None,
    }
    assert structure.move_department(department("Lab / East"), parent="", **BY)
    assert paths()["East / Shop"] == "East"
    assert paths()["East"] is None


@pytest.mark.parametrize(
    ("path", "parent", "problem"),
    [
        ("Sales", "Sales", "cannot lie below itself"),
        ("Sales", "Sales/East", "cannot lie below itself"),
        ("Sales", "Nowhere", "there is no department Nowhere"),
        ("Sales", "a//b", "has an empty name"),
    ],
)
def test_a_department_moves_only_where_there_is_a_place(path: str, parent: str, problem: str) -> None:
    check_refused(lambda: structure.move_department(department(path), parent=parent, **BY), problem)


@pytest.mark.parametrize(
    ("name", "problem"),
    [("Lab", "there is a department Lab already"), ("A/B", "is one name"), ("", "is one name")],
)
def test_a_department_gets_one_free_name(name: str, problem: str) -> None:
    check_refused(lambda: structure.rename_department(department("Sales"), name=name, **BY), problem)


def test_a_path_never_grows_too_long() -> None:
    deep = "/".join(["n" * 190] * 4)
    take_in(f"E004,Dai,{deep},dai,2026-01-05,,")
    top = department("n" * 190)
    take_in(f"E005,Eva,{'m' * 190},eva,2026-01-05,,")
    check_refused(
        lambda: structure.move_department(top, parent="m" * 190, **BY),
        "would be longer than 800 characters",
    )


def test_a_renamed_group_keeps_its_members() -> None:
    assert structure.rename_group(Group.objects.get(name="Night"), name="Late", **BY)
    assert periods(GroupMembership, "E001") == ["Late 2026-01-05.."]
    check_refused(
        lambda: structure.rename_group(Group.objects.get(name="Late"), name="Day", **BY),
        "there is a group Day already",
    )


def test_the_same_again_changes_and_audits_nothing() -> None:
    entries = Entry.objects.count()
    assert not structure.rename_group(Group.objects.get(name="Night"), name="Night", **BY)
    assert not structure.rename_department(department("Sales"), name="Sales", **BY)
    assert not structure.move_department(department("Sales / East"), parent="Sales", **BY)
    assert Entry.objects.count() == entries


def check_refused(act: Any, problem: str) -> None:
    before = directory()
    with pytest.raises(DirectoryError, match=problem):
        act()
    assert directory() == before
