import pytest

from apps.directory.importing import import_employees
from apps.directory.models import AccountOwner, Employee
from apps.directory.records import DirectoryError
from apps.directory.services import end_account, give_account
from tests.directory.helpers import HEADER, NOW, TODAY, csv, directory, periods, refused, take_in

pytestmark = pytest.mark.django_db
GOOD = "E009,Good,,good,2026-01-05,,"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (",Li Na,,li.na,2026-01-05,,", "the number is empty"),
        ("E001,Li Na,,li.na,,,", "hired_on is empty"),
        ("E001,Li Na,,li.na,5.1.2026,,", "hired_on is “5.1.2026”, not a date such as 2026-01-31"),
        ("E001,Li Na,,li.na,20260105,,", "hired_on is “20260105”, not a date such as 2026-01-31"),
        ("E001,Li Na,,li.na,2026-W01-1,,", "hired_on is “2026-W01-1”, not a date such as 2026-01-31"),
        (
            "E001,Li Na,,li.na,2026-01-05,2026-02-30,",
            "left_on is “2026-02-30”, not a date such as 2026-01-31",
        ),
        ("E001,Li Na,,li.na,2026-01-05,2026-01-04,", "left on 2026-01-04, before hired on 2026-01-05"),
        (f"{'E' * 201},Li Na,,li.na,2026-01-05,,", "number is longer than 200 characters"),
        (f"E001,{'娜' * 201},,li.na,2026-01-05,,", "name is longer than 200 characters"),
        (f"E001,Li Na,,{'l' * 321},2026-01-05,,", "the handle is longer than 320 characters"),
        (f"E001,Li Na,{'d' * 201},li.na,2026-01-05,,", "department has a name longer than 200 characters"),
        (f"E001,Li Na,{'d/' * 450}d,li.na,2026-01-05,,", "department is longer than 800 characters"),
        (f"E001,Li Na,,li.na,2026-01-05,,{'e' * 201}", "entity is longer than 200 characters"),
        (
            "E001,Li Na,Sales//East,li.na,2026-01-05,,",
            "department “Sales//East” has an empty name between its “/”",
        ),
        ("E001,Li\x07Na,,li.na,2026-01-05,,", "name holds a control character"),
        ("E001,Li Na,,li\0na,2026-01-05,,", "handle holds a control character"),
        ("E001,Li Na,,li.na,2026-01-05", "has 5 fields, the header has 7"),
        ("E001,Li Na,,li.na,2026-01-05,,,,", "has 9 fields, the header has 7"),
    ],
)
def test_a_wrong_line_is_told_with_its_number(line: str, text: str) -> None:
    assert refused(GOOD, line) == [(3, text)]


def test_a_path_too_long_once_joined_is_refused() -> None:
    assert refused(f"E001,Li Na,{'d/' * 399}d,li.na,2026-01-05,,") == [
        (2, "department is longer than 800 characters")
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("we chat,", "the platform “we chat” is not 1 to 40 letters, digits, dots or dashes"),
        (f"{'p' * 41},", "platform is longer than 40 characters"),
        (f",{'g' * 201}", "groups has a name longer than 200 characters"),
        (",a;;b", "groups “a;;b” has an empty name between its “;”"),
    ],
)
def test_wrong_optional_fields_are_told(value: str, text: str) -> None:
    line = f"E001,Li Na,,li.na,2026-01-05,,,{value}"
    assert refused(line, header=f"{HEADER},platform,groups") == [(2, text)]


def test_every_wrong_line_is_told_at_once_in_the_order_of_the_file() -> None:
    problems = refused(
        "E001,Li Na,,li.na,2026-01-05,,",
        "E002,Bo,,bo,never,,",
        "E001,Li Nana,,na.li,2026-01-05,,",
        "E003,Cy,,li.na,2026-02-01,,",
    )
    assert problems == [
        (3, "hired_on is “never”, not a date such as 2026-01-31"),
        (4, "employee E001 is called Li Nana here and Li Na on an earlier line"),
        (5, "account im:li.na would be E001's (2026-01-05..) and E003's (2026-02-01..)"),
    ]


def test_one_employment_in_two_departments_is_refused() -> None:
    assert refused("E001,Li Na,Sales,a,2026-01-05,,", "E001,,Lab,b,2026-01-05,,") == [
        (3, "employee E001 has the department Lab here and Sales on an earlier line")
    ]


def test_one_employment_in_two_entities_is_refused() -> None:
    assert refused("E001,Li Na,,a,2026-01-05,,One", "E001,,,b,2026-01-05,,Two") == [
        (3, "employee E001 has the entity Two here and One on an earlier line")
    ]


