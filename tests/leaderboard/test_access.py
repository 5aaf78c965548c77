"""Every address as every role, on one's own and on others' objects; an address without a line here fails."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from apps.campaigns.lifecycle import void_campaign
from apps.campaigns.models import Campaign
from tests.factories import make_campaign
from tests.leaderboard.scene import NOW, Contest, give_active, make_contest, make_member

pytestmark = pytest.mark.django_db

ROLES = ["anonymous", "employee", "other employee", "HR", "auditor", "administrator"]
SIGN_IN, FORBIDDEN, HIDDEN, FINE = "sign in", 403, 404, 200
EVERYBODY = [SIGN_IN, FINE, FINE, FINE, FINE, FINE]
NOT_EMPLOYEES = [SIGN_IN, FINE, FINE, 302, 302, 302]
READERS = [SIGN_IN, HIDDEN, HIDDEN, FINE, FINE, HIDDEN]
SIGN_IN_AGAIN = [SIGN_IN] * 5  # a session that was not signed in just now
API = [FORBIDDEN, FINE, FINE, FINE, FINE, FINE]
API_OWN = [FORBIDDEN, FINE, FINE, HIDDEN, HIDDEN, HIDDEN]

# What a GET answers for a running campaign, in the order of ROLES.
ANSWERS = {
    "login": [FINE, 302, 302, 302, 302, 302],
    "account_login": [FINE, 302, 302, 302, 302, 302],
    "mfa_authenticate": [SIGN_IN, 302, 302, 302, 302, 302],  # without a password before it
    "sign-in-again": EVERYBODY,
    "company_login": [HIDDEN] * 6,  # without a provider
    "company_callback": [HIDDEN] * 6,
    "mfa_index": EVERYBODY,
    "second-factor-needed": [SIGN_IN, 302, 302, 302, 302, 302],
    "mfa_activate_totp": [SIGN_IN, *SIGN_IN_AGAIN],
    "mfa_view_recovery_codes": [SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN],
    "mfa_generate_recovery_codes": [SIGN_IN, *SIGN_IN_AGAIN],
    "mfa_deactivate_totp": [SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN],
    "logout": [405] * 6,
    "set_language": [302] * 6,
    "own-password": EVERYBODY,
    "home": [SIGN_IN, 302, 302, 302, 302, 302],
    "leaderboard": EVERYBODY,
    "departments": EVERYBODY,
    "rules-sheet": EVERYBODY,
    "my-page": EVERYBODY,
    "my-data": [SIGN_IN, FINE, FINE, HIDDEN, HIDDEN, HIDDEN],
    "my-receipt": [SIGN_IN] + [HIDDEN] * 5,  # before the result is sealed
    "check-contact": NOT_EMPLOYEES,
    "my-result": NOT_EMPLOYEES,
    "confirm-contacts": NOT_EMPLOYEES,
    "my-appearance": NOT_EMPLOYEES,
    "leave-contest": NOT_EMPLOYEES,
    "rejoin-contest": NOT_EMPLOYEES,
    "employee-contacts": READERS,
    "api-campaigns": API,
    "api-campaign": API,
    "api-board": API,
    "api-me": API_OWN,
    "api-my-contacts": API_OWN,
    "api-my-changes": API_OWN,
    "api-check-contact": [FORBIDDEN] + [405] * 5,
    "api-what-ifs": [FORBIDDEN, HIDDEN, HIDDEN, FINE, FINE, HIDDEN],
    "api-schema": API,
    "api-docs": API,
}

HIDDEN_ONES = [
    {"state": Campaign.State.DRAFT},
    {"is_rehearsal": True},
    {"state": Campaign.State.VOID, "was_voided_as_draft": True},
]


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield entry
        elif entry.app_name not in {"admin", "console"}:  # each has a matrix of its own
            yield from patterns(entry)


def parameters(name: str) -> set[str]:
    ((_template, names),) = get_resolver().reverse_dict.getlist(name)[0][0]
    return set(names)


NAMES = {pattern.name for pattern in patterns(get_resolver())}


@pytest.fixture
def contest() -> Contest:
    contest = make_contest([9, 8], slug="here")
    give_active(contest.employees[0], 1)
    return contest


def sign_in(role: str, contest: Contest) -> Client:
    client = Client()
    if role == "employee":
        client.force_login(make_member(employee=contest.employees[0]))
    elif role == "other employee":
        client.force_login(make_member(employee=contest.employees[1]))
    elif role != "anonymous":
        client.force_login(make_member(role))
    return client


def address(name: str, contest: Contest) -> str:
    values = {"slug": contest.campaign.slug, "number": contest.employees[0].number}
    return reverse(name, kwargs={key: values[key] for key in parameters(name)})


def answer(client: Client, url: str) -> int | str:
    response = client.get(url)
    if response.status_code == 302 and response.headers["Location"].startswith("/sign-in/"):
        return SIGN_IN
    return response.status_code


def test_every_address_has_its_answers() -> None:
    assert set(ANSWERS) == NAMES


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("role", ROLES)
def test_an_address_answers_a_role(name: str, role: str, contest: Contest) -> None:
    assert answer(sign_in(role, contest), address(name, contest)) == ANSWERS[name][ROLES.index(role)]


@pytest.mark.parametrize("name", [name for name in ANSWERS if "slug" in parameters(name)])
@pytest.mark.parametrize("hidden", HIDDEN_ONES)
@pytest.mark.parametrize("role", ["employee", "administrator"])
def test_drafts_and_rehearsals_do_not_exist_for_others(name: str, hidden: dict[str, Any], role: str) -> None:
    contest = make_contest([1, 1], **hidden)
    client, url = sign_in(role, contest), address(name, contest)
    if name != "api-check-contact":
        assert answer(client, url) == HIDDEN
    assert client.post(url, {"handle": "a@b.example"}, content_type="application/json").status_code in (
        HIDDEN,
        405,
    )


@pytest.mark.parametrize("role", ROLES[1:])
def test_a_draft_that_is_called_off_stays_unknown_to_employees(role: str, contest: Contest) -> None:
    draft = make_campaign("100", state=Campaign.State.DRAFT, slug="thought-better")
    void_campaign(draft, reason="We thought better of it.", now=NOW, actor="hr")
    announced = make_campaign("100", slug="rained-off")
    void_campaign(announced, reason="It rained.", now=NOW, actor="hr")
    client = sign_in(role, contest)
    listed = {campaign["slug"] for campaign in client.get("/api/v1/campaigns/").json()}
    home = client.get("/?all").content.decode()
    seen = role in {"HR", "auditor"}
    assert (draft.slug in listed, draft.slug in home) == (seen, seen)
    assert (announced.slug in listed, announced.slug in home) == (True, True)
    assert client.get(f"/{draft.slug}/").status_code == (FINE if seen else HIDDEN)


def test_one_reads_ones_own_contacts_there_as_little_as_others(contest: Contest) -> None:
    for role in ("employee", "other employee"):
        url = address("employee-contacts", contest)
        assert sign_in(role, contest).post(url, {"reason": "curiosity is a reason"}).status_code == HIDDEN


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", [name for name in ANSWERS if name.startswith("api-")])
def test_the_api_only_reads(role: str, name: str, contest: Contest) -> None:
    client = sign_in(role, contest)
    for method in (client.post, client.put, client.patch, client.delete):
        if (name, method) != ("api-check-contact", client.post):
            assert method(address(name, contest)).status_code in (403, 405)


@pytest.mark.parametrize(("role", "status"), [*zip(ROLES, [403, 200, 200, 404, 404, 404], strict=True)])
def test_a_contact_is_checked_by_employees(role: str, status: int, contest: Contest) -> None:
    asked = {"handle": "ann@outside.example"}
    url = address("api-check-contact", contest)
    answer = sign_in(role, contest).post(url, asked, content_type="application/json")
    assert answer.status_code == status


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_carries_the_policy(name: str, contest: Contest) -> None:
    response = sign_in("employee", contest).get(address(name, contest))
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    assert "script-src" not in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/%00/", "/here/employees/%00/", "/here/?q=%00", "/admin/?a=%00"])
def test_an_address_with_a_nul_is_refused(path: str, contest: Contest) -> None:
    assert sign_in("HR", contest).get(path).status_code == 400


@pytest.mark.parametrize("name", [name for name in ANSWERS if not name.startswith("api-")])
def test_no_page_has_anything_inline(name: str, contest: Contest) -> None:
    html = sign_in("HR", contest).get(address(name, contest), follow=True).content.decode()
    assert "<style" not in html
    assert " style=" not in html
    assert "<script>" not in html
    assert "http://" not in html
    assert "https://" not in html
