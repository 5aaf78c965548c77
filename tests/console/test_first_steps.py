"""From an empty database to the first contest: what the page says at each step is what the database says."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.campaigns.models import Campaign
from apps.console.first_steps import are_left, first_steps
from apps.directory.models import CompanyDomain, User
from tests.factories import make_campaign, make_employee, make_user
from tests.leaderboard.scene import NOW, make_member

pytestmark = pytest.mark.django_db
PAGE = "/console/first-steps/"


def visitor(role: str = "superuser") -> Client:
    client = Client()
    client.force_login(make_user(is_superuser=True) if role == "superuser" else make_member(role))
    return client


def done() -> list[bool]:
    return [step.is_done for step in first_steps(User(is_superuser=True))]


def take_in(folder: Path, *lines: str) -> None:
    file = folder / f"{len(list(folder.iterdir()))}.csv"
    file.write_text("\n".join(["message_id,sent_at,from,to", *lines, ""]))
    call_command("import_interactions", str(file), source="test")


def test_an_empty_installation_begins_with_the_directory() -> None:
    page = visitor().get(PAGE).content.decode()
    assert done() == [False] * 4
    assert 'class="card next" id="directory"' in page
    assert page.count("card next") == 1
    assert reverse("admin:directory_employee_import") in page
    assert "python manage.py import_interactions messages.csv --source messenger" in page


def test_half_a_directory_is_not_done() -> None:
    make_employee()
    assert done()[0] is False
    assert "1 employee is in the directory." in visitor().get(PAGE).content.decode()
    CompanyDomain.objects.create(domain="company.example")
    assert done()[0] is True


def test_a_message_that_is_held_back_is_taken_in_and_does_not_count(tmp_path: Path) -> None:
    CompanyDomain.objects.create(domain="company.example")
    make_employee("ann@company.example")
    yesterday = (NOW - timedelta(days=1)).isoformat()
    take_in(tmp_path, f"1,{yesterday},nobody@company.example,ben@elsewhere.example")
    assert done() == [True, True, False, False]
    page = visitor().get(PAGE).content.decode()
    assert "Messages arrived, and none counts" in page
    assert "Held back: 1 × a company handle that nobody in the directory had on that day." in page
    take_in(tmp_path, f"2,{yesterday},ann@company.example,ben@elsewhere.example")
    assert done() == [True, True, True, False]


def test_a_draft_is_half_a_campaign_and_a_rehearsal_is_none() -> None:
    make_campaign("100", is_rehearsal=True)
    assert "No campaign yet." in visitor().get(PAGE).content.decode()
    draft = make_campaign("100", state=Campaign.State.DRAFT)
    assert "1 draft is there; employees do not see it." in visitor().get(PAGE).content.decode()
    assert done()[3] is False
    Campaign.objects.filter(pk=draft.pk).update(state=Campaign.State.SCHEDULED)
    assert done()[3] is True


def complete(folder: Path) -> None:
    CompanyDomain.objects.create(domain="company.example")
    make_employee("ann@company.example")
    take_in(folder, f"1,{(NOW - timedelta(days=1)).isoformat()},ann@company.example,ben@elsewhere.example")
    make_campaign("100")


def test_when_all_is_done_it_is_out_of_the_way_and_still_there(tmp_path: Path) -> None:
    client = visitor()
    assert are_left() is True
    assert PAGE in client.get("/console/").content.decode()
    complete(tmp_path)
    assert are_left() is False
    assert PAGE not in client.get("/console/").content.decode()
    assert "All four are done." in client.get(PAGE).content.decode()


def test_each_missing_part_keeps_it_in_the_way(tmp_path: Path) -> None:
    complete(tmp_path)
    CompanyDomain.objects.all().delete()
    assert are_left() is True


@pytest.mark.parametrize(
    ("role", "open_page", "closed"),
    [
        ("HR", "console:campaign-new", "Import employees: not for your role; ask an administrator."),
        ("administrator", "admin:directory_employee_import", "Make a draft: not for your role; ask HR."),
        ("auditor", "console:deliveries", "Make a draft: not for your role; ask HR."),
    ],
)
def test_everybody_is_led_where_their_role_may_go(role: str, open_page: str, closed: str) -> None:
    client = visitor(role)
    page = client.get(PAGE).content.decode()
    assert client.get(reverse(open_page)).status_code == 200
    assert reverse(open_page) in page
    assert closed in page


@pytest.mark.parametrize("many", [1, 30])
def test_it_costs_the_same_at_any_size(many: int) -> None:
    for n in range(many):
        CompanyDomain.objects.create(domain=f"company{n}.example")
        make_employee()
        make_campaign("100")
    client = visitor()
    client.get(PAGE)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(PAGE).status_code == 200
    assert len(captured) == 17


def test_the_first_page_of_an_official_without_campaigns_leads_there(settings: Any) -> None:
    assert f'href="{PAGE}"' in visitor().get("/?all").content.decode()
    client = Client()
    client.force_login(make_user(employee=make_employee()))
    assert PAGE not in client.get("/?all").content.decode()


EMPTY_LISTS = {
    "campaigns_campaign": "Make a draft with “New campaign”",
    "directory_employee": "one line for each handle",
    "activity_delivery": "can be withdrawn",
    "ranking_result": "hours of grace",
    "awards_award": "proposed by themselves",
}


@pytest.mark.parametrize("name", EMPTY_LISTS)
def test_a_list_without_rows_says_what_to_do(name: str) -> None:
    client, address = visitor(), reverse(f"admin:{name}_changelist")
    assert EMPTY_LISTS[name] in client.get(address).content.decode()


def test_a_search_without_results_says_that_instead() -> None:
    make_employee()
    page = (
        visitor()
        .get(reverse("admin:directory_employee_changelist") + "?q=nobody-of-this-name")
        .content.decode()
    )
    assert "Nothing found." in page
    assert EMPTY_LISTS["directory_employee"] not in page
