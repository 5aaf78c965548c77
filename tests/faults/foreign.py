"""PostgreSQL 15 and Redis 7 as Debian packages them, started in a private folder by an unprivileged user."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from tests.faults.helpers import eventually

POSTGRES = Path("/usr/lib/postgresql/15/bin")
REDIS = shutil.which("redis-server")
ARE_HERE = (POSTGRES / "postgres").exists() and REDIS is not None


@dataclass(frozen=True)
class Addresses:
    database_url: str  # the app role's
    owner_url: str
    redis_url: str


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


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
                process.wait(30)


def _start(folder: Path, user: pwd.struct_passwd, running: list[subprocess.Popen[bytes]]) -> Addresses:
    identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    password, port, redis_port = secrets.token_urlsafe(16), free_port(), free_port()
    data, secret = folder / "data", folder / "password"
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
    options = {"cwd": folder, "stdin": subprocess.DEVNULL, **identity}
    subprocess.run([*initdb, "--no-sync", "--encoding=UTF8"], check=True, capture_output=True, **options)
    log = (folder / "log").open("wb")
    options |= {"stdout": log, "stderr": log}
    postgres = [POSTGRES / "postgres", "-D", data, "-p", str(port), "-k", folder, "-h", "127.0.0.1", "-F"]
    running.append(subprocess.Popen(postgres, **options))
    assert REDIS
    redis = [REDIS, "--port", str(redis_port), "--bind", "127.0.0.1", "--save", "", "--requirepass", password]
    running.append(subprocess.Popen(redis, **options))
    log.close()

    def url(role: str, database: str) -> str:
        return f"postgresql://{role}:{password}@127.0.0.1:{port}/{database}"

    redis_url = f"redis://:{password}@127.0.0.1:{redis_port}/1"
    eventually(lambda: _answers(url("root", "postgres"), redis_url))
    with psycopg.connect(url("root", "postgres"), autocommit=True) as connection:
        for role in ("bonus_owner", "bonus_app"):
            connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{password}'")
        connection.execute("CREATE DATABASE bonus OWNER bonus_owner")
    return Addresses(url("bonus_app", "bonus"), url("bonus_owner", "bonus"), redis_url)


def _answers(database_url: str, redis_url: str) -> bool:
    try:
        with psycopg.connect(database_url):
            pass
        with Redis.from_url(redis_url) as client:
            return bool(client.ping())
    except (psycopg.OperationalError, RedisConnectionError):
        return False
