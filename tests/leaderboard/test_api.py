"""The API answers what the pages show, to whom they show it."""

from datetime import timedelta

import pytest

from tests.factories import make_board, make_campaign, make_contact, make_employee, make_run, make_tie
from tests.leaderboard.scene import NOW, TODAY, YESTERDAY, ago, give_active, make_contest, make_member

pytestmark = pytest.mark.django_db


def api(campaign, path=""):
    return f"/api/v1/campaigns/{campaign.slug}/{path}"


def test_a_campaign_comes_with_prizes_rule_and_words(browse):
    campaign = make_campaign("100000", slug="year-end")
    client = browse(make_member())
    (listed,) = client.get("/api/v1/campaigns/").json()
    assert listed["prizes"] == [{"place": 1, "net_amount": "100000.00", "currency": "CNY"}]
    detail = client.get(api(campaign)).json()
    assert (detail["slug"], detail["name"]) == ("year-end", campaign.name["en"])
    assert detail["rule"]["min_active_days"] == 3
    assert "you wrote on at least 2 days" in detail["rule_in_words"][0]


def test_the_board_has_the_public_places_alone(browse):
    contest = make_contest([9, 8, 7], public_places=2)
    url = api(contest.campaign, "board/")
    board = browse(make_member()).get(url).json()
    assert [(p["rank"], p["name"], p["active_contacts"]) for p in board["places"]] == [
        (1, "Person 1", 9),
        (2, "Person 2", 8),
    ]
    assert (board["audience"], board["frozen"], board["after"]) == ("public", False, None)
    assert len(browse(make_member("auditor")).get(url).json()["places"]) == 3


def test_employees_get_the_frozen_places_even_when_they_ask_for_live_ones(browse):
    campaign, one, two = make_campaign(), make_employee(), make_employee()
    live = make_run(campaign, {two: 5}, last_date=TODAY)
    make_board(campaign, make_run(campaign, {one: 9}, last_date=YESTERDAY), live, frozen=True)
    url = api(campaign, "board/?view=live")
    assert [p["name"] for p in browse(make_member()).get(url).json()["places"]] == [one.name]
    assert [p["name"] for p in browse(make_member("HR")).get(url).json()["places"]] == [two.name]


def test_an_unchanged_board_is_not_sent_again(browse):
    contest = make_contest([9])
    client, url = browse(make_member()), api(contest.campaign, "board/")
    etag = client.get(url)["ETag"]
    again = client.get(url, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    contest.campaign.board.public_run = make_run(contest.campaign, {}, last_date=TODAY)
    contest.campaign.board.save()
    assert client.get(url, headers={"If-None-Match": etag}).status_code == 200


def test_me_has_my_row_neighbours_and_targets_with_names_inside_the_public_places_only(browse):
    contest = make_contest([9, 8, 7, 6], public_places=2)
    give_active(contest.employees[2], 1)
    me = browse(make_member(employee=contest.employees[2])).get(api(contest.campaign, "me/")).json()
    assert me["place"]["rank"] == 3
    assert [p["name"] for p in me["around"]] == ["Person 1", "Person 2", "Person 3", None]
    assert me["next_place"] == {"place": 2, "more": 1}
    assert me["live_active_contacts"] == 1


def test_my_contacts_have_hints_states_and_days(browse):
    contest, contact = make_contest([9]), make_contact()
    make_tie(contest.employees[0], contact, sent=ago(1, 2), received=ago(3))
    url = api(contest.campaign, "me/contacts/")
    answer = browse(make_member(employee=contest.employees[0])).get(url).json()
    assert answer["contacts"] == [
        {
            "hint": contact.hint,
            "platform": "im",
            "state": "nearly",
            "lapses_on": None,
            "missing": ["They need to write on one more day."],
            "sent_on": [(TODAY - timedelta(days=n)).isoformat() for n in (2, 1)],
            "received_on": [(TODAY - timedelta(days=3)).isoformat()],
        }
    ]


def test_before_the_first_ranking_the_board_is_empty(browse):
    campaign = make_campaign(starts_at=NOW)
    assert browse(make_member()).get(api(campaign, "board/")).json()["run"] is None


def test_the_schema_names_every_endpoint(browse):
    schema = browse(make_member()).get("/api/v1/schema/?format=json").json()
    operations = {get["get"]["operationId"] for get in schema["paths"].values()}
    assert operations == {"campaigns", "campaign", "board", "me", "my_contacts"}
