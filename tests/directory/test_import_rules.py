from datetime import date

import pytest

from apps.audit.models import Entry
from apps.directory.models import (
    Account,
    AccountOwner,
    CompanyDomain,
    Department,
    DepartmentMembership,
    Employee,
    Employment,
    EntityMembership,
    GroupMembership,
)
from tests.directory.helpers import HEADER, directory, periods, report, take_in

pytestmark = pytest.mark.django_db
LI_NA = "E001,Li Na,Sales / East,li.na@company.example,2026-01-05,,Main"


def test_a_new_employee_is_employed_placed_and_owns_the_account_from_the_day_of_hiring() -> None:
    diff = take_in(LI_NA)
    assert report(diff) == [
        "+ department Sales",
        "+ department Sales / East",
        "+ legal entity Main",
        "+ E001 Li Na, Sales / East, Main, hired 2026-01-05",
        "+ im:li.na@company.example of E001, 2026-01-05..",
    ]
    assert periods(Employment, "E001") == ["2026-01-05.."]
    assert periods(DepartmentMembership, "E001") == ["Sales / East 2026-01-05.."]
    assert periods(EntityMembership, "E001") == ["Main 2026-01-05.."]
    assert periods(AccountOwner, "E001") == ["li.na@company.example 2026-01-05.."]
    assert Department.objects.get(path="Sales / East").parent == Department.objects.get(path="Sales")


def test_several_lines_are_several_handles() -> None:
    take_in("E001,Li Na,,li.na,2026-01-05,,", "E001,,,Na.Li,2026-01-05,,", "E001,Li Na,,NA.LI,2026-01-05,,")
    assert periods(Employment, "E001") == ["2026-01-05.."]
    assert periods(AccountOwner, "E001") == ["li.na 2026-01-05..", "na.li 2026-01-05.."]


def test_several_employments_are_a_rehire_with_its_own_department_and_handle() -> None:
    diff = take_in("E001,Li Na,Sales,li.na,2026-01-05,2026-03-31,", "E001,Li Na,Support,na.li,2026-06-01,,")
    assert periods(Employment, "E001") == ["2026-01-05..2026-03-31", "2026-06-01.."]
    assert periods(DepartmentMembership, "E001") == ["Sales 2026-01-05..2026-03-31", "Support 2026-06-01.."]
    assert periods(AccountOwner, "E001") == ["li.na 2026-01-05..2026-03-31", "na.li 2026-06-01.."]
    assert "+ E001 Li Na, Support, rehired 2026-06-01" in report(diff)


def test_empty_fields_state_nothing() -> None:
    take_in("E001,,,li.na,2026-01-05,,")
    assert directory()["employees"] == [("E001", "E001")]
    assert periods(DepartmentMembership, "E001") == periods(EntityMembership, "E001") == []
    take_in(LI_NA)
    take_in("E001,,,li.na,2026-01-05,,")
    assert directory()["employees"] == [("E001", "Li Na")]
    assert periods(DepartmentMembership, "E001") == ["Sales / East 2026-11-22.."]


def test_somebody_without_a_handle_is_employed_all_the_same() -> None:
    take_in("E001,Li Na,,,2026-01-05,,")
    assert periods(Employment, "E001") == ["2026-01-05.."]
    assert periods(AccountOwner, "E001") == []


def test_a_file_in_any_column_order_with_a_byte_order_mark_and_other_line_ends() -> None:
    take_in(
        "2026-01-05,li.na,Sales/East ,, E001 ,Li Na\r",
        "\r",
        header="\ufeffhired_on,handle, Department,left_on,number,name\r",
    )
    assert directory()["employees"] == [("E001", "Li Na")]
    assert periods(DepartmentMembership, "E001") == ["Sales / East 2026-01-05.."]


def test_optional_columns_name_platform_and_groups() -> None:
    header = f"{HEADER},platform,groups"
    diff = take_in(f"{LI_NA},wecom,sales force; newcomers;", header=header)
    assert Account.objects.get().platform == "wecom"
    assert periods(GroupMembership, "E001") == ["newcomers 2026-01-05..", "sales force 2026-01-05.."]
    assert "+ E001 in group newcomers from 2026-01-05" in report(diff)
    take_in(f"{LI_NA},wecom,pilots", header=header)
    assert periods(GroupMembership, "E001") == [
        "newcomers 2026-01-05..",
        "sales force 2026-01-05..",
        "pilots 2026-11-22..",
    ]


