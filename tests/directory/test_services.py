from datetime import date
from typing import Any

import pytest

from apps.audit.models import Entry
from apps.directory import services
from apps.directory.models import (
    AccountOwner,
    DepartmentMembership,
    Employee,
    Employment,
    EntityMembership,
    GroupMembership,
)
from apps.directory.records import DirectoryError
from tests.directory.helpers import NOW, directory, periods, report, take_in

pytestmark = pytest.mark.django_db
BY: dict[str, Any] = {"actor": "hana", "now": NOW}
HIRED = date(2026, 1, 5)


@pytest.fixture
def li_na() -> Employee:
    return services.hire(
        "E001",
        "Li Na",
        hired_on=HIRED,
        department="Sales/East",
        entity="Main",
        accounts=[("im", "Li.Na")],
        **BY,
    )


def last_entry() -> tuple[str, str, str]:
    entry = Entry.objects.latest("number")
    return entry.action, entry.actor, entry.subject


def test_hiring_is_what_a_line_of_a_file_would_do(li_na: Employee) -> None:
    held = directory()
    assert last_entry() == ("employee hired", "hana", "employee E001")
    assert list(take_in("E001,Li Na,Sales / East,li.na,2026-01-05,,Main").report()) == []
    assert directory() == held


def test_a_number_is_hired_once(li_na: Employee) -> None:
    with pytest.raises(DirectoryError, match="employee E001 is there already"):
        services.hire("E001", "Other", hired_on=HIRED, **BY)


@pytest.mark.parametrize(
    ("number", "fields", "problem"),
    [
        (" ", {}, "the number is empty"),
        ("E002", {"left_on": date(2026, 1, 4)}, "left on 2026-01-04, before hired on 2026-01-05"),
        ("E002", {"department": "a//b"}, "has an empty name"),
        ("E002", {"accounts": [("im", " ")]}, "the handle is empty"),
        ("E002", {"accounts": [("", "bo")]}, "the platform “” is not"),
        ("E002", {"accounts": [("im", "li.na")]}, "account im:li.na would be E001's .* and E002's"),
    ],
)
def test_a_wrong_hiring_changes_nothing(
    li_na: Employee, number: str, fields: dict[str, Any], problem: str
) -> None:
    before = directory()
    with pytest.raises(DirectoryError, match=problem):
        services.hire(number, "", hired_on=HIRED, **fields, **BY)
    assert directory() == before


def test_leaving_ends_everything_and_can_be_taken_back(li_na: Employee) -> None:
    held = directory()
    services.leave(li_na, left_on=date(2026, 11, 30), **BY)
    assert periods(Employment, "E001") == ["2026-01-05..2026-11-30"]
    assert periods(AccountOwner, "E001") == ["li.na 2026-01-05..2026-11-30"]
    assert periods(EntityMembership, "E001") == ["Main 2026-01-05..2026-11-30"]
    assert last_entry() == ("employee left", "hana", "employee E001")
    services.leave(li_na, left_on=None, **BY)
    assert directory() == held


def test_doing_it_again_changes_and_audits_nothing(li_na: Employee) -> None:
    for _time in range(2):
        services.leave(li_na, left_on=date(2026, 11, 30), **BY)
        services.rename(li_na, name="Li Nana", **BY)
    assert Entry.objects.count() == 3


def test_a_rehire_is_a_further_employment(li_na: Employee) -> None:
    services.leave(li_na, left_on=date(2026, 3, 31), **BY)
    services.rehire(li_na, hired_on=date(2026, 6, 1), department="Lab", accounts=[("im", "li.na")], **BY)
    assert periods(Employment, "E001") == ["2026-01-05..2026-03-31", "2026-06-01.."]
    assert periods(DepartmentMembership, "E001") == [
        "Sales / East 2026-01-05..2026-03-31",
        "Lab 2026-06-01..",
    ]
    assert periods(AccountOwner, "E001")[-1] == "li.na 2026-06-01.."
    with pytest.raises(DirectoryError, match=r"employee E001 was employed 2026-06-01\.\. already"):
        services.rehire(li_na, hired_on=date(2026, 7, 1), **BY)


def test_a_move_holds_from_its_date(li_na: Employee) -> None:
    services.move(li_na, from_date=date(2026, 12, 1), department="Lab", entity="Other", **BY)
    assert periods(DepartmentMembership, "E001") == [
        "Sales / East 2026-01-05..2026-11-30",
        "Lab 2026-12-01..",
    ]
    assert periods(EntityMembership, "E001") == ["Main 2026-01-05..2026-11-30", "Other 2026-12-01.."]
    with pytest.raises(DirectoryError, match="employee E001 is not employed on 2026-01-04"):
        services.move(li_na, from_date=date(2026, 1, 4), department="Lab", **BY)


