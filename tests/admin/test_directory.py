"""The directory in the admin: corrections through its services, imports with a preview, sign-ins and roles."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group as Role
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.audit.models import Entry
from apps.directory.models import CompanyDomain, Employee, Group, User
from tests.admin.scene import last_entry, page, sign_in
from tests.factories import make_department, make_employee, make_user

pytestmark = pytest.mark.django_db
HEADER = "number,name,department,handle,hired_on,left_on\n"


def upload(text: str, **other: Any) -> dict[str, Any]:
    file = SimpleUploadedFile("staff.csv", (HEADER + text).encode())
    return {"file": file, "effective": "2026-11-20", "platform": "im"} | other


def confirmed(answer: Any) -> dict[str, str]:
    return dict(answer.context["kept"])


def test_an_import_changes_nothing_before_it_is_confirmed(client: Client) -> None:
    sign_in(client, "administrator")
    address = page("directory_employee_import")
    shown = client.post(address, upload("E1,An,Sales,an@company.example,2026-01-05,\n"))
    assert "E1" in shown.content.decode()
    assert not Employee.objects.exists()
    client.post(address, confirmed(shown))
    assert str(Employee.objects.get()) == "An (E1)"
    entry = last_entry()
    assert (entry.action, entry.actor) == ("directory imported", "the-administrator")


def test_a_preview_is_confirmed_once_and_by_whoever_asked_for_it(client: Client) -> None:
    sign_in(client, "administrator")
    address = page("directory_employee_import")
    shown = client.post(address, upload("E1,An,Sales,an@company.example,2026-01-05,\n"))
    sign_in(client, "superuser")
    answer = client.post(address, confirmed(shown))
    assert "no longer there" in answer.context["form"].non_field_errors()[0]
    assert not Employee.objects.exists()


def test_a_preview_that_the_cache_lost_is_asked_for_again(client: Client) -> None:
    sign_in(client, "administrator")
    address = page("directory_employee_import")
    shown = client.post(address, upload("E1,An,Sales,an@company.example,2026-01-05,\n"))
    cache.clear()
    sign_in_again = User.objects.get(username="the-administrator")
    client.force_login(sign_in_again)
    answer = client.post(address, confirmed(shown))
    assert "upload the file again" in answer.context["form"].non_field_errors()[0]


def test_a_wrong_file_names_its_lines(client: Client) -> None:
    sign_in(client, "administrator")
    answer = client.post(
        page("directory_employee_import"), upload("E1,An,Sales,,yesterday,\n,B,,,2026-01-01,\n")
    )
    assert [str(line) for line, _problem in answer.context["table"]["rows"]] == ["2", "3"]
    assert answer.context["count"] == 2
    assert not Employee.objects.exists()


def test_a_new_employee(client: Client) -> None:
    sign_in(client, "administrator")
    hired = {
        "number": "E9",
        "name": "Bo",
        "hired_on": "2026-11-01",
        "platform": "im",
        "handle": "bo@company.example",
    }
    client.post(page("directory_employee_hire"), hired)
    employee = Employee.objects.get()
    assert employee.accounts.get().account.handle == "bo@company.example"
    assert (last_entry().action, last_entry().actor) == ("employee hired", "the-administrator")


def test_corrections_go_through_the_services(client: Client) -> None:
    sign_in(client, "administrator")
    make_department("Purchasing")
    employee = make_employee("an@company.example", number="E1")
    acts: dict[str, dict[str, str]] = {
        "rename": {"name": "An Li"},
        "move": {"from_date": "2026-11-01", "department": "Purchasing"},
        "give_account": {"platform": "im", "handle": "an2@company.example", "starts_on": "2026-11-01"},
        "end_account": {"account": "im:an2@company.example", "ends_on": "2026-11-10"},
        "join_group": {"group": "Night", "from_date": "2026-11-01"},
        "leave_group": {"group": "Night", "last_on": "2026-11-10"},
        "leave": {"left_on": "2026-11-15"},
        "rehire": {"hired_on": "2026-12-01"},
    }
    for act, data in acts.items():
        assert client.post(page(f"directory_employee_{act}", employee.pk), data).status_code == 302, act
    actions = Entry.objects.order_by("number").values_list("action", flat=True)
    assert list(actions) == [
        "employee renamed",
        "employee moved",
        "account given",
        "account ended",
        "group joined",
        "group left",
        "employee left",
        "employee rehired",
    ]
    employee.refresh_from_db()
    assert employee.name == "An Li"
    assert list(employee.employments.values_list("ends_on", flat=True)) == [date(2026, 11, 15), None]


def test_departments_and_groups_are_renamed_and_moved(client: Client) -> None:
    sign_in(client, "administrator")
    sales, group = make_department("Sales"), Group.objects.create(name="Night")
    east = make_department("East", sales)
    client.post(page("directory_department_rename", east.pk), {"name": "West"})
    client.post(page("directory_department_move", east.pk), {"parent": ""})
    answer = client.post(page("directory_group_rename", group.pk), {"name": "Late"}, follow=True)
    assert "Night is Late now." in answer.content.decode()
    east.refresh_from_db()
    group.refresh_from_db()
    assert (east.path, group.name) == ("West", "Late")
    actions = Entry.objects.order_by("number").values_list("action", flat=True)
    assert list(actions) == ["department renamed", "department moved", "group renamed"]


def test_what_a_service_refuses_is_said_in_its_words(client: Client) -> None:
    sign_in(client, "administrator")
    employee = make_employee(number="E1")
    answer = client.post(page("directory_employee_rehire", employee.pk), {"hired_on": "2026-11-01"})
    assert "was employed" in answer.context["form"].non_field_errors()[0]
    assert not Entry.objects.exists()


def test_company_domains_are_added_and_removed(client: Client) -> None:
    sign_in(client, "administrator")
    add = page("directory_companydomain_add_domain")
    assert client.post(add, {"domain": "example"}).status_code == 200
    client.post(add, {"domain": "Company.example"})
    domain = CompanyDomain.objects.get()
    assert domain.domain == "company.example"
    remove = page("directory_companydomain_remove", domain.pk)
    client.get(remove)
    assert CompanyDomain.objects.exists()
    assert client.post(remove)["Location"] == "/console/people/company/"
    assert not CompanyDomain.objects.exists()
    assert last_entry().action == "company domain removed"


def user_form(user: User, **other: Any) -> dict[str, Any]:
    return {"first_name": "", "last_name": "", "email": "", "employee": "", "is_active": "on"} | other


def test_giving_a_role_is_written_with_before_and_after(client: Client) -> None:
    sign_in(client, "administrator")
    user = make_user("ann")
    role = Role.objects.get(name="HR")
    client.post(page("directory_user_change", user.pk), user_form(user, groups=[str(role.pk)]))
    assert list(user.groups.all()) == [role]
    assert (last_entry().subject, last_entry().details) == ("user ann", {"groups": [[], ["HR"]]})


def test_nobody_gives_themselves_a_role(client: Client) -> None:
    me = sign_in(client, "administrator")
    assert me is not None
    role = Role.objects.get(name="HR")
    client.post(page("directory_user_change", me.pk), user_form(me, groups=[str(role.pk)], is_superuser="on"))
    me.refresh_from_db()
    assert [group.name for group in me.groups.all()] == ["administrator"]
    assert not me.is_superuser


def test_an_administrator_makes_no_superuser_and_touches_none(client: Client) -> None:
    sign_in(client, "administrator")
    user, root = make_user("ann"), make_user("root", is_superuser=True)
    client.post(page("directory_user_change", user.pk), user_form(user, is_superuser="on"))
    user.refresh_from_db()
    assert not user.is_superuser
    assert client.post(page("directory_user_change", root.pk), user_form(root)).status_code == 403
    assert client.get(page("auth_user_password_change", root.pk)).status_code == 403


def test_setting_a_password_is_written_without_it(client: Client) -> None:
    sign_in(client, "administrator")
    user = make_user("ann")
    secret = "quite another password 17"
    address = page("auth_user_password_change", user.pk)
    client.post(address, {"usable_password": "true", "password1": secret, "password2": secret})
    user.refresh_from_db()
    assert user.check_password(secret)
    assert (last_entry().action, last_entry().details) == ("user password set", {})


def test_a_new_sign_in_is_written_without_its_password(client: Client) -> None:
    sign_in(client, "administrator")
    secret = "quite another password 17"
    new = {"username": "ann", "usable_password": "true", "password1": secret, "password2": secret}
    client.post(page("directory_user_add"), new)
    assert User.objects.get(username="ann").check_password(secret)
    assert last_entry().details == {"username": "ann"}


def test_an_employee_is_found_by_number_or_name(client: Client) -> None:
    sign_in(client, "auditor")
    make_employee(number="E1", name="An")
    make_employee(number="E2", name="Bo")
    for term in ("E2", "bo"):
        listed = client.get(page("directory_employee_changelist"), {"q": term}).context["cl"].result_list
        assert [employee.number for employee in listed] == ["E2"]
