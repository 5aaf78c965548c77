"""The auditor's view of the log: filtered, as a file, and with the address of acts in the administration."""

import csv
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings

from apps.audit.address import AddressOfAdministration, current_address
from apps.audit.models import Entry
from apps.audit.services import record, verify
from tests.factories import make_user

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 4, tzinfo=UTC)


def write(action: str, actor: str = "ana", **details: Any) -> None:
    with transaction.atomic():
        record(action, actor=actor, subject="campaign year-end", at=AT, details=details)


@pytest.fixture
def auditor(client: Client) -> Client:
    user = make_user("reader")
    user.groups.add(Group.objects.get(name="auditor"))
    client.force_login(user)
    return client


def exported(client: Client, question: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/admin/audit/entry/export/{question}")
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(StringIO(text)))


def test_the_file_has_what_the_list_shows_oldest_first(auditor: Client) -> None:
    write("campaign changed", reason="a later start")
    write("decision proposed", actor="bo")
    write("decision confirmed")
    rows = exported(auditor, "?about=decision")
    assert [(row["number"], row["action"], row["actor"]) for row in rows] == [
        ("2", "decision proposed", "bo"),
        ("3", "decision confirmed", "ana"),
    ]
    assert [row["number"] for row in exported(auditor, "?q=bo")] == ["2"]
    everything = exported(auditor)
    assert everything[0]["details"] == '{"reason":"a later start"}'
    assert everything[0]["hash"] == Entry.objects.get(number=1).hash


def test_cells_that_look_like_formulas_are_harmless(auditor: Client) -> None:
    write("user added", actor='=HYPERLINK("http://bad")')
    write("user added", actor="\N{FULLWIDTH EQUALS SIGN}1+1")
    assert [row["actor"][:2] for row in exported(auditor)[:2]] == ["'=", "'\N{FULLWIDTH EQUALS SIGN}"]


def test_taking_the_file_is_in_the_log_with_address_and_filter(auditor: Client) -> None:
    write("campaign changed")
    exported(auditor, "?about=campaign")
    last = Entry.objects.latest("number")
    assert (last.action, last.actor, last.address) == ("log exported", "reader", "127.0.0.1")
    assert last.details == {"about": "campaign"}
    assert verify().problem == ""


def test_the_list_is_narrowed_and_its_button_takes_the_same(auditor: Client) -> None:
    write("campaign changed")
    write("award proposed")
    page = auditor.get("/admin/audit/entry/?about=award")
    assert [entry.action for entry in page.context["cl"].result_list] == ["award proposed"]
    assert "/admin/audit/entry/export/?about=award" in page.content.decode()


def test_who_may_not_read_the_log_gets_no_file(client: Client) -> None:
    client.force_login(make_user())
    assert client.get("/admin/audit/entry/export/", follow=True).status_code == 403
    assert not Entry.objects.filter(action="log exported").exists()


@pytest.mark.parametrize(
    ("https", "said", "kept"),
    [(True, "1.2.3.4, 10.0.0.7", "10.0.0.7"), (True, "", "127.0.0.1"), (False, "1.2.3.4", "127.0.0.1")],
)
def test_only_a_proxy_is_believed_about_addresses(auditor: Client, https: bool, said: str, kept: str) -> None:
    with override_settings(HTTPS=https):
        auditor.get("/admin/audit/entry/export/", headers={"X-Forwarded-For": said})
    assert Entry.objects.latest("number").address == kept


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/admin/audit/entry/", "127.0.0.1"),
        ("/console/inbox/", "127.0.0.1"),
        ("/", ""),
        ("/year-end/me/", ""),
    ],
)
def test_acts_in_console_and_records_keep_their_address(path: str, kept: str, rf: RequestFactory) -> None:
    seen = AddressOfAdministration(lambda _request: HttpResponse(current_address()))(rf.get(path))
    assert seen.content.decode() == kept
    assert current_address() == ""


def test_acts_of_employees_and_jobs_keep_no_address() -> None:
    write("contest left")
    assert Entry.objects.get().address == ""