def test_an_empty_new_name_means_the_number(li_na: Employee) -> None:
    services.rename(li_na, name=" ", **BY)
    li_na.refresh_from_db()
    assert li_na.name == "E001"
    assert "Li Na" not in str(Entry.objects.latest("number").details)


def test_an_account_is_given_for_a_period_of_an_employment(li_na: Employee) -> None:
    give = {"platform": "im", "handle": "Sales.Desk", **BY}
    services.give_account(li_na, starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 31), **give)
    assert periods(AccountOwner, "E001")[-1] == "sales.desk 2026-03-01..2026-03-31"
    services.give_account(li_na, starts_on=date(2026, 3, 1), **give)
    assert periods(AccountOwner, "E001")[-1] == "sales.desk 2026-03-01.."
    assert "sales.desk" not in str(list(Entry.objects.values_list("details", flat=True)))
    services.leave(li_na, left_on=date(2026, 11, 30), **BY)
    assert periods(AccountOwner, "E001")[-1] == "sales.desk 2026-03-01..2026-11-30"
    with pytest.raises(DirectoryError, match="left on 2026-11-30, before the account would end"):
        services.give_account(li_na, starts_on=date(2026, 3, 1), ends_on=date(2026, 12, 1), **give)
    with pytest.raises(DirectoryError, match="is not employed on 2026-12-01"):
        services.give_account(li_na, starts_on=date(2026, 12, 1), **give)


def test_an_account_is_handed_over_from_one_day_to_the_next(li_na: Employee) -> None:
    bo = services.hire("E002", "Bo", hired_on=HIRED, **BY)
    account = {"platform": "im", "handle": "li.na", **BY}
    with pytest.raises(DirectoryError, match=r"account im:li.na would be E001's"):
        services.give_account(bo, starts_on=date(2026, 7, 1), **account)
    services.end_account(li_na, ends_on=date(2026, 6, 30), **account)
    services.give_account(bo, starts_on=date(2026, 7, 1), **account)
    assert periods(AccountOwner, "E001") == ["li.na 2026-01-05..2026-06-30"]
    assert periods(AccountOwner, "E002") == ["li.na 2026-07-01.."]


def test_an_account_that_never_was_theirs_is_taken_away(li_na: Employee) -> None:
    account = {"platform": "im", "handle": "li.na", **BY}
    services.end_account(li_na, ends_on=None, **account)
    assert periods(AccountOwner, "E001") == []
    with pytest.raises(DirectoryError, match=r"im:li.na was not E001's"):
        services.end_account(li_na, ends_on=None, **account)


def test_a_group_is_joined_and_left_from_a_day_on(li_na: Employee) -> None:
    services.join_group(li_na, group="Back office", from_date=date(2026, 3, 1), **BY)
    assert last_entry() == ("group joined", "hana", "employee E001")
    left = services.leave_group(li_na, group="Back office", last_on=date(2026, 9, 30), **BY)
    assert report(left) == ["- E001 in group Back office, left after 2026-09-30"]
    assert periods(GroupMembership, "E001") == ["Back office 2026-03-01..2026-09-30"]
    assert last_entry() == ("group left", "hana", "employee E001")
    services.join_group(li_na, group="Back office", from_date=date(2026, 12, 1), **BY)
    assert periods(GroupMembership, "E001")[-1] == "Back office 2026-12-01.."


def test_a_membership_that_never_was_is_taken_away(li_na: Employee) -> None:
    services.join_group(li_na, group="Back office", from_date=HIRED, **BY)
    left = services.leave_group(li_na, group="Back office", last_on=None, **BY)
    assert report(left) == ["- E001 in group Back office (was 2026-01-05..)"]
    assert periods(GroupMembership, "E001") == []
    with pytest.raises(DirectoryError, match="E001 was not in group Back office"):
        services.leave_group(li_na, group="Back office", last_on=None, **BY)


@pytest.mark.parametrize("group", ["", " ; ", "North;South"])
def test_one_group_is_joined_at_a_time(li_na: Employee, group: str) -> None:
    with pytest.raises(DirectoryError, match="a group's name is one name"):
        services.join_group(li_na, group=group, from_date=HIRED, **BY)


def test_nobody_joins_a_group_before_they_are_hired(li_na: Employee) -> None:
    with pytest.raises(DirectoryError, match="not employed on 2026-01-04"):
        services.join_group(li_na, group="Back office", from_date=date(2026, 1, 4), **BY)


def test_a_file_does_not_end_what_it_cannot_know(li_na: Employee) -> None:
    services.join_group(li_na, group="Back office", from_date=HIRED, **BY)
    services.leave_group(li_na, group="Back office", last_on=date(2026, 9, 30), **BY)
    assert report(take_in("E001,Li Na,Sales/East,li.na,2026-01-05,,Main")) == []
