"""The promise that an address works: `run/servers.json`, locked by the keeper while it holds.

The lock is what counts. A file without one was left behind by a keeper that was killed.
"""

import json
import os
from dataclasses import asdict
from pathlib import Path

from . import locks
from .layout import Endpoints, endpoints_in


class Promise:
    """The keeper's side."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock: int | None = None

    def give(self, sockets: Path) -> None:
        content = {"sockets": str(sockets), "endpoints": asdict(endpoints_in(sockets))}
        draft = self.path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        self.lock = locks.open_lock_file(draft)
        os.write(self.lock, json.dumps(content).encode())
        locks.lock_within(self.lock, 1)  # before the file has its name, so nobody sees it unlocked
        draft.rename(self.path)

    def take_back(self) -> None:
        if self.lock is None:
            return
        if locks.still_there(self.lock, self.path):
            self.path.unlink(missing_ok=True)
        os.close(self.lock)
        self.lock = None


def read_promise(path: Path) -> tuple[Path, Endpoints] | None:
    """The folder of the sockets and the addresses, if a living keeper promises them."""
    try:
        fd = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        if locks.try_lock(fd, shared=True):
            return None
        content = json.loads(os.read(fd, 65536))
    finally:
        os.close(fd)
    return Path(content["sockets"]), Endpoints(**content["endpoints"])
