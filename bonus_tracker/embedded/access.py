"""Who runs the servers, and the least that this user must be able to reach.

PostgreSQL refuses to run as root, so root runs both servers as an ordinary user without rights.
That user must be able to pass through the folders above the data and the programs: they get o+x,
which lets a name inside be used by whoever knows it, but not listed, and nothing more.
"""

import os
import pwd
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .layout import EmbeddedError

PLAIN_USERS = ("nobody", "daemon")


@dataclass(frozen=True)
class ServerUser:
    uid: int
    gid: int
    name: str
    is_other: bool  # root starts the servers as this user; otherwise they run as whoever starts them

    @property
    def switch_to_uid(self) -> int | None:
        return self.uid if self.is_other else None

    @property
    def switch_to_gid(self) -> int | None:
        return self.gid if self.is_other else None


def server_user(data: Path) -> ServerUser:
    """The user for the servers of the cluster in `data`, which may not exist yet."""
    if os.geteuid() != 0:
        return ServerUser(os.geteuid(), os.getegid(), _name_of(os.geteuid()), is_other=False)
    try:
        owner = pwd.getpwuid(data.stat().st_uid)
    except (FileNotFoundError, KeyError):
        owner = None
    if owner is None or owner.pw_uid == 0:
        owner = _plain_user()
    return ServerUser(owner.pw_uid, owner.pw_gid, owner.pw_name, is_other=True)


def _plain_user() -> pwd.struct_passwd:
    for name in PLAIN_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EmbeddedError(
        "PostgreSQL refuses to run as root and this machine has neither a user 'nobody' nor 'daemon' to run it as; "
        "run as an ordinary user."
    )


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        raise EmbeddedError(
            f"PostgreSQL needs a user with a name and uid {uid} has none; run as a user listed in /etc/passwd."
        ) from None


def make_folder_for(folder: Path, user: ServerUser) -> None:
    """A folder that only `user` (and root) can enter; one that somebody else put there is refused.

    mkdir makes it or fails, and lstat sees a planted symlink, so nobody can make us use theirs.
    """
    try:
        folder.mkdir(mode=0o700)
        if user.is_other:
            os.chown(folder, user.uid, user.gid, follow_symlinks=False)
    except FileExistsError:
        pass
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user.uid or stat.S_IMODE(found.st_mode) != 0o700:
        raise EmbeddedError(
            f"{folder} should be a folder of user {user.name} with mode 0700 and is not; remove it, or set VAR_DIR."
        )


def open_the_way(user: ServerUser, *targets: Path) -> list[Path]:
    """Give o+x to the folders above `targets` that `user` cannot pass through; returns those changed."""
    opened = []
    for folder in {above: None for target in targets for above in reversed(target.parents)}:
        found = folder.stat()
        if not _may_pass(found, user):
            folder.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXOTH)
            opened.append(folder)
    return opened


def _may_pass(found: os.stat_result, user: ServerUser) -> bool:
    if found.st_uid == user.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == user.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def make_readable(*trees: Path) -> None:
    """Let everyone read and run the published programs in `trees`, which a strict umask may have hidden."""
    for path in (path for tree in trees for path in _walk(tree)):
        found = path.lstat()
        if stat.S_ISLNK(found.st_mode):
            continue
        runs = stat.S_IXOTH if found.st_mode & stat.S_IXUSR else 0
        wanted = stat.S_IMODE(found.st_mode) | stat.S_IROTH | runs
        if wanted != stat.S_IMODE(found.st_mode):
            path.chmod(wanted)


def _walk(tree: Path) -> Iterator[Path]:
    yield tree
    for folder, folders, files in os.walk(tree):
        yield from (Path(folder, name) for name in (*folders, *files))