def test_people_and_handles_the_file_leaves_out_stay() -> None:
    take_in(LI_NA, "E001,,,na.li,2026-01-05,,", "E002,Bo,,bo,2026-01-05,,")
    before = directory()
    diff = take_in("E001,Li Na,,na.li,2026-01-05,,")
    assert report(diff) == []
    assert directory() == before


def test_an_earlier_employment_the_file_leaves_out_stays() -> None:
    take_in("E001,Li Na,Sales,li.na,2025-01-01,2025-06-30,")
    take_in("E001,Li Na,Support,li.na,2026-01-05,,")
    assert periods(Employment, "E001") == ["2025-01-01..2025-06-30", "2026-01-05.."]
    assert periods(AccountOwner, "E001") == ["li.na 2025-01-01..2025-06-30", "li.na 2026-01-05.."]


def test_a_file_that_says_what_is_known_changes_nothing_and_is_not_audited() -> None:
    take_in(LI_NA)
    entries, before = Entry.objects.count(), directory()
    assert list(take_in(LI_NA).report()) == []
    assert directory() == before
    assert Entry.objects.count() == entries


def test_an_import_is_audited_with_counts_and_without_names() -> None:
    take_in(LI_NA, "E001,,,na.li,2026-01-05,,")
    entry = Entry.objects.get()
    assert (entry.action, entry.actor, entry.subject) == ("directory imported", "hana", "directory")
    assert entry.details["lines"] == 2
    assert entry.details["changes"] == {"departments": 2, "entities": 1, "hired": 1, "account": 2}
    assert "Li Na" not in str(entry.details)


def test_another_name_is_a_rename() -> None:
    take_in(LI_NA)
    diff = take_in(LI_NA.replace("Li Na", "Li Nana"))
    assert report(diff) == ["~ E001 renamed from Li Na to Li Nana"]
    assert Employee.objects.get().name == "Li Nana"


def test_another_department_holds_from_the_effective_date() -> None:
    take_in(LI_NA)
    diff = take_in(LI_NA.replace("Sales / East", "Support"), effective=date(2026, 11, 1))
    assert periods(DepartmentMembership, "E001") == [
        "Sales / East 2026-01-05..2026-10-31",
        "Support 2026-11-01..",
    ]
    assert "~ E001 in Support from 2026-11-01 (was in Sales / East)" in report(diff)
    assert periods(EntityMembership, "E001") == ["Main 2026-01-05.."]


def test_another_department_from_before_the_hiring_holds_from_the_hiring() -> None:
    take_in(LI_NA)
    take_in(LI_NA.replace("Sales / East", "Support"), effective=date(2020, 1, 1))
    assert periods(DepartmentMembership, "E001") == ["Support 2026-01-05.."]


def test_a_later_move_stays_when_a_file_corrects_the_department_before_it() -> None:
    take_in(LI_NA)
    take_in(LI_NA.replace("Sales / East", "Support"), effective=date(2026, 12, 1))
    take_in(LI_NA.replace("Sales / East", "Lab"), effective=date(2026, 6, 1))
    assert periods(DepartmentMembership, "E001") == [
        "Sales / East 2026-01-05..2026-05-31",
        "Lab 2026-06-01..2026-11-30",
        "Support 2026-12-01..",
    ]


def test_whoever_left_before_the_effective_date_is_not_moved_and_the_diff_says_so() -> None:
    gone = "E001,Li Na,{},li.na,2026-01-05,2026-03-31,"
    take_in(gone.format("Sales"))
    diff = take_in(gone.format("Support"))
    assert report(diff) == [
        "! E001 left on 2026-03-31, before 2026-11-22, and so was not moved to Support",
    ]
    assert periods(DepartmentMembership, "E001") == ["Sales 2026-01-05..2026-03-31"]


def test_leaving_ends_what_held_until_now() -> None:
    take_in(LI_NA)
    take_in(LI_NA.replace("Sales / East", "Support"), effective=date(2026, 6, 1))
    diff = take_in("E001,Li Na,,li.na@company.example,2026-01-05,2026-11-30,")
    assert report(diff) == [
        "~ E001 left on 2026-11-30 (was employed)",
        "~ im:li.na@company.example of E001, 2026-01-05..2026-11-30 (was 2026-01-05..)",
    ]
    assert periods(DepartmentMembership, "E001") == [
        "Sales / East 2026-01-05..2026-05-31",
        "Support 2026-06-01..2026-11-30",
    ]
    assert periods(EntityMembership, "E001") == ["Main 2026-01-05..2026-11-30"]


