from datetime import date

import pytest

from apps.directory.models import Employee, Employment
from apps.directory.sql import any_of, copy_rows

pytestmark = pytest.mark.django_db


def test_any_of_is_a_list_in_one_parameter() -> None:
    for number in ("E1", "E'2", "E3"):
        Employee.objects.create(number=number, name="")
    found = Employee.objects.filter(number__in=any_of({"E1", "E'2", "E9"}, "text"))
    assert {employee.number for employee in found} == {"E1", "E'2"}
    assert not Employee.objects.filter(number__in=any_of([], "text")).exists()


def test_copied_rows_are_there_with_their_empty_values() -> None:
    employee = Employee.objects.create(number="E1", name="")
    days = [(date(2026, 1, 1), date(2026, 1, 31)), (date(2026, 3, 1), None)]
    copy_rows(Employment, ("employee_id", "starts_on", "ends_on"), ((employee.pk, *row) for row in days))
    assert list(Employment.objects.order_by("starts_on").values_list("starts_on", "ends_on")) == days
