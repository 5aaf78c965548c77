"""The API about oneself answers what one's own pages show, and nothing about anybody else."""

import logging
import re
from datetime import timedelta

import pytest
from django.test import Client

from apps.activity.models import ContactFact
from apps.campaigns.models import Campaign
from tests.factories import make_contact, make_tie
from tests.leaderboard.scene import (
    NOW,
    TODAY,
    YESTERDAY,
    ago,
    give_active,
    make_changes,
    make_contest,
    member,
)

pytestmark = pytest.mark.django_db
HANDLE = "Canary.Finch@outside.example"


@pytest.fixture
def contest():
    return make_contest([9, 3])


def url(contest, path=""):
    return f"/api/v1/campaigns/{contest.campaign.slug}/me/{path}"


def read(browse, contest, path="", who=0):
    response = browse(member(contest.employees[who])).get(url(contest, path))
    assert response.status_code == 200
    return response.json()


def check(client, contest, **asked):
    return client.post(url(contest, "contacts/check/"), asked, content_type="application/json")


def set_aside(contact):
    ContactFact.objects.create(
        contact_id=contact.pk, kind="not_counted", reason="r", recorded_at=NOW, recorded_by="hr"
    )


def test_me_has_my_row_neighbours_and_targets(browse):
    contest = make_contest([9, 8, 7, 6], public_places=2)
    give_active(contest.employees[2], 1)
    me = read(browse, contest, who=2)
    assert (me["place"]["rank"], me["place"]["conversation_days"]) == (3, 14)
    assert me["next_place"] == {"place": 2, "more": 1}
    assert (me["stage"], me["live_active_contacts"]) == ("live", 1)


def test_neighbours_beyond_the_public_places_are_a_rank_and_a_count(browse):
    me = read(browse, make_contest([9, 8, 7, 6], public_places=2), who=2)
    assert [(p["rank"], p["name"]) for p in me["around"]] == [
        (1, "Person 1"),
        (2, "Person 2"),
        (3, "Person 3"),
        (4, None),
    ]
    assert me["around"][3] == {
        "rank": 4,
        "is_shared": False,
        "number": None,
        "name": None,
        "department": None,
        "active_contacts": 6,
        "conversation_days": None,
        "movement": None,
    }
    assert (me["around"][0]["number"], me["around"][0]["conversation_days"]) == (None, None)


@pytest.mark.parametrize(
    ("fields", "stage"),
    [
        ({"starts_at": NOW + timedelta(days=1), "state": Campaign.State.SCHEDULED}, "ahead"),
        ({"deadline": NOW}, "settling"),
        ({"deadline": NOW, "state": Campaign.State.PROVISIONAL}, "sealed"),
        ({"state": Campaign.State.VOID, "void_reason": "lost"}, "called_off"),
    ],
)
def test_only_a_running_contest_has_changes_and_a_sure_score(browse, fields, stage):
    contest = make_contest([9, 3], **fields)
    make_tie(contest.employees[0], make_contact(), sent=ago(0, 2), received=ago(1, 2))
    me = read(browse, contest)
    assert (me["stage"], me["sure_at_deadline"]) == (stage, None)
    assert read(browse, contest, "changes/") == {"since": None, "gained": [], "lost": []}


def test_when_it_is_over_there_is_nothing_to_reach(browse):
    contest = make_contest([9, 3], deadline=NOW)
    me = read(browse, contest, who=1)
    assert (me["next_place"], me["next_prize"]) == (None, None)


def test_my_contacts_have_hints_states_and_days(browse, contest):
    contact = make_contact()
    make_tie(contest.employees[0], contact, sent=ago(1, 2), received=ago(3))
    assert read(browse, contest, "contacts/")["contacts"] == [
        {
            "hint": contact.hint,
            "platform": "im",
            "state": "nearly",
            "lapses_on": None,
            "why": ["They need to write on one more day."],
            "sent_on": [(TODAY - timedelta(days=n)).isoformat() for n in (2, 1)],
            "received_on": [(TODAY - timedelta(days=3)).isoformat()],
        }
    ]


