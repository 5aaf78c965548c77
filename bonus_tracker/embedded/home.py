"""What the servers need to find in place before they start: folders, locks, and a way in."""

import os
from dataclasses import dataclass
from pathlib import Path

from . import access, locks, process
from .access import ServerUser
from .layout import EmbeddedError, Layout
from .programs import published_paths

ORPHANS_SECONDS = 2  # for the children of a killed postmaster to notice
PREVIOUS_SECONDS = 40  # for the servers of a killed keeper to finish


@dataclass(frozen=True)
class Home:
    layout: Layout
    user: ServerUser
    sockets: Path
    folder_locks: tuple[int, ...]  # held by this process and by every process of the servers
    opened: tuple[Path, ...]  # folders that others may pass through since now

    @classmethod
    def prepare(cls, layout: Layout) -> "Home":
        """Make the folders, and wait until no process of earlier servers uses them.

        Raises EmbeddedError with one sentence when that cannot be.
        """
        user = access.server_user(layout.data)
        sockets = layout.sockets(user.uid)
        layout.postgres.mkdir(mode=0o700, exist_ok=True)
        opened = _let_in(user, layout.data, sockets) if user.is_other else []
        folder_locks = (_lock_alone(layout.postgres), _lock_socket_folder(sockets, user))
        return cls(layout, user, sockets, folder_locks, tuple(opened))

    def is_taken_over(self) -> bool:
        """Whether the socket folder was removed and made again, by another keeper's servers."""
        lock = self.sockets / "lock"
        return lock.exists() and not locks.still_there(self.folder_locks[1], lock)

    def remove_short_folder(self) -> None:
        """Leave nothing behind outside VAR_DIR."""
        if not self.sockets.is_relative_to(self.layout.var) and not self.is_taken_over():
            for left in self.sockets.glob("*"):
                left.unlink(missing_ok=True)
            self.sockets.rmdir()

    def about_root(self) -> str:
        """What root should know, in one sentence."""
        outside = [str(folder) for folder in self.opened if not folder.is_relative_to(self.layout.var)]
        ways = f"; others may now pass through {', '.join(outside)} (o+x)" if outside else ""
        return (
            f"PostgreSQL refuses to run as root, so the embedded servers run as user {self.user.name}{ways}."
        )


def _let_in(user: ServerUser, data: Path, sockets: Path) -> list[Path]:
    access.make_readable(*published_paths())
    return access.open_the_way(user, data, sockets, *published_paths())


def _lock_socket_folder(sockets: Path, user: ServerUser) -> int:
    while True:  # an ending keeper may remove a folder outside VAR_DIR under our hands
        access.make_folder_for(sockets, user)
        try:
            return _lock_alone(sockets)
        except FileNotFoundError:
            continue


def _lock_alone(folder: Path) -> int:
    path = folder / "lock"
    while True:
        lock = locks.open_lock_file(path)
        if not locks.lock_within(lock, ORPHANS_SECONDS):
            process.kill_orphans_with(path)
            if not locks.lock_within(lock, PREVIOUS_SECONDS):
                raise EmbeddedError(f"An earlier server still uses {folder} and does not end; stop it.")
        if locks.still_there(lock, path):
            return lock
        os.close(lock)
