"""Signing in through the company's OpenID provider, a real one on the loopback."""

import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client

from apps.audit.models import Entry
from apps.directory.models import User
from apps.sign_in import provider as company_provider
from tests.factories import make_employee, make_user
from tests.leaderboard.scene import TODAY, YESTERDAY
from tests.sign_in.provider import CLIENT, Provider

pytestmark = pytest.mark.django_db


def is_in(client: Client) -> bool:
    return bool(client.get("/?all").status_code == 200)


def test_an_employee_signs_in_and_gets_where_they_wanted(provider: Provider) -> None:
    employee = make_employee(number="E0042")
    provider.knows("u1", employee_number="E0042", email="chief@company.example", name="The Chief")
    client = Client()
    answer = provider.sign_in(client, "u1", to="/?all")
    assert answer.headers["Location"] == "/?all"
    assert is_in(client)
    user = User.objects.get()
    assert (user.username, user.employee, user.email, user.first_name) == ("E0042", employee, "", "")
    assert (user.is_superuser, user.is_staff, user.groups.count(), user.has_usable_password()) == (
        False,
        False,
        0,
        False,
    )
    entry = Entry.objects.get()
    assert (entry.action, entry.subject, entry.actor) == ("user added", "user E0042", "company sign-in")
    assert [model.objects.count() for model in (SocialAccount, SocialToken, EmailAddress)] == [0, 0, 0]


def test_the_next_time_it_is_the_same_sign_in_and_nothing_is_written_down(provider: Provider) -> None:
    make_employee(number="E1")
    provider.knows("u1", employee_number="E1")
    for _ in range(2):
        client = Client()
        provider.sign_in(client, "u1")
        assert is_in(client)
    assert (User.objects.count(), Entry.objects.count()) == (1, 1)


def test_a_sign_in_made_by_hand_is_found_by_its_employee(provider: Provider) -> None:
    user = make_user("ann", employee=make_employee(number="E1"))
    provider.knows("u1", employee_number="E1", preferred_username="somebody")
    client = Client()
    provider.sign_in(client, "u1")
    assert client.get("/?all").wsgi_request.user == user


def test_nobody_becomes_somebody_else_by_address_name_or_subject(provider: Provider) -> None:
    boss = make_user("boss", email="boss@company.example", is_superuser=True)
    make_employee(number="boss")  # an employee whose number is another one's user name
    provider.knows("boss", employee_number="boss", email="boss@company.example", email_verified=True,
                   preferred_username="boss", name="boss", groups=["administrator"], roles=["HR"])  # fmt: skip
    client = Client()
    provider.sign_in(client, "boss")
    user = client.get("/?all").wsgi_request.user
    assert user != boss
    assert (user.is_superuser, user.groups.count(), user.username.startswith("boss.")) == (False, 0, True)


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({}, "did not say your employee number"),
        ({"employee_number": ["E1"]}, "did not say your employee number"),
        ({"employee_number": ""}, "did not say your employee number"),
        ({"employee_number": {"value": "E1"}}, "did not say your employee number"),
        ({"employee_number": True}, "did not say your employee number"),
        ({"employee_number": "E1\0"}, "did not say your employee number"),
        ({"employee_number": "e1"}, "not in the directory"),
        ({"employee_number": "E1 "}, "not in the directory"),
        ({"employee_number": "E99"}, "not in the directory"),
        ({"employee_number": "GONE"}, "not employed today"),
        ({"employee_number": "SOON"}, "not employed today"),
        ({"employee_number": "CLOSED"}, "was closed"),
    ],
)
def test_who_is_not_to_come_in_reads_why(provider: Provider, claims: dict[str, Any], said: str) -> None:
    make_employee(number="E1")
    make_employee(number="GONE", left_on=YESTERDAY)
    make_employee(number="SOON", hired_on=TODAY + timedelta(days=1))
    make_user("closed", employee=make_employee(number="CLOSED"), is_active=False)
    provider.knows("u1", **claims)
    client = Client()
    answer = provider.sign_in(client, "u1")
    assert (answer.status_code, said in answer.content.decode()) == (403, True)
    assert not is_in(client)
    assert User.objects.count() == 1


def test_a_number_may_come_as_a_number(provider: Provider) -> None:
    make_employee(number="1042")
    provider.knows("u1", employee_number=1042)
    client = Client()
    provider.sign_in(client, "u1")
    assert is_in(client)


