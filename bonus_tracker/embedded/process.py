"""Start the servers' programs so that they end with the keeper, whatever ends it."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL

from .access import ServerUser
from .layout import EmbeddedError

# Nothing of the caller's environment: PGPORT, PGDATA and their like would change what starts.
CLEAN_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # linux/prctl.h

Prctl = Callable[[int, int], int]


def _find_prctl() -> Prctl | None:
    if sys.platform != "linux":
        return None
    return ctypes.CDLL(None).prctl


_prctl = _find_prctl()  # found before any fork: a child must not load libraries


def adopt_orphans() -> None:
    """Let a dead postmaster's children become the keeper's, which then ends them."""
    if _prctl:
        _prctl(PR_SET_CHILD_SUBREAPER, 1)


def start(
    command: Sequence[str], user: ServerUser, *, log: Path, cwd: Path, stop_signal: int, keep: Sequence[int]
) -> subprocess.Popen[bytes]:
    """Run a server in a session of its own; `stop_signal` reaches it if the keeper dies.

    keep: descriptors (locks) that it holds as long as any of its processes lives.
    """
    keeper = os.getpid()

    def end_with_the_keeper() -> None:
        if _prctl:
            _prctl(PR_SET_PDEATHSIG, stop_signal)
        if os.getppid() != keeper:  # it died before the line above
            os._exit(1)

    with open(log, "ab", opener=private) as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=cwd,
            env=CLEAN_ENVIRONMENT,
            pass_fds=tuple(keep),
            start_new_session=True,
            preexec_fn=end_with_the_keeper,  # noqa: PLW1509  (one thread; runs after the change of user, which clears it)
            user=user.switch_to_uid,
            group=user.switch_to_gid,
            extra_groups=[] if user.is_other else None,
        )


def run_to_the_end(command: Sequence[str], user: ServerUser, *, statements: str = "") -> None:
    """Run a short program as the servers' user; EmbeddedError with its last line of complaint."""
    done = subprocess.run(
        command,
        input=statements.encode(),
        capture_output=True,
        cwd="/",
        env=CLEAN_ENVIRONMENT,
        umask=0o077,
        user=user.switch_to_uid,
        group=user.switch_to_gid,
        extra_groups=[] if user.is_other else None,
        check=False,
    )
    if done.returncode:
        complaint = last_complaint(done.stderr.decode(errors="replace"))
        raise EmbeddedError(f"{Path(command[0]).name} failed: {complaint}")


def last_complaint(text: str) -> str:
    """The line that tells most: the last with an error in it, else the last at all."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [
        line
        for line in lines
        if any(word in line.lower() for word in ("error", "fatal", "panic", "could not"))
    ]
    return (errors or lines or ["it said nothing"])[-1]


def children_of(pid: int) -> list[int]:
    """Pids of the direct children; [] on a system without /proc."""
    return [child for child in _pids() if (facts := read_facts(child)) and facts.parent == pid]


def kill_orphans_with(lock: Path) -> None:
    """Kill PostgreSQL's processes that hold `lock` open after their postmaster has died.

    They end by themselves unless they are stuck; while the postmaster lives, it is left to end them.
    """
    holders = {pid: _command_line(pid) for pid in _pids() if _has_open(pid, lock) and pid != os.getpid()}
    if not any(line.split(b"\0")[0].endswith(b"/postgres") for line in holders.values()):
        for pid in (pid for pid, line in holders.items() if line.startswith(b"postgres: ")):
            kill(pid, SIGKILL)


def _has_open(pid: int, path: Path) -> bool:
    try:
        return any(fd.samefile(path) for fd in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:  # it ended meanwhile, or is none of ours
        return False


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]


@dataclass(frozen=True)
class Facts:
    name: str
    is_zombie: bool
    parent: int


def read_facts(pid: int) -> Facts | None:
    """What /proc says of a process; None if there is none, or no /proc."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    before, _, after = text.rpartition(")")  # "pid (name) state parent ...", and the name may hold anything
    state, parent, *_ = after.split()
    return Facts(name=before.partition("(")[2], is_zombie=state == "Z", parent=int(parent))


def kill(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def private(path: str, flags: int) -> int:
    """Opener for logs: 0600, never through a symlink."""
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)
