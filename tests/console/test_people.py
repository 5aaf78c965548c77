"""Employees found, each with a timeline; the company as a tree; an import read before it is done."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group as Role
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.directory.models import Department, Employee, Employment
from tests.admin.scene import NOW, Scene
from tests.console.growing import cost
from tests.factories import LONG_AGO, make_department, make_employee, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def hr(client: Client, ended: Scene) -> Client:
    user = make_user()
    user.groups.add(Role.objects.get(name="HR"))
    client.force_login(user)
    return client


def numbers(client: Client, **asked: str) -> list[str]:
    rows = client.get(reverse("console:people"), asked).context["table"]["rows"]
    return [row[1] for row in rows]


def test_somebody_is_found_by_the_whole_number_or_part_of_a_name(hr: Client) -> None:
    make_employee(number="E77", name="Maria Silva")
    assert numbers(hr, who="E77") == numbers(hr, who="silva") == ["E77"]
    assert numbers(hr, who="E7") == []


def test_who_has_left_is_under_a_filter_of_its_own(hr: Client) -> None:
    gone = make_employee(number="E88", name="Gone")
    Employment.objects.filter(employee=gone).update(ends_on=NOW.date() - timedelta(days=1))
    assert (numbers(hr, who="Gone"), numbers(hr, who="Gone", show="left")) == ([], ["E88"])
    assert numbers(hr, who="Gone", show="all") == ["E88"]


def test_the_list_goes_on_by_number(hr: Client) -> None:
    for n in range(60):
        make_employee(number=f"N{n:03}")
    everybody = list(Employee.objects.order_by("number").values_list("number", flat=True))
    first = hr.get(reverse("console:people"), {"show": "all"})
    rest = numbers(hr, show="all", after=first.context["next_address"].rpartition("=")[2])
    assert [*numbers(hr, show="all"), *rest] == everybody


def test_the_timeline_has_every_dated_row_newest_first(hr: Client, ended: Scene) -> None:
    timeline = hr.get(reverse("console:employee", args=[ended.employee.pk])).context["timeline"]
    assert {each.kind for each in timeline} == {
        "Employment",
        "Department",
        "Legal entity",
        "Group",
        "Account",
    }
    assert [each.starts_on for each in timeline] == sorted(
        (each.starts_on for each in timeline), reverse=True
    )
    assert all(each.is_now for each in timeline)


def test_exclusions_and_cases_begin_at_the_employee(hr: Client, ended: Scene) -> None:
    html = hr.get(reverse("console:employee", args=[ended.employee.pk])).content.decode()
    exclude = reverse("admin:campaigns_campaign_exclude", args=[ended.provisional.pk])
    assert f"{exclude}?employee=E001" in html
    assert reverse("admin:campaigns_campaign_open_case", args=[ended.running.pk]) in html
    assert reverse("admin:campaigns_campaign_exclude", args=[ended.running.pk]) not in html


def test_the_administrator_sees_no_campaigns_there(client: Client, ended: Scene) -> None:
    user = make_user()
    user.groups.add(Role.objects.get(name="administrator"))
    client.force_login(user)
    assert client.get(reverse("console:employee", args=[ended.employee.pk])).context["contests"] == []


def test_pages_of_people_cost_the_same_at_any_size(hr: Client, ended: Scene) -> None:
    pages = [
        reverse("console:people"),
        reverse("console:employee", args=[ended.employee.pk]),
        reverse("console:company"),
    ]
    first = [cost(hr, page) for page in pages]
    top = make_department("Research")
    for n in range(5):
        make_employee(f"e{n}@company.example", department=make_department(f"Lab {n}", top))
    assert [cost(hr, page) for page in pages] == first == PINNED


PINNED = [13, 20, 15]


def test_a_department_counts_its_own_and_those_below(hr: Client) -> None:
    top = make_department("Research")
    lab = make_department("Lab", top)
    make_employee(department=top)
    make_employee(department=lab)
    gone = make_employee(department=lab)
    gone.department_memberships.update(ends_on=LONG_AGO)
    nodes = {
        each.department.path: (each.depth, each.own, each.below)
        for each in hr.get(reverse("console:company")).context["nodes"]
    }
    assert (nodes["Research"], nodes["Research / Lab"]) == ((0, 1, 2), (1, 1, 1))
    assert len(nodes) == Department.objects.count()


def test_an_import_is_read_by_kind_of_change_before_it_is_done(client: Client, ended: Scene) -> None:
    user = make_user()
    user.groups.add(Role.objects.get(name="administrator"))
    client.force_login(user)
    lines = "number,name,department,handle,hired_on,left_on\nE001,Ann,Sales,,2020-01-01,\nX1,Xu,Lab,,2026-01-05,\n"
    asked = {
        "file": SimpleUploadedFile("staff.csv", lines.encode()),
        "effective": date(2026, 11, 1).isoformat(),
        "platform": "im",
    }
    answer = client.post(reverse("admin:directory_employee_import"), asked)
    found = {each.heading: each for each in answer.context["sections"]}
    assert found["New employees"].lines == [("+", "X1 Xu, Lab, hired Jan 5, 2026")]
    assert (found["New departments"].how_many, found["New departments"].left_out) == (1, 0)
    assert not Employee.objects.filter(number="X1").exists()
