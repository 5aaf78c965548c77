"""Every page of the console as every role; an address without a line here fails."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.console import urls
from tests.console.objects import values_of
from tests.leaderboard.scene import Contest, give_active, make_contest, make_member
from tests.leaderboard.test_access import FINE, FORBIDDEN, SIGN_IN, answer

pytestmark = pytest.mark.django_db

ROLES = ["anonymous", "employee", "HR", "auditor", "administrator"]
OFFICIALS = [SIGN_IN, FORBIDDEN, FINE, FINE, FINE]
READERS = [SIGN_IN, FORBIDDEN, FINE, FINE, FORBIDDEN]
HR_ALONE = [SIGN_IN, FORBIDDEN, FINE, FORBIDDEN, FORBIDDEN]

# What a GET answers for a running campaign, in the order of ROLES.
ANSWERS = {
    "overview": OFFICIALS,
    "campaign": READERS,
    "costs": READERS,
    "first-steps": OFFICIALS,
    "campaign-new": HR_ALONE,
    "campaign-from-file": HR_ALONE,
    "campaign-edit": HR_ALONE,
    "campaign-review": READERS,
    "preview": HR_ALONE,
    "campaign-file": READERS,
    "evidence": READERS,
    "inbox": OFFICIALS,
    "objections": READERS,
    "objection": READERS,
    "decisions": READERS,
    "decision": READERS,
    "cases": READERS,
    "case": READERS,
    "checks": READERS,
    "check": READERS,
    "approvals": READERS,
    "deadlines": READERS,
    "deliveries": OFFICIALS,
    "delivery": OFFICIALS,
    "uploads": OFFICIALS,
    "upload-new": [SIGN_IN, FORBIDDEN, FORBIDDEN, FORBIDDEN, FINE],
    "upload": OFFICIALS,
    "sources": OFFICIALS,
    "held": READERS,
    "people": OFFICIALS,
    "employee": OFFICIALS,
    "company": OFFICIALS,
    "awards": READERS,
    "campaign-awards": READERS,
    "log": OFFICIALS,
    "log-entry": OFFICIALS,
}

SEER = {"upload-new": "administrator"}  # where HR sees nothing


@pytest.fixture
def contest() -> Contest:
    contest = make_contest([9, 8], slug="here")
    give_active(contest.employees[0], 1)
    return contest


def sign_in(role: str, contest: Contest) -> Client:
    client = Client()
    if role == "employee":
        client.force_login(make_member(employee=contest.employees[0]))
    elif role != "anonymous":
        client.force_login(make_member(role))
    return client


def address(name: str, contest: Contest) -> str:
    pattern = next(pattern for pattern in urls.urlpatterns if pattern.name == name)
    values = values_of(name, contest)
    return reverse(f"console:{name}", kwargs={key: values[key] for key in pattern.pattern.converters})


def test_every_address_has_its_answers() -> None:
    assert set(ANSWERS) == {pattern.name for pattern in urls.urlpatterns}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("role", ROLES)
def test_an_address_answers_a_role(name: str, role: str, contest: Contest) -> None:
    assert answer(sign_in(role, contest), address(name, contest)) == ANSWERS[name][ROLES.index(role)]


@pytest.mark.parametrize("name", ANSWERS)
def test_no_page_has_anything_inline(name: str, contest: Contest) -> None:
    response = sign_in(SEER.get(name, "HR"), contest).get(address(name, contest))
    html = response.content.decode()
    assert "script-src" not in response.headers["Content-Security-Policy"]
    assert not [word for word in ("<style", " style=", "<script>", "http://", "https://") if word in html]
