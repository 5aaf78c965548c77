"""Whole-file locks (flock) that the kernel frees when the last holder ends, however it ends."""

import fcntl
import os
import time
from pathlib import Path

POLL_SECONDS = 0.01


def open_lock_file(path: Path) -> int:
    """A file descriptor on `path`, made 0600 if it is missing; a symlink there is an OSError."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def try_lock(fd: int, *, shared: bool = False) -> bool:
    """Lock now, or answer False because somebody else holds it."""
    try:
        fcntl.flock(fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def lock_within(fd: int, seconds: float, *, shared: bool = False) -> bool:
    """Lock as soon as possible, or answer False after `seconds`."""
    deadline = time.monotonic() + seconds
    while not try_lock(fd, shared=shared):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def unlock(fd: int) -> None:
    fcntl.flock(fd, fcntl.LOCK_UN)


def still_there(fd: int, path: Path) -> bool:
    """Whether `path` is still the very file that is open as `fd`."""
    try:
        return os.path.samestat(os.fstat(fd), path.stat())
    except FileNotFoundError:
        return False
