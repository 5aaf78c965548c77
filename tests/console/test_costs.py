"""What every page of the console asks of the database, with little and with more of everything."""

import pytest
from django.test import Client

from tests.admin.scene import Scene
from tests.console.addresses import NAMES, console_page
from tests.console.growing import add_everything, cost
from tests.leaderboard.scene import make_member

pytestmark = pytest.mark.django_db

QUERIES = {
    "overview": 36,
    "campaign": 62,
    "costs": 23,
    "first-steps": 21,
    "campaign-new": 29,
    "campaign-from-file": 11,
    "campaign-edit": 36,
    "campaign-review": 23,
    "preview": 14,
    "campaign-file": 7,
    "evidence": 16,
    "inbox": 18,
    "objections": 12,
    "objection": 28,
    "decisions": 12,
    "decision": 30,
    "cases": 12,
    "case": 20,
    "checks": 13,
    "check": 19,
    "approvals": 12,
    "deadlines": 12,
    "deliveries": 12,
    "delivery": 13,
    "uploads": 13,
    "upload-new": 7,
    "upload": 17,
    "sources": 13,
    "held": 14,
    "people": 13,
    "employee": 20,
    "company": 15,
    "awards": 12,
    "campaign-awards": 19,
    "log": 15,
    "log-entry": 12,
}


def test_every_page_has_its_cost() -> None:
    assert set(QUERIES) == set(NAMES)


@pytest.mark.parametrize("name", QUERIES)
def test_a_page_costs_the_same_however_much_there_is(name: str, ended: Scene, client: Client) -> None:
    client.force_login(make_member("administrator" if name == "upload-new" else "HR"))
    add_everything(ended, 1)
    page = console_page(name, running="running", ended="provisional", employee=ended.employee)
    cost(client, page)  # what a process asks once
    first = cost(client, page)
    add_everything(ended, 4)
    assert (first, cost(client, page)) == (QUERIES[name], QUERIES[name])
