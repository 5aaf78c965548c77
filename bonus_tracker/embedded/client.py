"""attach(): hold a lease on the checkout's servers, and start them when nobody has."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from . import locks
from .layout import EmbeddedError, Endpoints, Layout, postgres_socket, valkey_socket
from .lease import take_lease
from .process import private
from .promise import read_promise

READY_SECONDS = 180  # after a crash PostgreSQL replays its log first; up to 1 GB of it
STARTER = "import sys; sys.path.append(sys.argv[1]); from embedded import keeper; keeper.main(sys.argv[2:])"


def attach(var_dir: Path) -> Endpoints:
    """Start the checkout's servers if they are not running, and hold a lease on them.

    The lease lasts as long as this process or any child it forks; a program started with exec
    attaches by itself. Cheap when the servers run, safe from many processes at once, harmless
    to call again. Raises EmbeddedError with one sentence that names the folder and the reason.
    """
    layout = Layout.of(var_dir)
    try:
        return _attach(layout)
    except OSError as error:
        reason = f"{error.strerror} ({error.filename})" if error.filename else str(error)
        raise EmbeddedError(
            f"The embedded servers cannot use the folder {layout.var}: {reason}; "
            "set VAR_DIR to a folder that this user can write, or DATABASE_URL and REDIS_URL to servers of yours."
        ) from None


def _attach(layout: Layout) -> Endpoints:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        _make_control_folder(layout)
        if not take_lease(layout.lease, seconds=deadline - time.monotonic()):
            break
        promised = read_promise(layout.servers)
        if promised and _answer_the_door(promised[0]):
            return promised[1]
        if not _start_keeper_unless_one_lives(layout):
            time.sleep(locks.POLL_SECONDS)
    raise EmbeddedError(
        f"The embedded servers did not get ready within {READY_SECONDS} seconds; see {layout.log}."
    )


def _make_control_folder(layout: Layout) -> None:
    if not layout.run.is_dir():
        layout.var.mkdir(mode=0o700, parents=True, exist_ok=True)
        layout.run.mkdir(mode=0o700, exist_ok=True)


def _answer_the_door(sockets: Path) -> bool:
    """Whether both servers accept; a promise may be a moment older than a server's death."""
    return all(_accepts(path) for path in (postgres_socket(sockets), valkey_socket(sockets)))


def _accepts(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(5)
        try:
            probe.connect(os.fspath(path))
        except (ConnectionError, FileNotFoundError, NotADirectoryError):
            return False
        except (BlockingIOError, TimeoutError):  # a full queue: busy, but alive
            return True
    return True


def _start_keeper_unless_one_lives(layout: Layout) -> bool:
    """Start a keeper and wait until it is ready; False if another one lives or is starting.

    The lock is taken here and handed to the keeper, so two starters cannot both win.
    """
    lock = locks.open_lock_file(layout.keeper_lock)
    try:
        if not locks.try_lock(lock) or not locks.still_there(lock, layout.keeper_lock):
            return False
        layout.servers.unlink(missing_ok=True)
        layout.log.mkdir(mode=0o700, exist_ok=True)
        _start_keeper(layout, lock)
    finally:
        os.close(lock)
    return True


def _start_keeper(layout: Layout, lock: int) -> None:
    """Run the keeper in a session of its own, out of reach of Ctrl-C, and wait for its report.

    It is given the folder above this package instead of `-m`, because importing bonus_tracker
    loads Celery and the settings, which attach.
    """
    reader, writer = os.pipe()
    command = [sys.executable, "-I", "-c", STARTER, str(Path(__file__).parents[1]), str(layout.var)]
    with os.fdopen(reader, "rb") as report, open(layout.log / "keeper.log", "ab", opener=private) as log:
        try:
            started = subprocess.Popen(
                [*command, str(lock), str(writer)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                pass_fds=(lock, writer),
                start_new_session=True,
            )
        finally:
            os.close(writer)
        started.wait()  # it forks at once and goes on as nobody's child
        _heed(report.read().decode(errors="replace"), layout)


def _heed(report: str, layout: Layout) -> None:
    """Pass on the keeper's notes to standard error; raise what went wrong."""
    lines = [line.partition(" ") for line in report.splitlines()]
    for kind, _, sentence in lines:
        if kind == "note":
            sys.stderr.write(f"{sentence}\n")
        if kind == "error":
            raise EmbeddedError(sentence)
    if not any(kind == "ready" for kind, _, _ in lines):
        raise EmbeddedError(f"The embedded servers' keeper ended early; see {layout.log / 'keeper.log'}.")
