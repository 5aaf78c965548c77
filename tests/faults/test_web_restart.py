"""The web server while PostgreSQL goes away under its readers: an error for who is being served, nothing after."""

import http.client
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
import pytest

from bonus_tracker.postgresql.pool import WAIT_SECONDS
from tests.embedded.users import Scene
from tests.faults.companies import Company
from tests.patience import SAFETY_SECONDS, eventually

WORKERS, THREADS, READERS = 2, 4, 12
SIGN_IN = """
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
client = Client()
client.force_login(get_user_model().objects.create_user("reader", password="a long password"))
print(client.cookies[settings.SESSION_COOKIE_NAME].value)
"""


@dataclass
class Reader(threading.Thread):
    """Asks for a page again as soon as it was answered; answers: (when it was asked, status)."""

    port: int
    session: str
    answers: list[tuple[float, int]] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def __hash__(self) -> int:  # as threads have it
        return id(self)

    def run(self) -> None:
        server = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SAFETY_SECONDS)
        while not self.is_over.is_set():
            asked = time.monotonic()
            server.request("GET", "/?all", headers={"Cookie": f"sessionid={self.session}"})
            answer = server.getresponse()
            answer.read()
            self.answers.append((asked, answer.status))

    def statuses(self, since: float = 0) -> list[int]:
        return [status for asked, status in list(self.answers) if asked >= since]


@contextmanager
def readers(company: Company, port: int) -> Iterator[list[Reader]]:
    """So many at once, all of whom have read something."""
    session = company.does("shell", "--verbosity=0", "-c", SIGN_IN).strip()
    crowd = [Reader(port, session) for _ in range(READERS)]
    for reader in crowd:
        reader.start()
    try:
        eventually(lambda: all(len(reader.answers) > 2 for reader in crowd))
        yield crowd
    finally:
        for reader in crowd:
            reader.is_over.set()
        for reader in crowd:
            reader.join(SAFETY_SECONDS)


def start_web(company: Company) -> int:
    """As docs/operations.md starts it, on a port that is held until it listens there."""
    with socket.socket() as hold:
        hold.bind(("127.0.0.1", 0))
        hold.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # the server binds beside it
        port: int = hold.getsockname()[1]
        words = ("granian", "--interface=wsgi", f"--workers={WORKERS}", f"--port={port}")
        application = "bonus_tracker.wsgi:application"
        web = company.start(*words, application, log="web.log", GRANIAN_BLOCKING_THREADS=str(THREADS))
        eventually(lambda: web.poll() is not None or answers(port))
    assert web.poll() is None, company.log("web.log")
    return port


def answers(port: int) -> bool:
    server = http.client.HTTPConnection("127.0.0.1", port, timeout=SAFETY_SECONDS)
    try:
        server.request("GET", "/sign-in/")
        return server.getresponse().status == 200
    except ConnectionRefusedError:
        return False
    finally:
        server.close()


def connections(company: Company) -> int:
    held: int = company.value(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    return held


def is_up(company: Company) -> bool:
    try:
        return company.value("SELECT 1") == 1
    except psycopg.OperationalError:
        return False


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["restarted", "killed"])
def test_readers_lose_nothing_once_the_database_is_back(
    servers: Scene, company: Company, how: signal.Signals
) -> None:
    port = start_web(company)
    with readers(company, port) as crowd:
        assert {status for reader in crowd for status in reader.statuses()} == {200}
        assert connections(company) <= WORKERS * THREADS
        postgres, down = servers.crowd()["postgres"], time.monotonic()
        os.kill(postgres, how)
        eventually(lambda: servers.revive() or servers.crowd().get("postgres", postgres) != postgres)
        eventually(lambda: is_up(company))
        back = time.monotonic()
        eventually(lambda: all(len(reader.statuses(since=back)) > 5 for reader in crowd))
        assert {status for reader in crowd for status in reader.statuses(since=back)} == {200}
        failed = [status for reader in crowd for status in reader.statuses() if status != 200]
        # What was asked when it went away, whom it kept waiting too long, and who still waited when it was back:
        # one at a time in each thread.
        assert len(failed) <= WORKERS * THREADS * (2 + (back - down) // WAIT_SECONDS)
        assert set(failed) <= {500}
        assert connections(company) <= WORKERS * THREADS
