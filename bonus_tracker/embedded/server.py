"""One server as the keeper sees it, and the keeper's children in general."""

import os
import shutil
import time
from abc import ABC, abstractmethod
from pathlib import Path
from signal import SIGKILL, Signals

from . import locks, process
from .home import Home
from .layout import EmbeddedError

START_SECONDS = 170  # a little less than client.READY_SECONDS, so that the reason arrives
LOG_BYTES = 10 * 1024**2


class Server(ABC):
    """pid is 0 while the server does not run."""

    name: str
    stop_signal: Signals

    def __init__(self, home: Home) -> None:
        self.home = home
        self.log = home.layout.log / f"{self.name}.log"
        self.pid = 0
        self._log_start = 0  # bytes; what the present start has written begins here

    @abstractmethod
    def command(self) -> list[str]: ...

    @abstractmethod
    def folder(self) -> Path:
        """Where to run the command."""

    @abstractmethod
    def is_ready(self) -> bool: ...

    @abstractmethod
    def is_in_place(self) -> bool:
        """Whether nobody removed its files."""

    @abstractmethod
    def before_start(self) -> None: ...

    def start(self) -> None:
        self.before_start()
        self.roll_log()
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        started = process.start(
            self.command(),
            self.home.user,
            log=self.log,
            cwd=self.folder(),
            stop_signal=self.stop_signal,
            keep=self.home.folder_locks,
        )
        started.returncode = 0  # from here on reap() waits for it, not subprocess
        self.pid = started.pid

    def complaint(self) -> str:
        try:
            with self.log.open("rb") as log:
                log.seek(self._log_start)
                return process.last_complaint(log.read().decode(errors="replace"))
        except OSError as error:
            return str(error)

    def roll_log(self) -> None:
        """Move a long log aside; the server goes on appending to the same, emptied file."""
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
            os.truncate(self.log, 0)
            self._log_start = 0


def start_all(servers: list[Server]) -> None:
    """Start those that do not run, and wait until they are ready.

    Raises EmbeddedError with the reason from the server's log.
    """
    starting = [server for server in servers if not server.pid]
    for server in starting:
        server.start()
    for server in starting:
        _wait_until_ready(server, servers)


def _wait_until_ready(server: Server, servers: list[Server]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not server.is_ready():
        reap(servers)
        if not server.pid:
            raise EmbeddedError(f"The embedded {server.name} did not start: {server.complaint()}")
        if time.monotonic() > deadline:
            raise EmbeddedError(f"The embedded {server.name} is still not ready; see {server.log}.")
        time.sleep(locks.POLL_SECONDS)


def stop_all(servers: list[Server], number: Signals | None = None, *, seconds: float) -> None:
    """Send `number`, or each server's own stop signal, and wait; who does not end in time stays."""
    for server in servers:
        if server.pid:
            process.kill(server.pid, number or server.stop_signal)
    deadline = time.monotonic() + seconds
    while any(server.pid for server in servers) and time.monotonic() < deadline:
        reap(servers)
        time.sleep(locks.POLL_SECONDS)


def end_orphans(servers: list[Server], *, seconds: float = 5) -> None:
    """Kill what a dead postmaster left behind: it would keep a new one from starting."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        reap(servers)
        orphans = set(process.children_of(os.getpid())) - {server.pid for server in servers}
        if not orphans:
            return
        for pid in orphans:
            process.kill(pid, SIGKILL)
        time.sleep(locks.POLL_SECONDS)


def reap(servers: list[Server]) -> None:
    """Notice which children ended."""
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        for server in servers:
            if server.pid == pid:
                server.pid = 0
