"""The demo's child processes: started with an environment of their own, watched, ended together."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from django.conf import settings

from apps.audit.signing import KeyRefused, make_key
from apps.demo.databases import Place
from apps.demo.janitor import end_groups

LOG_LINES = 8  # of a child that died


class ChildDied(Exception):
    """Which one and why, for the person at the terminal."""


def environment_of(place: Place) -> dict[str, str]:
    """Of a child: the run's own place, a key that signs for nobody, and a plain web server whatever the installation
    says."""
    key = settings.VAR_DIR / "demo" / "evidence.pem"
    with suppress(KeyRefused):  # an earlier run has made it
        make_key(key)
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "apps.demo.settings",
        "DATABASE_URL": place.database_url,
        "DATABASE_OWNER_URL": place.database_owner_url,
        "REDIS_URL": place.redis_url,
        "REDIS_PREFIX": place.redis_prefix,
        "SECRET_KEY": settings.SECRET_KEY,
        "PSEUDONYM_KEY": settings.PSEUDONYM_KEY,
        "COMPANY_TIME_ZONE": settings.COMPANY_TIME_ZONE,
        "VAR_DIR": str(settings.VAR_DIR),
        "EVIDENCE_KEY_FILE": str(key),
        "MAX_ROOM_SIZE": "2",
        "ALLOWED_HOSTS": "localhost 127.0.0.1",
        "CSRF_TRUSTED_ORIGINS": "",
        "DEBUG": "false",
        "HTTPS": "false",
    }


@contextmanager
def children(place: Place, logs: Path) -> Iterator["Children"]:
    """Children that end, with their database, when the block does or this process dies in any way.

    logs: the folder of their logs, kept only when one of them died.
    """
    janitor = subprocess.Popen(
        [sys.executable, "-m", "apps.demo.janitor"],
        stdin=subprocess.PIPE,
        cwd=settings.BASE_DIR,
        start_new_session=True,
        text=True,
    )
    assert janitor.stdin is not None
    family = Children(janitor, environment_of(place), logs)
    family.tell_janitor(json.dumps(asdict(place)))
    failed = False
    try:
        yield family
    except ChildDied:
        failed = True
        raise
    finally:
        janitor.stdin.close()
        while janitor.poll() is None:
            family.ended()  # nobody's zombie keeps the janitor waiting
            time.sleep(0.05)
        if janitor.returncode:
            end_groups({child.pid for child in family.running.values()})
        if not failed:
            shutil.rmtree(logs, ignore_errors=True)
            with suppress(OSError):  # the embedded servers' logs are in it, too
                logs.parent.rmdir()


class Children:
    def __init__(self, janitor: subprocess.Popen[str], environment: dict[str, str], logs: Path) -> None:
        self.janitor = janitor
        self.environment = environment
        self.logs = logs
        self.running: dict[str, subprocess.Popen[str]] = {}

    def tell_janitor(self, line: str) -> None:
        assert self.janitor.stdin is not None
        self.janitor.stdin.write(f"{line}\n")
        self.janitor.stdin.flush()

    def start(
        self, name: str, *module: str, log: bool = True, keep_output: bool = False
    ) -> subprocess.Popen[str]:
        """Run `python -m MODULE ...` in a process group of its own.

        log: its output goes to a file, else to the terminal. keep_output: its standard output is a pipe.
        """
        output = self._log_of(name).open("w") if log else None
        try:
            child = subprocess.Popen(
                [sys.executable, "-m", *module],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if keep_output else output,
                stderr=output,
                env=self.environment,
                cwd=settings.BASE_DIR,
                start_new_session=True,  # Ctrl-C reaches the parent alone
                text=True,
            )
        finally:
            if output:
                output.close()
        self.running[name] = child
        self.tell_janitor(f"+{child.pid}")
        return child

    def run(self, name: str, *module: str) -> str:
        """Run one to its end; returns its standard output. Raises ChildDied."""
        child = self.start(name, *module, log=False, keep_output=True)
        while name in self.running:
            time.sleep(0.05)
            self.check()
        assert child.stdout is not None
        return child.stdout.read()  # a page at most, which the pipe has held

    def check(self) -> None:
        """Raises ChildDied unless all that ended had done their work."""
        if self.janitor.poll() is not None:
            raise ChildDied("The demo's janitor process was ended; without it nothing would be cleaned up.")
        for name, status in self.ended().items():
            self.tell_janitor(f"-{self.running.pop(name).pid}")
            if status:
                raise ChildDied(
                    f"The demo's {name} process ended with status {status}; {self._last_words(name)}"
                )

    def ended(self) -> dict[str, int]:
        statuses = {name: child.poll() for name, child in self.running.items()}
        return {name: status for name, status in statuses.items() if status is not None}

    def _log_of(self, name: str) -> Path:
        self.logs.mkdir(parents=True, exist_ok=True)
        return self.logs / f"{name}.log"

    def _last_words(self, name: str) -> str:
        log = self._log_of(name)
        if not log.exists():
            return "it has said above why."
        lines = log.read_text(errors="replace").splitlines()[-LOG_LINES:]
        return "\n".join([f"the last lines of {log}:", *lines])
