"""The audit log as people read it: found by person, thing, act and day; each entry as before and after."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.audit.models import Entry
from apps.audit.services import record
from apps.console.log.words import changes_of, facts_of
from tests.admin.scene import NOW
from tests.factories import make_user

pytestmark = pytest.mark.django_db
LOG = "/console/log/"


def write(action: str, *, actor: str = "ana", days_ago: int = 0, **details: object) -> Entry:
    with transaction.atomic():
        at = NOW - timedelta(days=days_ago)
        return record(action, actor=actor, subject="campaign year-end", at=at, details=details)


@pytest.fixture
def auditor(client: Client) -> Client:
    user = make_user("reader")
    user.groups.add(Group.objects.get(name="auditor"))
    client.force_login(user)
    return client


def acts(client: Client, **asked: str) -> list[str]:
    return [row[3] for row in client.get(LOG, asked).context["table"].rows]


def test_a_change_is_before_and_after_and_the_rest_are_facts() -> None:
    entry = write("campaign changed", state="draft", changes={"grace_hours": [72, 24]}, none=[])
    assert [tuple(each) for each in changes_of(entry)] == [("grace_hours", "72", "24")]
    assert facts_of(entry) == [("state", "draft")]
    moved = write("deadline moved", before="2026-12-01", deadline="2026-12-15", reason="x")
    assert [tuple(each) for each in changes_of(moved)] == [("deadline", "2026-12-01", "2026-12-15")]
    assert facts_of(moved) == [("reason", "x")]


def test_two_contacts_of_an_act_are_no_change() -> None:
    entry = write("decision proposed", contacts=["1", "2"])
    assert (changes_of(entry), facts_of(entry)) == ([], [("contacts", "1, 2")])


def test_entries_are_found_by_person_act_and_day(auditor: Client) -> None:
    write("case opened", actor="bo", days_ago=3)
    write("decision proposed", days_ago=1)
    day = f"{NOW - timedelta(days=1):%Y-%m-%d}"
    assert acts(auditor, actor="bo") == ["case opened"]
    assert acts(auditor, about="decision") == ["decision proposed"]
    assert acts(auditor, since=day, until=day) == ["decision proposed"]
    assert acts(auditor, subject="campaign another") == []


def test_the_export_is_of_what_is_shown(auditor: Client) -> None:
    write("case opened", actor="bo")
    write("decision proposed")
    address = auditor.get(LOG, {"actor": "bo", "since": f"{NOW:%Y-%m-%d}"}).context["export_address"]
    text = b"".join(auditor.get(address).streaming_content).decode()  # type: ignore[attr-defined]
    assert "case opened" in text
    assert "decision proposed" not in text


def test_the_log_costs_the_same_at_any_size(auditor: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert auditor.get(reverse("console:log")).status_code == 200
        return len(queries)

    write("case opened")
    first = cost()
    for _n in range(60):
        write("case opened")
    assert cost() == first
