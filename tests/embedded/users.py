"""Processes that use embedded servers in a folder of their own, and a look at what runs there."""

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
import redis

from bonus_tracker.embedded import Endpoints
from bonus_tracker.embedded.process import children_of, kill, read_facts
from tests.patience import SAFETY_SECONDS, eventually, stays

PACKAGE = Path(__file__).parents[2] / "bonus_tracker"
IDLE_SECONDS = 0.5
QUICK = {**os.environ, "BONUS_EMBEDDED_FAST": "1", "BONUS_EMBEDDED_IDLE_SECONDS": str(IDLE_SECONDS)}

# Like any command of the project, without Django's start-up time: attach, tell, wait for the end of input.
USER = """
import dataclasses, json, os, pathlib, sys
sys.path.append(sys.argv[1])
from embedded import EmbeddedError, attach
try:
    found = attach(pathlib.Path(sys.argv[2]))
except EmbeddedError as error:
    sys.exit(str(error))
print(json.dumps(dataclasses.asdict(found)), flush=True)
if "fork" in sys.argv and os.fork():
    os._exit(0)
sys.stdin.read()
"""


class Scene:
    """One VAR_DIR and the processes that use it."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.users: list[subprocess.Popen[str]] = []
        self.seen: set[int] = set()

    def begin_user(self, *options: str) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        command = [sys.executable, "-c", USER, str(PACKAGE), str(self.var), *options]
        user = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=QUICK, start_new_session=True
        )
        self.users.append(user)
        return user

    def user(self, *options: str) -> tuple[subprocess.Popen[str], Endpoints]:
        """A process that has attached and stays; AssertionError with its complaint if it could not."""
        user = self.begin_user(*options)
        endpoints = self.endpoints_of(user)
        self.crowd()
        return user, endpoints

    def endpoints_of(self, user: subprocess.Popen[str]) -> Endpoints:
        assert user.stdout is not None
        assert user.stderr is not None
        line = user.stdout.readline()
        assert line, user.stderr.read()
        return Endpoints(**json.loads(line))

    def crowd(self) -> dict[str, int]:
        """Pids of the living keeper, postgres and valkey; those that do not run are absent."""
        keepers = self.keepers()
        assert len(keepers) <= 1, "two keepers"
        found: dict[str, int] = {}
        for keeper in keepers:
            found |= {"keeper": keeper} | {_name(pid): pid for pid in children_of(keeper)}
        self.seen |= set(found.values()) | {pid for parent in found.values() for pid in children_of(parent)}
        return found

    def strike(self, name: str) -> None:
        """kill -9 one of the crowd, and go on when it is really gone: that takes the kernel a moment."""
        pid = self.crowd()[name]
        kill(pid, signal.SIGKILL)
        eventually(lambda: not _is_alive(pid))

    def revive(self) -> None:
        """A keeper that saw too many deaths has given up; another user starts the next."""
        if not self.keepers():
            self.user()

    def keepers(self) -> list[int]:
        found = [pid for pid in _pids() if str(self.var) in _arguments(pid) and b"keeper.main" in _line(pid)]
        # Who starts one is called the same until it has forked it and ended.
        parents = {facts.parent for pid in found if (facts := read_facts(pid))}
        return [pid for pid in found if pid not in parents]

    def nothing_runs(self, *, but: dict[str, int] | None = None) -> bool:
        """Whether every process ever seen here has ended, except `but` and its children."""
        spared = set((but or {}).values())
        spared |= {pid for parent in spared for pid in children_of(parent)}
        return not {pid for pid in self.seen - spared if _is_alive(pid)}

    def clean_up(self) -> None:
        for user in self.users:
            user.kill()
            user.wait(SAFETY_SECONDS)
            for pipe in (user.stdin, user.stdout, user.stderr):
                assert pipe is not None
                pipe.close()
        for keeper in self.keepers():
            self.seen |= {keeper, *children_of(keeper)}
            kill(keeper, signal.SIGTERM)
        stays(lambda: not self.nothing_runs(), seconds=15)
        for pid in {pid for pid in self.seen if _is_alive(pid)}:
            kill(pid, signal.SIGKILL)


@contextmanager
def scene(name: str = "var", *, with_cluster: bool = True) -> Iterator[Scene]:
    """A scene in a new folder; everything in it ends with the block, also when a test fails.

    with_cluster: begin with a copy of a cluster that a first start made, which saves most of the time.
    """
    with _new_scene(name) as found:
        if with_cluster:
            for folder in (found.var, found.var / "postgres"):
                folder.mkdir(mode=0o700)
            _copy(_first_cluster(), found.var / "postgres" / "data")
        yield found


@contextmanager
def _new_scene(name: str) -> Iterator[Scene]:
    with tempfile.TemporaryDirectory(prefix="bonus-", ignore_cleanup_errors=True) as parent:
        found = Scene(Path(parent, name))
        try:
            yield found
        finally:
            found.clean_up()
            shutil.rmtree(found.var, ignore_errors=True)


@cache
def _first_cluster() -> Path:
    kept = Path(tempfile.mkdtemp(prefix="bonus-first-"))
    atexit.register(shutil.rmtree, kept, ignore_errors=True)
    with _new_scene("var") as made:
        leave(made.user()[0])
        eventually(made.nothing_runs)
        _copy(made.var / "postgres" / "data", kept / "data")
    return kept / "data"


def _copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-a", source, target], check=True)


def leave(user: subprocess.Popen[str]) -> None:
    """End a user in an orderly way."""
    assert user.stdin is not None
    user.stdin.close()
    user.wait(SAFETY_SECONDS)


def remove(folder: Path) -> None:
    """As `rm -rf`, again while servers that are ending write into it."""

    def is_gone() -> bool:
        shutil.rmtree(folder, ignore_errors=True)
        return not folder.exists()

    eventually(is_gone)


def assert_usable(endpoints: Endpoints) -> None:
    for url in (endpoints.database_url, endpoints.database_owner_url):
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    with redis.Redis.from_url(endpoints.redis_url) as client:
        assert client.ping()


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _arguments(pid: int) -> list[str]:
    return [os.fsdecode(argument) for argument in _line(pid).split(b"\0")]


def _name(pid: int) -> str:
    facts = read_facts(pid)
    return facts.name.removesuffix("-server") if facts and not facts.is_zombie else "ended"


def _is_alive(pid: int) -> bool:
    facts = read_facts(pid)
    return facts is not None and not facts.is_zombie
