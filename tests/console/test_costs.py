"""What every page of the console asks of the database, with little and with more of everything."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.activity.models import Delivery
from apps.audit.models import Entry
from apps.console import urls
from apps.integrity.models import Case, Check, Decision, Objection
from tests.admin.scene import Scene
from tests.console.growing import add_everything
from tests.leaderboard.scene import make_member

pytestmark = pytest.mark.django_db

QUERIES = {
    "overview": 61,
    "campaign": 59,
    "costs": 21,
    "first-steps": 20,
    "campaign-new": 27,
    "campaign-from-file": 10,
    "campaign-edit": 36,
    "campaign-review": 23,
    "preview": 13,
    "campaign-file": 7,
    "inbox": 43,
    "objections": 11,
    "objection": 27,
    "decisions": 11,
    "decision": 28,
    "cases": 11,
    "case": 18,
    "checks": 12,
    "check": 18,
    "approvals": 11,
    "deadlines": 11,
    "deliveries": 11,
    "delivery": 12,
    "sources": 12,
    "held": 12,
    "people": 12,
    "employee": 19,
    "company": 14,
    "awards": 11,
    "campaign-awards": 18,
    "log": 13,
    "log-entry": 11,
}


def address(name: str, scene: Scene) -> str:
    """Of the running campaign where it may still change, else of the one that has ended."""
    things = {
        "objection": Objection,
        "decision": Decision,
        "case": Case,
        "check": Check,
        "delivery": Delivery,
    }
    values = {
        "slug": "running" if name in {"campaign-edit", "preview", "costs"} else "provisional",
        "number": Entry.objects.order_by("number").values_list("number", flat=True)[0],
        "key": scene.employee.pk,
    }
    if name in things:
        values["key"] = things[name].objects.order_by("pk").values_list("pk", flat=True)[0]  # type: ignore[attr-defined]
    pattern = next(pattern for pattern in urls.urlpatterns if pattern.name == name)
    return reverse(f"console:{name}", kwargs={key: values[key] for key in pattern.pattern.converters})


def cost(client: Client, page: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page).status_code == 200
    return len(queries)


def test_every_page_has_its_cost() -> None:
    assert set(QUERIES) == {pattern.name for pattern in urls.urlpatterns}


@pytest.mark.parametrize("name", QUERIES)
def test_a_page_costs_the_same_however_much_there_is(name: str, ended: Scene, client: Client) -> None:
    client.force_login(make_member("HR"))
    page = address(name, ended)
    add_everything(ended, 1)
    cost(client, page)  # what a process asks once
    first = cost(client, page)
    add_everything(ended, 4)
    assert (first, cost(client, page)) == (QUERIES[name], QUERIES[name])