def test_overlapping_employments_of_one_person_are_refused() -> None:
    assert refused("E001,Li Na,,a,2026-06-01,,", "E001,,,b,2026-01-05,2026-06-01,") == [
        (
            3,
            "employee E001 has overlapping employments: 2026-01-05..2026-06-01, and 2026-06-01.. on line 2",
        )
    ]


def test_an_account_that_somebody_else_has_in_the_directory_is_refused() -> None:
    take_in("E001,Li Na,,li.na,2026-01-05,2026-06-30,")
    assert refused(GOOD, "E002,Bo,,LI.NA,2026-06-30,,") == [
        (3, "account im:li.na would be E001's (2026-01-05..2026-06-30) and E002's (2026-06-30..)")
    ]


def test_an_account_that_a_longer_employment_would_keep_from_its_next_owner_is_refused() -> None:
    take_in("E001,Li Na,,desk,2026-01-05,2026-03-31,", "E002,Bo,,desk,2026-04-01,,")
    assert refused("E001,Li Na,,,2026-01-05,2026-04-30,") == [
        (2, "account im:desk would be E001's (2026-01-05..2026-04-30) and E002's (2026-04-01..)")
    ]


def test_an_account_handed_over_by_hand_survives_the_next_file() -> None:
    take_in("E001,Li Na,,desk,2026-01-05,,", "E002,Bo,,bo,2026-01-05,,")
    first, second = Employee.objects.order_by("number")
    end_account(first, platform="im", handle="desk", ends_on=TODAY, actor="hana", now=NOW)
    give_account(second, platform="im", handle="desk", starts_on=TODAY.replace(day=23), actor="hana", now=NOW)
    before = directory()
    take_in("E001,Li Na,,desk,2026-01-05,,", "E002,Bo,,bo,2026-01-05,,", "E002,Bo,,desk,2026-01-05,,")
    assert directory() == before
    assert periods(AccountOwner, "E002") == ["bo 2026-01-05..", "desk 2026-11-23.."]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "The file is empty; its first line must name the columns."),
        (b"\n\n", "The file is empty; its first line must name the columns."),
        (
            b"number;name;department;handle;hired_on;left_on\n",
            "The columns must be separated by commas; save the file as CSV with commas.",
        ),
        (
            b"number,name,department,handle,hired_on,left_on,salary,age\n",
            "The file has unknown columns: 'salary', 'age'; known are "
            "number, name, department, handle, hired_on, left_on, entity, platform, groups.",
        ),
        (
            b"number,department,handle,hired_on\n",
            "The file lacks columns: name, left_on; known are "
            "number, name, department, handle, hired_on, left_on, entity, platform, groups.",
        ),
        (
            b"number,name,name,department,handle,hired_on,left_on\n",
            "The file has columns twice: name; known are "
            "number, name, department, handle, hired_on, left_on, entity, platform, groups.",
        ),
        (
            csv(GOOD, "E001,L\xed").replace("\xed".encode(), b"\xed"),
            "is not UTF-8; save the file as “CSV UTF-8”",
        ),
        ("number".encode("utf-16"), "is not UTF-8; save the file as “CSV UTF-8”"),
        (csv('E001,"Li Na,,li.na,2026-01-05,,'), "is not CSV (unexpected end of data)"),
        (csv('E001,"Li" Na,,li.na,2026-01-05,,'), "is not CSV (',' expected after '\"')"),
        (
            b"PK\x03\x04 whatever\n",
            "The file has unknown columns: 'pk\\x03\\x04 whatever'; known are "
            "number, name, department, handle, hired_on, left_on, entity, platform, groups.",
        ),
    ],
)
def test_a_file_that_is_no_such_csv_is_refused_as_a_whole(content: bytes, text: str) -> None:
    with pytest.raises(DirectoryError) as caught:
        import_employees(content, platform="im", effective=TODAY, actor="hana", now=NOW)
    assert str(caught.value) == text
    assert not Employee.objects.exists()


def test_the_line_of_broken_text_is_told() -> None:
    with pytest.raises(DirectoryError) as caught:
        import_employees(csv(GOOD) + b"\xff", platform="im", effective=TODAY, actor="hana", now=NOW)
    assert caught.value.problems[0].line == 3


def test_lines_are_counted_as_an_editor_does() -> None:
    assert [line for line, _text in refused('E001,"Li\nNa",,a,2026-01-05,,', "", "E002,,,b,x,,")] == [2, 5]
