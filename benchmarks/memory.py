"""Peak memory of everything that takes part: this process, its children, PostgreSQL.

Counted is the proportional set size (PSS) of each process at the same moment: a page that several
processes share, such as PostgreSQL's buffers, is counted once. Read every 20 ms, so that a shorter
spike can be missed.
"""

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from django.db import connection

SECONDS_BETWEEN_LOOKS = 0.02


class Watch:
    """Looks at the memory while its block runs; then `peak` is in bytes, or None where it cannot be read."""

    def __init__(self, others: Iterable[int] = ()) -> None:
        self.roots = {os.getpid(), *others, *postmaster()}
        self.peak: int | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._note()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stopped.wait(SECONDS_BETWEEN_LOOKS):
            self._note()

    def _note(self) -> None:
        if known := family_pss(self.roots):
            self.peak = max(self.peak or 0, known)


def family_pss(roots: Iterable[int]) -> int:
    """Bytes of these processes and all below them; 0 when none can be looked at."""
    return sum(pss(pid) or 0 for pid in _with_children(roots))


def pss(pid: int) -> int | None:
    """Bytes of a process's proportional set size; None when it ended or may not be looked at."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:")), None)


def _with_children(roots: Iterable[int]) -> set[int]:
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.add(pid)
            waiting += _children(pid)
    return found


def _children(pid: int) -> Iterator[int]:
    with suppress(OSError):  # it ended just now
        for listed in Path(f"/proc/{pid}/task").glob("*/children"):
            with suppress(OSError):  # or one of its threads did
                yield from map(int, listed.read_text().split())


def postmaster() -> set[int]:
    """The parent of this session's backend, when the server runs on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = Path("/proc", str(cursor.fetchone()[0]))
    try:
        facts = dict(line.split(":", 1) for line in (backend / "status").read_text().splitlines())
    except OSError:
        return set()
    return {int(facts["PPid"])} if facts["Name"].strip().startswith("postgres") else set()
