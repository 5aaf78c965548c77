"""PostgreSQL 15 and Redis 7 as Debian packages them, started in a private folder by an unprivileged user."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from tests.patience import SAFETY_SECONDS, eventually

POSTGRES = Path("/usr/lib/postgresql/15/bin")
REDIS = shutil.which("redis-server")
TRIES = 5
ARE_HERE = (POSTGRES / "postgres").exists() and REDIS is not None


@dataclass(frozen=True)
class Addresses:
    database_url: str  # the app role's
    owner_url: str
    redis_url: str


@contextmanager
def foreign_servers() -> Iterator[Addresses]:
    """Both on TCP, with passwords; an owner role that is no superuser, and an app role."""
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    with tempfile.TemporaryDirectory(prefix="bonus-foreign-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        os.chown(folder, user.pw_uid, user.pw_gid)
        running: list[subprocess.Popen[bytes]] = []
        try:
            yield _start(folder, user, running)
        finally:
            for process in running:
                process.kill()  # nothing of it is kept
                process.wait(SAFETY_SECONDS)


def _start(folder: Path, user: pwd.struct_passwd, running: list[subprocess.Popen[bytes]]) -> Addresses:
    identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    options = {"cwd": folder, "stdin": subprocess.DEVNULL, **identity}
    password, data, secret = secrets.token_urlsafe(16), folder / "data", folder / "password"
    secret.write_text(password)
    secret.chmod(0o644)  # in a folder of the user's own
    initdb = [
        POSTGRES / "initdb",
        "-D",
        data,
        "--username=root",
        f"--pwfile={secret}",
        "--auth=scram-sha-256",
    ]
    subprocess.run([*initdb, "--no-sync", "--encoding=UTF8"], check=True, capture_output=True, **options)

    def url(role: str, database: str, port: int) -> str:
        return f"postgresql://{role}:{password}@127.0.0.1:{port}/{database}"

    def redis_url(port: int) -> str:
        return f"redis://:{password}@127.0.0.1:{port}/1"

    assert REDIS
    postgres = [POSTGRES / "postgres", "-D", data, "-k", folder, "-h", "127.0.0.1", "-F", "-p"]
    redis = [REDIS, "--bind", "127.0.0.1", "--save", "", "--requirepass", password, "--port"]
    port = _on_some_port(postgres, lambda port: _is_postgres(url("root", "postgres", port)), running, options)
    redis_port = _on_some_port(redis, lambda port: _is_redis(redis_url(port)), running, options)
    with psycopg.connect(url("root", "postgres", port), autocommit=True) as connection:
        for role in ("bonus_owner", "bonus_app"):
            connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{password}'")
        connection.execute("CREATE DATABASE bonus OWNER bonus_owner")
    return Addresses(
        url("bonus_app", "bonus", port), url("bonus_owner", "bonus", port), redis_url(redis_port)
    )


def _on_some_port(
    command: list[Any],
    answers: Callable[[int], bool],
    running: list[subprocess.Popen[bytes]],
    options: dict[str, Any],
) -> int:
    """Start it on a free port; on another one when somebody else was quicker."""
    complaints = ""
    for _ in range(TRIES):
        port = _free_port()
        with tempfile.TemporaryFile() as log:
            server = subprocess.Popen([*command, str(port)], stdout=log, stderr=log, **options)
            running.append(server)
            eventually(lambda s=server, p=port: s.poll() is not None or answers(p))  # type: ignore[misc]
            if server.poll() is None:
                return port
            log.seek(0)
            complaints += log.read().decode(errors="replace")
    raise AssertionError(complaints)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_postgres(url: str) -> bool:
    try:
        with psycopg.connect(url):
            return True
    except psycopg.OperationalError:
        return False


def _is_redis(url: str) -> bool:
    try:
        with Redis.from_url(url) as client:
            return bool(client.ping())
    except RedisConnectionError:
        return False
