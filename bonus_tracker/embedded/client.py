"""attach(): hold a lease on the checkout's servers, and start them when nobody has."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from . import locks
from .layout import EmbeddedError, Endpoints, Layout, postgres_socket, valkey_socket

READY_SECONDS = 180  # after a crash PostgreSQL replays its log first; up to 1 GB of it
STARTER = "import sys; sys.path.append(sys.argv[1]); from embedded import keeper; keeper.main(sys.argv[2:])"

_leases: dict[Path, int] = {}  # lease file -> descriptor, open for the life of this process


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
        _take_lease(layout, deadline)
        found = _ready_endpoints(layout)
        if found is not None:
            return found
        if not _start_keeper_unless_one_lives(layout):
            time.sleep(locks.POLL_SECONDS)
    raise EmbeddedError(
        f"The embedded servers did not get ready within {READY_SECONDS} seconds; see {layout.log}."
    )


def _make_control_folder(layout: Layout) -> None:
    if not layout.run.is_dir():
        layout.var.mkdir(mode=0o700, parents=True, exist_ok=True)
        layout.run.mkdir(mode=0o700, exist_ok=True)


def _take_lease(layout: Layout, deadline: float) -> None:
    """Lock the lease shared and touch it; waits while a keeper that is stopping holds it alone."""
    held = _leases.get(layout.lease)
    if held is None or not locks.still_there(held, layout.lease):
        held = locks.open_lock_file(layout.lease)
    if not locks.lock_within(held, deadline - time.monotonic(), shared=True):
        os.close(held)
        raise EmbeddedError(
            f"The embedded servers in {layout.var} did not finish stopping; see {layout.log}."
        )
    old = _leases.get(layout.lease)
    if old is not None and old != held:
        os.close(old)  # of a folder that was removed
    _leases[layout.lease] = held
    os.utime(held)  # so that a command shorter than the keeper's glance counts as use, too


def _ready_endpoints(layout: Layout) -> Endpoints | None:
    """The addresses, if a living keeper vouches for them and both servers answer the door."""
    try:
        fd = os.open(layout.servers, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        if locks.try_lock(fd, shared=True):
            return None  # nobody vouches: left behind by a keeper that was killed
        content = json.loads(os.read(fd, 65536))
    finally:
        os.close(fd)
    sockets = Path(content["sockets"])
    if not (_accepts(postgres_socket(sockets)) and _accepts(valkey_socket(sockets))):
        return None
    return Endpoints(**content["endpoints"])


def _accepts(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(5)
        try:
            probe.connect(os.fspath(path))
        except (ConnectionError, FileNotFoundError, NotADirectoryError):
            return False
        except BlockingIOError:  # a full queue: busy, but alive
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
        _start_keeper(layout, lock)
    finally:
        os.close(lock)
    return True


def _start_keeper(layout: Layout, lock: int) -> None:
    """Run the keeper in a session of its own, and pass on what it says until it is ready.

    It is given the folder above this package instead of `-m`, because importing bonus_tracker
    could load Celery and the settings, which attach.
    """
    layout.log.mkdir(mode=0o700, exist_ok=True)
    reader, writer = os.pipe()
    command = [sys.executable, "-I", "-c", STARTER, str(Path(__file__).parents[1]), str(layout.var)]
    with os.fdopen(reader, "rb") as report, open(layout.log / "keeper.log", "ab", opener=_private) as log:
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
        _read_report(report.read().decode(errors="replace"), layout)


def _read_report(report: str, layout: Layout) -> None:
    lines = [line.partition(" ") for line in report.splitlines()]
    for kind, _, sentence in lines:
        if kind == "note":
            sys.stderr.write(f"{sentence}\n")
        if kind == "error":
            raise EmbeddedError(sentence)
    if not any(kind == "ready" for kind, _, _ in lines):
        raise EmbeddedError(f"The embedded servers' keeper ended early; see {layout.log / 'keeper.log'}.")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)
