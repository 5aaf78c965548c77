"""Checking one handle: only one's own tie, and no trace of the handle."""

import logging

import pytest
from django.test import Client

from apps.audit.models import Entry
from tests.factories import make_contact, make_tie
from tests.leaderboard.scene import ago, make_contest, make_member, member

pytestmark = pytest.mark.django_db
HANDLE = "Canary.Finch@outside.example"


@pytest.fixture
def contest():
    return make_contest([9, 3])


def check(browse, contest, handle=HANDLE, who=0):
    client = browse(member(contest.employees[who]))
    return client.post(f"{contest.url}me/check/", {"handle": handle, "platform": "im"})


def test_ones_own_contact_is_found_however_it_is_spelled(browse, contest):
    make_tie(contest.employees[0], make_contact(HANDLE), sent=ago(1, 2), received=ago(3, 4))
    assert "This contact counts for you." in check(browse, contest, f" {HANDLE.upper()} ").content.decode()


def test_somebody_elses_contact_answers_as_a_stranger_does(browse, contest):
    make_tie(contest.employees[0], make_contact(HANDLE), sent=ago(1, 2), received=ago(3, 4))
    known = check(browse, contest, who=1).content.decode().partition('role="status"')[2]
    strange = check(browse, contest, "nobody@outside.example", who=1).content.decode()
    assert "No messages with this handle" in known
    assert known.partition("</div>")[0] == strange.partition('role="status"')[2].partition("</div>")[0]


def test_the_handle_is_in_no_log_no_address_and_no_answer(browse, contest, caplog, capfd):
    make_tie(contest.employees[0], make_contact(HANDLE), sent=ago(1))
    with caplog.at_level(logging.DEBUG):
        response = check(browse, contest)
    written = caplog.text + "".join(capfd.readouterr()) + response.content.decode() + str(response.headers)
    assert "finch" not in written.lower()
    assert "finch" not in str(list(Entry.objects.values())).lower()


def test_an_empty_handle_is_asked_for_again(browse, contest):
    response = check(browse, contest, "  ")
    assert response.context["form"].errors["handle"] == ["This field is required."]


def test_an_unknown_messenger_is_refused(browse, contest):
    client = browse(make_member(employee=contest.employees[0]))
    response = client.post(f"{contest.url}me/check/", {"handle": HANDLE, "platform": "pigeon"})
    assert "platform" in response.context["form"].errors


def test_a_check_needs_the_form_of_this_site(contest):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_member(employee=contest.employees[0]))
    assert client.post(f"{contest.url}me/check/", {"handle": HANDLE, "platform": "im"}).status_code == 403
