"""The real web server on a company, and people who ask it over connections of their own."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil
import redis
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from apps.directory.models import User
from benchmarks.memory import postmaster
from benchmarks.world import World

HOST = "127.0.0.1"
WAIT_SECONDS = 60
PROCESSES, THREADS = 2, 4  # as deploy/ starts it


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Question:
    """A GET; `headers` beside those that every browser sends."""

    path: str
    headers: dict[str, str] = field(default_factory=dict)

    def if_changed(self, answer: Answer) -> "Question":
        return replace(self, headers=self.headers | {"If-None-Match": answer.headers["etag"]})


class Site:
    """The web server in processes of its own. The floors' addresses are there beside the program's."""

    def __init__(self, world: World, log: Path) -> None:
        began = time.perf_counter()
        self.port, self.log = _free_port(), log
        with log.open("ab") as stream:
            self.process = subprocess.Popen(
                self._command(),
                env=os.environ
                | world.environment()
                | {
                    "DJANGO_SETTINGS_MODULE": "benchmarks.floors.web_settings",
                    "GRANIAN_BLOCKING_THREADS": str(THREADS),
                },
                stdout=stream,
                stderr=stream,
            )
        self._wait()
        self.seconds_to_start = time.perf_counter() - began

    def ask(self, question: Question) -> Answer:
        """One question over a connection of its own."""
        return ask_in_turn(self.port, [question])[-1]

    def ask_all(self, questions: Sequence[Question], times: int) -> list[Answer]:
        """Each question so many times, all at once, each over its own connection; the last answers."""
        with ThreadPoolExecutor(len(questions)) as threads:
            return list(threads.map(lambda each: ask_in_turn(self.port, [each] * times)[-1], questions))

    def cpu_seconds(self) -> float:
        """What web processes, PostgreSQL and Valkey have used up so far."""
        roots = [self.process.pid, *postmaster(), _valkey()]
        return sum(map(_cpu_seconds, roots))

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(WAIT_SECONDS)

    def _command(self) -> list[str]:
        options = ["--interface", "wsgi", "--host", HOST, "--port", str(self.port)]
        options += ["--workers", str(PROCESSES), "--blocking-threads", str(THREADS)]
        return [sys.executable, "-m", "granian", *options, "bonus_tracker.wsgi:application"]

    def _wait(self) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            with suppress(OSError):
                if self.ask(Question("/sign-in/")).status == 200:
                    return
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The web server did not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.02)


def ask_in_turn(port: int, questions: Sequence[Question]) -> list[Answer]:
    """One after the other over one connection. Raises RuntimeError for an answer that is none."""
    connection = http.client.HTTPConnection(HOST, port, timeout=WAIT_SECONDS)
    answers = []
    try:
        for question in questions:
            connection.request("GET", question.path, headers={"Accept-Encoding": "gzip"} | question.headers)
            response = connection.getresponse()
            headers = {name.lower(): value for name, value in response.getheaders()}
            answers.append(Answer(response.status, headers, response.read()))
            if answers[-1].status not in (200, 304):
                raise RuntimeError(f"{question.path} answered {answers[-1].status}.")
    finally:
        connection.close()
    return answers


def signed_in(user: User, path: str) -> Question:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return Question(path, {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}"})


def _cpu_seconds(pid: int) -> float:
    """Of a process and all below it, those that have ended included."""
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        spent = [root.cpu_times().children_user + root.cpu_times().children_system]
        for process in (root, *root.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                spent.append(process.cpu_times().user + process.cpu_times().system)
        return sum(spent)
    return 0.0


def _valkey() -> int:
    with redis.Redis.from_url(settings.REDIS_URL) as server:
        return int(server.info("server")["process_id"])


def _free_port() -> int:
    with socket.socket() as free:
        free.bind((HOST, 0))
        return int(free.getsockname()[1])