def test_a_correction_of_both_dates_moves_what_began_and_ended_with_them() -> None:
    take_in("E001,Li Na,Sales,li.na,2026-01-05,2026-06-30,")
    diff = take_in("E001,Li Na,Sales,li.na,2026-02-01,2026-07-31,")
    assert "~ E001 hired on 2026-02-01 (was 2026-01-05), left on 2026-07-31 (was 2026-06-30)" in report(diff)
    for model, value in ((Employment, ""), (DepartmentMembership, "Sales "), (AccountOwner, "li.na ")):
        assert periods(model, "E001") == [f"{value}2026-02-01..2026-07-31"]


def test_a_correction_drops_what_lies_outside_it() -> None:
    take_in("E001,Li Na,Sales,li.na,2026-01-05,,")
    take_in("E001,Li Na,Support,li.na,2026-01-05,,", effective=date(2026, 6, 1))
    take_in("E001,Li Na,,li.na,2026-01-05,2026-03-31,")
    assert periods(DepartmentMembership, "E001") == ["Sales 2026-01-05..2026-03-31"]


def test_an_open_employment_can_turn_out_to_be_two() -> None:
    take_in("E001,Li Na,Sales,li.na,2026-01-05,,", "E001,,,old,2026-01-05,,")
    diff = take_in("E001,Li Na,,li.na,2026-01-05,2026-03-31,", "E001,,Support,li.na,2026-06-01,,")
    assert periods(Employment, "E001") == ["2026-01-05..2026-03-31", "2026-06-01.."]
    assert periods(DepartmentMembership, "E001") == ["Sales 2026-01-05..2026-03-31", "Support 2026-06-01.."]
    assert periods(AccountOwner, "E001") == [
        "li.na 2026-01-05..2026-03-31",
        "old 2026-01-05..2026-03-31",
        "li.na 2026-06-01..",
    ]
    assert report(diff)[:3] == [
        "+ department Support",
        "+ E001 Li Na, Support, rehired 2026-06-01",
        "~ E001 left on 2026-03-31 (was employed)",
    ]


def test_two_employments_can_turn_out_to_be_one() -> None:
    take_in("E001,Li Na,Sales,li.na,2026-01-05,2026-03-31,", "E001,,Support,li.na,2026-06-01,,")
    diff = take_in("E001,Li Na,Support,li.na,2026-01-05,,")
    assert periods(Employment, "E001") == ["2026-01-05.."]
    assert periods(DepartmentMembership, "E001") == ["Sales 2026-01-05..2026-05-31", "Support 2026-06-01.."]
    assert periods(AccountOwner, "E001") == ["li.na 2026-01-05..2026-05-31", "li.na 2026-06-01.."]
    assert report(diff)[0] == (
        "~ E001 employed 2026-01-05.. without a break (was 2026-01-05..2026-03-31, 2026-06-01..)"
    )


def test_an_account_goes_to_another_after_its_owner_left() -> None:
    take_in("E001,Li Na,,desk,2026-01-05,2026-03-31,", "E002,Bo,,desk,2026-04-01,,")
    assert periods(AccountOwner, "E001") == ["desk 2026-01-05..2026-03-31"]
    assert periods(AccountOwner, "E002") == ["desk 2026-04-01.."]


def test_accounts_at_a_company_domain_are_marked() -> None:
    CompanyDomain.objects.create(domain="company.example")
    take_in(LI_NA, "E001,,,na@mail.company.example,2026-01-05,,", "E001,,,na@mycompany.example,2026-01-05,,")
    marked = Account.objects.filter(is_company=True).order_by("handle").values_list("handle", flat=True)
    assert list(marked) == ["li.na@company.example", "na@mail.company.example"]


def test_a_number_may_be_an_address() -> None:
    number = "a" * 190 + "@x.example"
    take_in(f"{number},Li Na,,li.na,2026-01-05,,")
    assert Employee.objects.get().number == number


def test_left_on_the_last_day_of_the_calendar_is_still_employed() -> None:
    take_in("E001,Li Na,,li.na,2026-01-05,9999-12-31,")
    assert periods(Employment, "E001") == ["2026-01-05.."]


def test_the_number_of_queries_does_not_grow_with_the_file(django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    lines = [f"E{n:04},Name {n},Team {n % 7},handle{n},2026-01-05,,Main" for n in range(300)]
    with django_assert_max_num_queries(45):
        take_in(*lines)
    with django_assert_max_num_queries(25):
        take_in(*lines)
