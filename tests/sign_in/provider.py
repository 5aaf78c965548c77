"""An OpenID provider in a process of its own, and the fixtures that make it the company's."""

import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import pytest
import requests
from django.test import Client

from bonus_tracker.environment import OpenIDProvider
from tests.patience import eventually

CLIENT = "bonus-tracker"
CALLBACK = "/sign-in/company/callback/"


class Provider:
    """An OpenID provider in a process of its own, and what its people do in their browsers."""

    def __init__(self, address: str) -> None:
        self.address = address

    def knows(self, subject: str, **claims: Any) -> None:
        """claims: also those of the ID token itself, such as exp, where the token is to be a wrong one."""
        requests.put(f"{self.address}/users/{subject}", json=claims, timeout=10).raise_for_status()

    def agree(self, address: str, subject: str, **changed: str) -> str:
        """Sign in there; answers the address it sends the browser back to. changed: of what it was asked."""
        parts = urlsplit(address)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()} | changed
        there = urlunsplit(parts._replace(query=urlencode(asked)))
        answer = requests.post(there, data={"sub": subject}, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"

    def sign_in(self, client: Client, subject: str, *, to: str = "", **changed: str) -> Any:
        """The whole way; answers the last page's response, not followed."""
        asked = client.get("/sign-in/company/", {"next": to} if to else {})
        assert asked.status_code == 302, asked.content.decode()
        return client.get(self.agree(asked.headers["Location"], subject, **changed))


@pytest.fixture(scope="session")
def running_provider() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "oidc_provider_mock",
        "--port",
        str(port),
        "--require-nonce",
        "true",
    ]
    environment = os.environ | {"AUTHLIB_INSECURE_TRANSPORT": "1"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert process.poll() is None, "The provider has ended."
        try:
            with urllib.request.urlopen(f"{address}/.well-known/openid-configuration", timeout=5) as answer:
                return "issuer" in json.load(answer)
        except urllib.error.URLError:
            return False

    eventually(answers)
    yield address
    process.terminate()
    process.wait()


@pytest.fixture
def provider(running_provider: str, settings: Any) -> Provider:
    """Set up as the company's, as OIDC_... would."""
    settings.OPENID_PROVIDER = OpenIDProvider(
        running_provider, CLIENT, "a client's secret", "employee_number", "Acme Login"
    )
    return Provider(running_provider)
