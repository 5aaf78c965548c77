from datetime import date
from typing import Any

import pytest

from apps.directory.models import Employee
from apps.directory.queries import departments_on, employed_on, entities_on
from tests.directory.helpers import take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> dict[str, int]:
    take_in("E1,,Sales,a,2026-01-01,2026-06-30,Main", "E2,,Lab,b,2026-06-30,,", "E1,,Lab,a,2026-08-01,,Other")
    return dict(Employee.objects.values_list("number", "pk"))


@pytest.mark.parametrize(
    ("day", "numbers"),
    [
        (date(2025, 12, 31), []),
        (date(2026, 1, 1), ["E1"]),
        (date(2026, 6, 30), ["E1", "E2"]),
        (date(2026, 7, 1), ["E2"]),
        (date(2026, 8, 1), ["E1", "E2"]),
    ],
)
def test_both_ends_of_an_employment_are_days_of_it(
    people: dict[str, int], day: date, numbers: list[str]
) -> None:
    assert [employee.number for employee in employed_on(day)] == numbers


def test_department_and_entity_are_those_of_the_day(
    people: dict[str, int], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        departments = departments_on(date(2026, 6, 30), people.values())
        entities = entities_on(date(2026, 6, 30), people.values())
        assert {pk: department.path for pk, department in departments.items()} == {
            people["E1"]: "Sales",
            people["E2"]: "Lab",
        }
        assert {pk: entity.name for pk, entity in entities.items()} == {people["E1"]: "Main"}
    assert departments_on(date(2026, 7, 1), [people["E1"]]) == {}
    assert departments_on(date(2026, 8, 1), [people["E1"]])[people["E1"]].path == "Lab"
