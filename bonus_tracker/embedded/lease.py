"""Leases: a shared lock on `run/lease` for every process that uses the servers."""

import os
import time
from pathlib import Path

from . import locks

_held: dict[Path, int] = {}  # lease file -> descriptor, open for the life of this process


def take_lease(path: Path, *, seconds: float) -> bool:
    """Hold a lease until this process and every child it forks has ended.

    False if a keeper that is stopping has not let go of the file within `seconds`.
    """
    held = _held.get(path)
    if held is None or not locks.still_there(held, path):
        fresh = locks.open_lock_file(path)
        if held is not None:
            os.close(held)  # of a folder that was removed
        held = _held[path] = fresh
    if not locks.lock_within(held, seconds, shared=True):
        return False
    os.utime(held)  # a command shorter than the keeper's glance counts as use, too
    return True


class LeaseWatch:
    """The keeper's side: knows how long nobody has held a lease."""

    def __init__(self, path: Path, idle_seconds: float) -> None:
        self.path = path
        self.idle_seconds = idle_seconds
        self.fd = locks.open_lock_file(path)
        self.last_use, self.last_touch = time.monotonic(), 0

    def file_is_gone(self) -> bool:
        return not locks.still_there(self.fd, self.path)

    def users_are_gone(self) -> bool:
        """Whether the idle time has passed; if so the file stays locked, and newcomers wait."""
        if not locks.try_lock(self.fd):
            self.last_use = time.monotonic()
            return False
        self._notice_short_use()
        if time.monotonic() - self.last_use >= self.idle_seconds:
            return True
        locks.unlock(self.fd)
        return False

    def _notice_short_use(self) -> None:
        touch = os.fstat(self.fd).st_mtime_ns
        if touch != self.last_touch:
            self.last_use, self.last_touch = time.monotonic(), touch
