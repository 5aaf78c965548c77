"""The provider's settings: all that is needed or nothing, and one sentence when it is half."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from bonus_tracker.environment import OpenIDProvider, openid_provider

WHOLE = {
    "OIDC_ISSUER": "https://login.example/realms/staff/",
    "OIDC_CLIENT_ID": "it",
    "OIDC_CLIENT_SECRET": "secret",
}


@pytest.fixture(autouse=True)
def _nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*WHOLE, "OIDC_EMPLOYEE_CLAIM", "OIDC_NAME"):
        monkeypatch.delenv(name, raising=False)


def test_nothing_said_is_no_provider() -> None:
    assert openid_provider() is None


def test_three_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in WHOLE.items():
        monkeypatch.setenv(name, value)
    assert openid_provider() == OpenIDProvider(
        "https://login.example/realms/staff", "it", "secret", "employee_number", ""
    )


@pytest.mark.parametrize("missing", WHOLE)
def test_half_of_it_stops_the_start(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in WHOLE.keys() - {missing}:
        monkeypatch.setenv(name, WHOLE[name])
    with pytest.raises(ImproperlyConfigured, match=f"together; {missing} is missing"):
        openid_provider()


def test_a_claim_alone_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OIDC_EMPLOYEE_CLAIM", "number")
    with pytest.raises(
        ImproperlyConfigured, match="OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET is missing"
    ):
        openid_provider()


@pytest.mark.parametrize(
    "issuer", ["login.example", "http://login.example", "https://", "ftp://a", "https://a/?b", "https://a b"]
)
def test_an_issuer_that_is_no_safe_address_stops_the_start(
    issuer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (WHOLE | {"OIDC_ISSUER": issuer}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match="OIDC_ISSUER must be an address"):
        openid_provider()


@pytest.mark.parametrize(
    "issuer", ["http://127.0.0.1:9400", "http://localhost:8080/realms/a", "http://[::1]:1"]
)
def test_on_the_loopback_it_may_be_plain(issuer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (WHOLE | {"OIDC_ISSUER": issuer}).items():
        monkeypatch.setenv(name, value)
    found = openid_provider()
    assert found is not None
    assert found.issuer == issuer
