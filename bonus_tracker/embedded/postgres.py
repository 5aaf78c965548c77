"""The private PostgreSQL: how it is started, who may connect, its settings."""

import os
import pwd
import shutil
from pathlib import Path
from signal import SIGINT

from . import process
from .layout import PORT, Layout, postgres_socket
from .programs import postgres_programs
from .server import Server

THROWAWAY = "bonus_throwaway"  # a file in the data folder: made for tests, runs without fsync


class Postgres(Server):
    name = "postgres"
    stop_signal = SIGINT  # "fast": ends sessions, writes a checkpoint

    def command(self) -> list[str]:
        return command(self.home.layout, self.home.sockets)

    def folder(self) -> Path:
        return Path("/")

    def before_start(self) -> None:
        drop_stale_pid_file(self.home.layout.data)
        write_access_rules(self.home.layout)
        lock = postgres_socket(self.home.sockets).name + ".lock"  # ours alone, as the folder is locked
        (self.home.sockets / lock).unlink(missing_ok=True)

    def is_ready(self) -> bool:
        return is_ready(self.home.layout.data, self.pid)

    def is_in_place(self) -> bool:
        return self.data_exists() and (not self.pid or postgres_socket(self.home.sockets).exists())

    def data_exists(self) -> bool:
        return (self.home.layout.data / "PG_VERSION").exists()


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
    return pwd.getpwuid(os.geteuid()).pw_name


def drop_stale_pid_file(data: Path) -> None:
    """Forget a pid that is no living PostgreSQL: PostgreSQL itself only asks whether the pid exists.

    After a reboot it may be somebody else's; in a container without an init it stays a zombie.
    """
    pid = "".join(_read_pid_file(data)[:1]).lstrip("-")
    facts = process.read_facts(int(pid)) if pid.isdigit() else None
    is_alive = facts is not None and facts.name == "postgres" and not facts.is_zombie
    if not is_alive and Path("/proc/self").exists():
        (data / "postmaster.pid").unlink(missing_ok=True)


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
    return [str(postgres_programs() / "postgres"), "-D", str(layout.data), *options]


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
        "max_parallel_workers": max(
            4, os.cpu_count() or 4
        ),  # those of a statement's last part may still be ending
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
