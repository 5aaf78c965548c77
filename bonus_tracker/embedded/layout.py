"""Where things lie under VAR_DIR, and the addresses that follow from it."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

SOCKET_PATH_BYTES = 103  # sun_path holds 104 bytes on some systems, 108 on Linux; the last is a NUL
PORT = 5432  # only a part of the socket's name; nothing listens on TCP


class EmbeddedError(RuntimeError):
    """The embedded servers cannot be had; the message is one sentence for the person at the terminal."""


@dataclass(frozen=True)
class Endpoints:
    """Addresses of the running servers, readable by libpq, dj-database-url and redis-py."""

    database_url: str  # role bonus_app: may connect, and do what the migrations grant
    database_owner_url: str  # role bonus_owner: superuser of this private cluster
    redis_url: str


@dataclass(frozen=True)
class Layout:
    """Paths inside one real (symlink-free, absolute) VAR_DIR."""

    var: Path

    @classmethod
    def of(cls, var_dir: Path) -> "Layout":
        return cls(Path(os.path.realpath(var_dir)))

    @property
    def run(self) -> Path:  # control files: only for the processes that attach, not for the servers
        return self.var / "run"

    @property
    def lease(self) -> Path:
        return self.run / "lease"

    @property
    def keeper_lock(self) -> Path:
        return self.run / "keeper.lock"

    @property
    def servers(self) -> Path:
        return self.run / "servers.json"

    @property
    def log(self) -> Path:
        return self.var / "log"

    @property
    def postgres(self) -> Path:
        return self.var / "postgres"

    @property
    def data(self) -> Path:
        return self.postgres / "data"

    def sockets(self, server_uid: int) -> Path:
        """The folder of both sockets: inside VAR_DIR, or a short one when that is too long to connect to.

        The same answer every time, so that a process that reconnects after a restart finds the servers.
        """
        inside = self.var / "sock"
        if _usable_for_sockets(inside):
            return inside
        name = hashlib.sha256(os.fsencode(self.var)).hexdigest()[:16]
        return _short_parent(server_uid) / f"bonus-tracker-{server_uid}-{name}"


def endpoints_in(sockets: Path) -> Endpoints:
    host = quote(os.fsencode(sockets), safe="")
    where = f"/bonus_tracker?host={host}&port={PORT}"  # the port is named because PGPORT would win
    return Endpoints(
        database_url=f"postgresql://bonus_app@{where}",
        database_owner_url=f"postgresql://bonus_owner@{where}",
        redis_url=f"unix://{quote(os.fsencode(valkey_socket(sockets)))}?db=0",
    )


def postgres_socket(sockets: Path) -> Path:
    return sockets / f".s.PGSQL.{PORT}"


def valkey_socket(sockets: Path) -> Path:
    return sockets / "valkey.sock"


def _usable_for_sockets(folder: Path) -> bool:
    # libpq reads a comma as a list of hosts; quotes and control characters need not be tried.
    plain = str(folder).isprintable() and not set(str(folder)) & set(",'\"\\")
    return plain and len(os.fsencode(postgres_socket(folder))) <= SOCKET_PATH_BYTES


def _short_parent(server_uid: int) -> Path:
    """XDG_RUNTIME_DIR if it is really this user's own and private, else /tmp."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if not runtime.startswith("/") or server_uid != os.geteuid():
        return Path("/tmp")  # noqa: S108  (the folder made in it is checked for owner and mode)
    try:
        found = os.lstat(runtime)
    except OSError:
        return Path("/tmp")  # noqa: S108
    private = stat.S_ISDIR(found.st_mode) and found.st_uid == server_uid and not found.st_mode & 0o077
    return Path(runtime) if private and len(os.fsencode(runtime)) < 40 else Path("/tmp")  # noqa: S108
