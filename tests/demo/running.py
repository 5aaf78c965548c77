"""Runs `manage.py demo` as a person would, with a folder of its own on the test's servers."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
from django.conf import settings

from tests.patience import eventually


def environment(var: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "bonus_tracker.settings",
        "DATABASE_URL": settings.SERVICES.database_url,
        "DATABASE_OWNER_URL": settings.DATABASE_OWNER_URL,
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "PSEUDONYM_KEY": settings.PSEUDONYM_KEY,
        "VAR_DIR": str(var),
        "COMPANY_TIME_ZONE": "Asia/Shanghai",
    }


def begin_demo(var: Path, *options: str) -> subprocess.Popen[str]:
    """Its output goes to files in `var`."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "stdout").open("w") as stdout, (var / "stderr").open("w") as stderr:
        return subprocess.Popen(
            [sys.executable, "manage.py", "demo", *options],
            cwd=settings.BASE_DIR,
            env=environment(var),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            text=True,
            start_new_session=True,
        )


def processes_of(var: Path) -> list[int]:
    """Pids of everything that was started with this VAR_DIR, children of children too."""
    mark = f"VAR_DIR={var}".encode()
    return [int(process.name) for process in Path("/proc").glob("[0-9]*") if mark in _environment_of(process)]


def _environment_of(process: Path) -> list[bytes]:
    try:
        return (process / "environ").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return []


def databases() -> set[str]:
    with psycopg.connect(settings.DATABASE_OWNER_URL) as connection:
        found = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, 'bonus_demo_')"
        )
        return {name for (name,) in found}


def make_database(name: str) -> None:
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")


def arguments(pid: int) -> list[str]:
    """Empty when it has ended meanwhile."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [os.fsdecode(word) for word in words if word]


def wait_for(condition: Callable[[], object], *, var: Path) -> None:
    eventually(condition, complaint=(var / "stderr").read_text)


def wait_for_the_end(var: Path) -> None:
    """Nothing of it runs: who was killed takes the kernel a moment."""
    wait_for(lambda: not processes_of(var), var=var)
