"""Every page and endpoint costs the same number of queries however many people and contacts there are."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import make_contact, make_tie
from tests.leaderboard.conftest import forget
from tests.leaderboard.scene import Contest, ago, give_active, make_contest, make_member, member

pytestmark = pytest.mark.django_db

# Queries of an employee and of HR (None: HR has no such page); the first one reads the session.
COSTS = {
    "/?all": (8, 6),
    "/second-factor/": (4, 4),
    "/sign-in/again/": (3, 3),
    "/{slug}/": (17, 13),
    "/{slug}/me/": (17, None),
    "/{slug}/departments/": (12, 10),
    "/{slug}/rules/": (6, 6),
    "/{slug}/me/check/": (8, None),
    "/{slug}/me/data/": (18, None),
    "/{slug}/me/name/": (8, None),
    "/{slug}/me/leave/": (7, None),
    "/{slug}/me/rejoin/": (7, None),
    "/{slug}/employees/{number}/": (None, 7),
    "/api/v1/campaigns/": (5, 5),
    "/api/v1/campaigns/{slug}/": (5, 5),
    "/api/v1/campaigns/{slug}/board/": (11, 8),
    "/api/v1/campaigns/{slug}/me/": (13, None),
    "/api/v1/campaigns/{slug}/me/contacts/": (10, None),
    "/api/v1/campaigns/{slug}/me/changes/": (10, None),
    "/api/v1/campaigns/{slug}/what-ifs/": (None, 6),
}


def make_size(people: int) -> Contest:
    contest = make_contest([*range(people + 10, 10, -1), 10, 9, 8, 7, 6])
    give_active(contest.employees[people], people)
    return contest


def queries(client: Client, url: str) -> int:
    client.get(url)  # the session and its language are there
    forget()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def signed_in(contest: Contest, role: str) -> Client:
    client = Client()
    client.force_login(make_member("HR") if role == "HR" else member(contest.employees[-3]))
    return client


@pytest.mark.parametrize("people", [3, 40])
@pytest.mark.parametrize("path", COSTS)
def test_an_address_costs_the_same_at_any_size(path: str, people: int) -> None:
    contest = make_size(people)
    url = path.format(slug=contest.campaign.slug, number=contest.employees[0].number)
    for role, cost in zip(("employee", "HR"), COSTS[path], strict=True):
        if cost is not None:
            assert (role, queries(signed_in(contest, role), url)) == (role, cost)


@pytest.mark.parametrize("people", [3, 40])
def test_a_look_at_somebodys_contacts_costs_the_same_at_any_size(people: int) -> None:
    contest = make_size(people)
    client, url = signed_in(contest, "HR"), f"{contest.url}employees/{contest.employees[people].number}/"
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.post(url, {"reason": "a reason long enough"}).status_code == 200
    assert len(captured) == 17


@pytest.mark.parametrize("people", [3, 40])
@pytest.mark.parametrize("handle", ["known@outside.example", "stranger@outside.example"])
def test_checking_a_contact_costs_the_same_at_any_size(people: int, handle: str) -> None:
    contest = make_size(people)
    me = contest.employees[people]
    make_tie(me, make_contact("known@outside.example"), sent=ago(1))
    client, url = Client(), f"/api/v1/campaigns/{contest.campaign.slug}/me/contacts/check/"
    client.force_login(member(me))
    client.get(contest.url)
    with CaptureQueriesContext(connection) as captured:
        assert client.post(url, {"handle": handle}, content_type="application/json").status_code == 200
    assert len(captured) == (12 if handle.startswith("known") else 11)


@pytest.mark.parametrize("people", [3, 40])
def test_an_unchanged_board_costs_little(people: int) -> None:
    contest = make_size(people)
    client = signed_in(contest, "employee")
    etag = client.get(contest.url)["ETag"]
    with CaptureQueriesContext(connection) as captured:
        assert client.get(contest.url, headers={"If-None-Match": etag}).status_code == 304
    assert len(captured) == 9


@pytest.mark.parametrize("people", [3, 40])
@pytest.mark.parametrize("path", ["/{slug}/", "/api/v1/campaigns/{slug}/board/"])
def test_what_is_finished_costs_the_look_at_who_asks(path: str, people: int, settings: Any) -> None:
    settings.BOARD_KEPT_SECONDS = 60
    contest = make_size(people)
    client, url = signed_in(contest, "employee"), path.format(slug=contest.campaign.slug)
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    assert len(captured) == 2  # the session and the user
