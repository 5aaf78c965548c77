"""Everything that is kept about oneself, and nothing of what others said in confidence."""

import json
from datetime import timedelta
from typing import Any

import pytest

from apps.campaigns.appearance import appear_as
from apps.campaigns.models import Appearance
from apps.integrity.objections import object_to
from apps.leaderboard.looks import record_look
from tests.factories import (
    make_board,
    make_campaign,
    make_contact,
    make_department,
    make_employee,
    make_run,
    make_tie,
    make_user,
)
from tests.integrity.stories import IN_TIME, contest
from tests.leaderboard.scene import NOW, TODAY, YESTERDAY, ago, make_contest, member

pytestmark = pytest.mark.django_db


def data(browse: Any, employee: Any, slug: str) -> dict[str, Any]:
    answer = browse(member(employee)).get(f"/{slug}/me/data/")
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="my-data.json"'
    content: dict[str, Any] = json.loads(answer.content)
    return content


def test_it_says_what_is_kept_in_plain_keys(browse):
    campaign = make_campaign("100")
    me = make_employee("me@company.example", name="Me", number="E7", department=make_department("Sales"))
    contact = make_contact("nora@outside.example")
    make_tie(me, contact, sent=ago(1, 2), received=ago(3))
    make_board(campaign, make_run(campaign, {me: 4}, last_date=YESTERDAY, keep=True))
    appear_as(campaign, me, Appearance.Mode.GENERATED, now=NOW, actor="me")
    Appearance.objects.update(alias="23-27")
    record_look(make_user("hanna"), me, campaign, reason="A reason", now=NOW, address="")
    kept = data(browse, me, campaign.slug)
    assert kept["employee"] == {"number": "E7", "name": "Me"}
    assert kept["departments"] == [{"department": "Sales", "from": "2020-01-01", "to": None}]
    assert kept["accounts"] == [{"messenger": "im", "handle": "me@company.example"}]
    assert kept["contacts"] == [
        {
            "hint": contact.hint,
            "messenger": "im",
            "first_day": "2026-10-17",
            "last_day": "2026-10-19",
            "you_wrote_on": ["2026-10-18", "2026-10-19"],
            "they_wrote_on": ["2026-10-17"],
        }
    ]
    assert kept["daily_places"] == [
        {"campaign": campaign.slug, "day": "2026-10-19", "active_contacts": 4, "place": 1}
    ]
    assert kept["names_on_boards"] == [
        {"campaign": campaign.slug, "shown": "generated", "generated_name": "Quiet Otter"}
    ]
    assert [look["by"] for look in kept["looks_at_contacts"]] == ["hanna"]


def test_it_has_nothing_of_anybody_else(browse):
    contest = make_contest([9, 3])
    make_tie(contest.employees[0], make_contact("theirs@outside.example"), sent=ago(1))
    kept = data(browse, contest.employees[1], contest.campaign.slug)
    assert kept["contacts"] == []
    assert "Person 1" not in json.dumps(kept)


def test_a_place_after_the_freeze_is_not_told(browse):
    campaign = make_campaign("100", freeze_at=NOW - timedelta(days=3))
    me = make_employee()
    run = make_run(campaign, {me: 3}, last_date=TODAY - timedelta(days=4), keep=True)
    make_run(campaign, {me: 5}, last_date=YESTERDAY, keep=True)
    make_board(campaign, run, frozen=True)
    kept = data(browse, me, campaign.slug)["daily_places"]
    assert [(day["active_contacts"], day["place"]) for day in kept] == [(3, 1), (5, None)]


def test_rehearsals_are_not_told(browse):
    campaign, rehearsal, me = make_campaign("100"), make_campaign(is_rehearsal=True), make_employee()
    make_run(rehearsal, {me: 3}, last_date=YESTERDAY, keep=True)
    assert data(browse, me, campaign.slug)["daily_places"] == []


def test_who_doubts_a_place_in_confidence_is_not_told(browse):
    it = contest([3, 2, 1])
    object_to(
        it.campaign,
        it.employees[2],
        "bought accounts",
        now=IN_TIME,
        actor="the-doubter",
        place_of=it.employees[0],
    )
    theirs = json.dumps(data(browse, it.employees[0], it.campaign.slug))
    assert "bought accounts" not in theirs
    assert "the-doubter" not in theirs
    (mine,) = data(browse, it.employees[2], it.campaign.slug)["objections"]
    assert mine["text"] == "bought accounts"
    assert data(browse, it.employees[0], it.campaign.slug)["prizes"] == []  # proposed, not given
