"""The API answers what the pages show, to whom they show it."""

from io import StringIO

import pytest
from django.core.management import call_command

from tests.factories import make_board, make_campaign, make_employee, make_run
from tests.leaderboard.scene import NOW, TODAY, YESTERDAY, make_contest, make_member

pytestmark = pytest.mark.django_db


def api(campaign, path=""):
    return f"/api/v1/campaigns/{campaign.slug}/{path}"


def test_a_campaign_comes_with_prizes_rule_and_words(browse):
    campaign = make_campaign("100000", slug="year-end")
    client = browse(make_member())
    (listed,) = client.get("/api/v1/campaigns/").json()
    assert listed["prizes"] == [{"division": "", "place": 1, "net_amount": "100000.00", "currency": "CNY"}]
    assert listed["divisions"] == []
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


def test_employees_read_of_others_what_the_page_shows(browse):
    contest = make_contest([9, 9, 7], prizes=["100"])
    url = api(contest.campaign, "board/")
    employee, official = (browse(make_member(*groups)).get(url).json()["places"] for groups in ((), ("HR",)))
    assert [(p["number"], p["conversation_days"]) for p in employee] == [(None, 18), (None, 18), (None, None)]
    numbers = [employee.number for employee in contest.employees]
    assert [(p["number"], p["conversation_days"]) for p in official] == list(
        zip(numbers, [18, 18, 14], strict=True)
    )


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


def test_before_the_first_ranking_the_board_is_empty(browse):
    campaign = make_campaign(starts_at=NOW)
    assert browse(make_member()).get(api(campaign, "board/")).json()["run"] is None


def test_the_schema_names_every_endpoint(browse):
    schema = browse(make_member()).get("/api/v1/schema/?format=json").json()
    operations = {method["operationId"] for path in schema["paths"].values() for method in path.values()}
    assert operations == {
        "campaigns",
        "campaign",
        "board",
        "me",
        "my_contacts",
        "my_changes",
        "check_contact",
        "what_ifs",
    }


def test_the_schema_is_complete():
    written = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=written)
    assert "/api/v1/campaigns/{slug}/me/changes/" in written.getvalue()