def test_of_who_has_left_nothing_lapses_or_is_near(browse, contest):
    me = contest.employees[0]
    make_tie(me, make_contact(), sent=ago(28, 1), received=ago(28, 2))
    make_tie(me, make_contact(), sent=ago(1, 2), received=ago(3))
    assert {each["state"] for each in read(browse, contest, "contacts/")["contacts"]} == {
        "lapses_soon",
        "nearly",
    }
    contest.campaign.opt_outs.create(employee=me, left_at=NOW)
    assert {each["state"] for each in read(browse, contest, "contacts/")["contacts"]} == {"counts", "not"}


def test_what_came_and_went_is_told_with_its_reason(browse, contest):
    new, gone, hired = make_changes(contest.employees[0])
    changes = read(browse, contest, "changes/")
    assert changes["since"] == YESTERDAY.isoformat()
    assert changes["gained"] == [
        {"hint": new.hint, "platform": "im", "reason": "enough_days", "sentence": "Enough days now."}
    ]
    lost = {change["hint"]: (change["reason"], change["sentence"]) for change in changes["lost"]}
    assert lost == {
        gone.hint: ("lapsed", "Days left the window and no new ones came."),
        hired.hint: ("left_out", "Counts as a colleague."),
    }
    assert read(browse, contest, "changes/", who=1) == {
        "since": YESTERDAY.isoformat(),
        "gained": [],
        "lost": [],
    }


@pytest.mark.parametrize(
    ("received", "state", "why"),
    [
        (ago(3, 4), "counts", []),
        (ago(3), "nearly", ["They need to write on one more day."]),
        ([], "not", ["They need to write on 2 more days."]),
        (ago(3, 4, 5, 6), "not", ["HR has set this contact aside."]),
    ],
)
def test_a_checked_contact_counts_or_nearly_does_or_says_why_not(browse, contest, received, state, why):
    contact = make_contact(HANDLE)
    make_tie(contest.employees[0], contact, sent=ago(1, 2, 5), received=received)
    if "HR" in "".join(why):
        set_aside(contact)
    client = browse(member(contest.employees[0]))
    checked = check(client, contest, handle=f" {HANDLE.upper()} ").json()["contact"]
    assert (checked["hint"], checked["state"], checked["why"]) == (contact.hint, state, why)
    page = client.post(f"{contest.url}me/check/", {"handle": HANDLE, "platform": "im"}).content.decode()
    said = re.findall(r'<p class="missing">(.*?)</p>', page)
    assert (f"contact-{state}" in page, said) == (True, why)


def test_somebody_elses_contact_answers_as_a_stranger_does(browse, contest):
    make_tie(contest.employees[0], make_contact(HANDLE), sent=ago(1, 2), received=ago(3, 4))
    client = browse(member(contest.employees[1]))
    answers = [check(client, contest, handle=handle) for handle in (HANDLE, "nobody@outside.example")]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"contact": None})] * 2


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "handle"),
        ({"handle": "  "}, "handle"),
        ({"handle": "a\0b"}, "handle"),
        ({"handle": "x" * 5000}, "handle"),
        ({"handle": ["a@b.example"]}, "handle"),
        ({"handle": HANDLE, "platform": "pigeon"}, "platform"),
    ],
)
def test_what_cannot_be_checked_is_refused_in_words(browse, contest, asked, field):
    response = check(browse(member(contest.employees[0])), contest, **asked)
    assert response.status_code == 400
    assert all(response.json()[field])


def test_the_checked_handle_is_in_no_log_and_no_answer(browse, contest, caplog, capfd):
    make_tie(contest.employees[0], make_contact(HANDLE), sent=ago(1))
    with caplog.at_level(logging.DEBUG):
        response = check(browse(member(contest.employees[0])), contest, handle=HANDLE)
    written = caplog.text + "".join(capfd.readouterr()) + response.content.decode() + str(response.headers)
    assert "finch" not in written.lower()


def test_a_check_needs_a_token_of_this_site(contest):
    client = Client(enforce_csrf_checks=True)
    client.force_login(member(contest.employees[0]))
    assert check(client, contest, handle=HANDLE).status_code == 403


@pytest.mark.parametrize("path", ["", "contacts/", "changes/"])
def test_answers_about_oneself_are_kept_nowhere(browse, contest, path):
    response = browse(member(contest.employees[0])).get(url(contest, path))
    assert "no-store" in response.headers["Cache-Control"]