WRONG_TOKENS: dict[str, dict[str, Any]] = {  # what the log says of each
    "ExpiredSignatureError": {"exp": 1_700_000_000},
    "InvalidAudienceError": {"aud": "somebody-else"},
    "is for another client": {"aud": [CLIENT, "somebody-else"]},
    "for another client": {"azp": "somebody-else"},
    "InvalidIssuerError": {"iss": "https://elsewhere.example"},
    "has not the nonce": {"nonce": "replayed"},
    "ImmatureSignatureError": {"iat": int(time.time()) + 3600},
    "MissingRequiredClaimError": {"exp": None},
}


@pytest.mark.parametrize("reason", WRONG_TOKENS)
def test_a_token_that_does_not_hold_signs_nobody_in(
    provider: Provider, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    make_employee(number="E1")
    provider.knows("u1", employee_number="E1", **WRONG_TOKENS[reason])
    client = Client()
    answer = provider.sign_in(client, "u1")
    assert answer.status_code == 403
    assert "Start again from the beginning" in answer.content.decode()
    assert reason in caplog.text
    assert not is_in(client)
    assert not User.objects.exists()


MALFORMED_KEYS: dict[str, Any] = {
    "no keys": {"keyring": []},
    "no list": {"keys": 7},
    "no object": {"keys": ["RSA"]},
    "no kind": {"keys": [{"kid": "1"}]},
    "no numbers": {"keys": [{"kty": "RSA", "kid": "1", "alg": "RS256"}]},
    "numbers of the wrong kind": {"keys": [{"kty": "RSA", "n": 5, "e": "AQAB", "alg": "RS256"}]},
    "numbers that are none": {"keys": [{"kty": "RSA", "n": "!", "e": "AQAB", "alg": "RS256"}]},
    "no such curve": {"keys": [{"kty": "EC", "crv": "P-1", "x": "AA", "y": "AA"}]},
    "a point beside the curve": {"keys": [{"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}]},
}


@pytest.mark.parametrize("kind", MALFORMED_KEYS)
def test_keys_that_cannot_be_read_sign_nobody_in_and_are_said(
    provider: Provider, kind: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_employee(number="E1")
    provider.knows("u1", employee_number="E1")
    as_it_is = company_provider._fetched
    monkeypatch.setattr(
        company_provider,
        "_fetched",
        lambda address, *more: MALFORMED_KEYS[kind] if "jwks" in address else as_it_is(address, *more),
    )
    client = Client()
    answer = provider.sign_in(client, "u1")
    assert answer.status_code == 403
    assert "Start again from the beginning" in answer.content.decode()
    assert "The ID token does not hold" in caplog.text
    assert not is_in(client)


def test_a_key_that_cannot_be_read_is_said_and_the_others_hold(
    provider: Provider, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_employee(number="E1")
    provider.knows("u1", employee_number="E1")
    as_it_is = company_provider._fetched

    def one_more(address: str, *more: Any) -> Any:
        found = as_it_is(address, *more)
        return found | {"keys": [{"kty": "RSA"}, *found["keys"]]} if "jwks" in address else found

    monkeypatch.setattr(company_provider, "_fetched", one_more)
    client = Client()
    provider.sign_in(client, "u1")
    assert is_in(client)
    assert "A key of the provider cannot be read" in caplog.text


def test_a_nonce_changed_on_the_way_signs_nobody_in(provider: Provider) -> None:
    make_employee(number="E1")
    provider.knows("u1", employee_number="E1")
    client = Client()
    assert provider.sign_in(client, "u1", nonce="an attacker's").status_code == 403
    assert not is_in(client)


@pytest.mark.parametrize("spoil", ["state", "code", "no state", "denied"])
def test_an_answer_that_was_tampered_with_signs_nobody_in(provider: Provider, spoil: str) -> None:
    make_employee(number="E1")
    provider.knows("u1", employee_number="E1")
    client = Client()
    asked = client.get("/sign-in/company/").headers["Location"]
    back = provider.agree(asked, "u1")
    path, _, query = back.partition("?")
    values = dict(part.split("=") for part in query.split("&"))
    changed = {
        "state": values | {"state": "AAAAAAAAAAAAAAAA"},
        "code": values | {"code": "stolen"},
        "no state": {"code": values["code"]},
        "denied": {"state": values["state"], "error": "access_denied"},
    }[spoil]
    assert client.get(path, changed).status_code == 403
    assert not is_in(client)


def test_an_answer_works_once_and_only_in_the_browser_that_asked(provider: Provider) -> None:
    make_employee(number="E1")
    provider.knows("u1", employee_number="E1")
    client, another = Client(), Client()
    back = provider.agree(client.get("/sign-in/company/").headers["Location"], "u1")
    assert another.get(back).status_code == 403
    assert not is_in(another)
    assert client.get(back).status_code == 302
    client.post("/sign-out/")
    assert client.get(back).status_code == 403
    assert not is_in(client)


def test_the_provider_is_asked_with_state_nonce_and_pkce_and_for_nothing_more(provider: Provider) -> None:
    address = (
        Client()
        .get("/sign-in/company/?scope=admin&auth_params=prompt%3Dnone&process=connect")
        .headers["Location"]
    )
    asked = dict(part.split("=", 1) for part in address.partition("?")[2].split("&"))
    standard = {"client_id", "redirect_uri", "scope", "response_type"}
    assert set(asked) == standard | {"state", "nonce", "code_challenge", "code_challenge_method"}
    assert (set(asked["scope"].split("+")), asked["code_challenge_method"]) == ({"openid", "profile"}, "S256")


def test_nobody_is_led_to_another_site(provider: Provider) -> None:
    make_employee(number="E1")
    provider.knows("u1", employee_number="E1")
    assert provider.sign_in(Client(), "u1", to="https://elsewhere.example/").headers["Location"] == "/"


def test_a_provider_that_is_away_is_said_in_words(provider: Provider, settings: Any) -> None:
    settings.OPENID_PROVIDER = settings.OPENID_PROVIDER.__class__("http://127.0.0.1:1", CLIENT, "s", "n", "")
    answer = Client().get("/sign-in/company/")
    assert (answer.status_code, "does not answer" in answer.content.decode()) == (502, True)


def test_a_provider_by_another_name_is_not_believed(provider: Provider, settings: Any) -> None:
    other = provider.address.replace("127.0.0.1", "localhost")
    settings.OPENID_PROVIDER = settings.OPENID_PROVIDER.__class__(f"{other}//", CLIENT, "s", "n", "")
    assert Client().get("/sign-in/company/").status_code == 403


def test_without_a_provider_there_is_no_such_way(settings: Any) -> None:
    assert settings.OPENID_PROVIDER is None
    assert Client().get("/sign-in/company/").status_code == 404
    assert Client().get("/sign-in/company/callback/?code=a&state=b").status_code == 404
    assert "/sign-in/company/" not in Client().get("/sign-in/").content.decode()


def test_with_a_provider_the_page_offers_it_first_and_the_password_still(provider: Provider) -> None:
    page = Client().get("/sign-in/?next=/%3Fall").content.decode()
    assert 'href="/sign-in/company/?next=%2F%3Fall"' in page
    assert page.index("Sign in with Acme Login") < page.index('name="password"')


def test_the_log_names_nobody(provider: Provider, caplog: pytest.LogCaptureFixture) -> None:
    provider.knows("u1", employee_number="E-SECRET-7")
    provider.sign_in(Client(), "u1")
    assert "A company sign-in was refused: unknown." in caplog.text
    assert "E-SECRET-7" not in caplog.text


def test_somebody_else_signing_in_in_the_same_browser_ends_the_first_ones_session(provider: Provider) -> None:
    for n in (1, 2):
        make_employee(number=f"E{n}")
        provider.knows(f"u{n}", employee_number=f"E{n}")
    client = Client()
    provider.sign_in(client, "u1")
    client.session["left behind"] = "by the first"
    provider.sign_in(client, "u2")
    assert client.get("/?all").wsgi_request.user.username == "E2"
    assert "left behind" not in client.session


def test_who_has_no_password_here_reads_where_to_change_it(provider: Provider) -> None:
    make_employee(number="E1")
    provider.knows("u1", employee_number="E1")
    client = Client()
    provider.sign_in(client, "u1")
    page = client.get("/password/").content.decode()
    assert "You have none here" in page
    assert "old_password" not in page
