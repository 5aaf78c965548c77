"""The keeper: one process per VAR_DIR that owns both servers. Started by client.py, never by hand."""

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from . import process, server
from .cluster import ensure_cluster
from .home import Home
from .layout import EmbeddedError, Layout
from .lease import LeaseWatch
from .postgres import Postgres
from .promise import Promise
from .server import Server
from .valkey import Valkey

POLL_SECONDS = 0.2
STOP_SECONDS = 30  # PostgreSQL writes a checkpoint; then it is stopped the hard way
DEATHS_ALLOWED, DEATHS_WITHIN_SECONDS = 3, 60


def main(arguments: list[str]) -> None:
    """arguments: VAR_DIR, the descriptor of the keeper lock (held), the descriptor to report to."""
    if os.fork():
        os._exit(0)  # so that whoever started this has no child to wait for
    var, lock, report = arguments[0], int(arguments[1]), int(arguments[2])
    for descriptor in (lock, report):
        os.set_inheritable(descriptor, False)
    os.umask(0o077)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    process.adopt_orphans()
    sys.exit(Keeper(Layout(Path(var)), report).run())


class Keeper:
    def __init__(self, layout: Layout, report: int) -> None:
        self.layout = layout
        self.report = os.fdopen(report, "w", encoding="utf-8", errors="backslashreplace")
        self.lease = LeaseWatch(layout.lease, float(os.environ.get("BONUS_EMBEDDED_IDLE_SECONDS", "10")))
        self.promise = Promise(layout.servers)
        self.home: Home | None = None
        self.servers: list[Server] = []
        self.deaths: list[float] = []
        self.asked_to_stop = False

    def run(self) -> int:
        """Exit status: 0 when there was no need to go on, 1 when that was impossible."""
        self._mind_signals()
        try:
            self._start()
            self._tell("ready")
            self.report.close()
            self._say(f"stopping: {self._watch()}")
        except (EmbeddedError, OSError) as error:
            sentence = " ".join(str(error).split())
            self._say(f"error: {sentence}")
            self._tell(f"error {sentence}")
            return 1
        finally:
            self._stop()
        return 0

    def _start(self) -> None:
        self.home = home = Home.prepare(self.layout)
        made = ensure_cluster(self.layout, home.user)
        if home.user.is_other and (made or home.opened):
            self._tell(f"note {home.about_root()}")
        self.servers = [Postgres(home), Valkey(home)]
        self._bring_up()

    def _bring_up(self) -> None:
        server.start_all(self.servers)
        assert self.home is not None
        self.promise.give(self.home.sockets)
        self._say(", ".join(f"{each.name} runs with pid {each.pid}" for each in self.servers))

    def _watch(self) -> str:
        """Keep the servers running until there is a reason not to; returns the reason."""
        while True:
            time.sleep(POLL_SECONDS)
            server.reap(self.servers)
            reason = self._reason_to_stop()
            if reason:
                return reason
            self._restart_the_dead()
            for each in self.servers:
                each.roll_log()

    def _reason_to_stop(self) -> str:
        if self.asked_to_stop:
            return "asked to"
        if self.lease.file_is_gone() or not all(each.is_in_place() for each in self.servers):
            return "files of the servers were removed"
        return "nobody uses the servers" if self.lease.users_are_gone() else ""

    def _restart_the_dead(self) -> None:
        """Start a server again at the same address, so that those who use it just reconnect."""
        dead = [each for each in self.servers if not each.pid]
        if not dead:
            return
        self.promise.take_back()
        self._count_deaths(dead)
        server.end_orphans(self.servers)
        self._bring_up()

    def _count_deaths(self, dead: list[Server]) -> None:
        now = time.monotonic()
        self.deaths = [at for at in self.deaths if at > now - DEATHS_WITHIN_SECONDS] + [now] * len(dead)
        self._say(f"{' and '.join(each.name for each in dead)} died: {dead[0].complaint()}")
        if len(self.deaths) > DEATHS_ALLOWED:
            raise EmbeddedError(f"The embedded {dead[0].name} keeps dying; see {dead[0].log}.")

    def _stop(self) -> None:
        self.promise.take_back()
        if self.home is None:
            return
        if self.home.is_taken_over():
            # A server that stops by itself unlinks its socket by name: that would be its successor's.
            server.stop_all(self.servers, signal.SIGKILL, seconds=5)
        if any(isinstance(each, Postgres) and not each.data_exists() for each in self.servers):
            server.stop_all(self.servers, signal.SIGQUIT, seconds=5)  # nothing is left to be written
        server.stop_all(self.servers, seconds=STOP_SECONDS)
        server.stop_all(self.servers, signal.SIGQUIT, seconds=5)
        server.stop_all(self.servers, signal.SIGKILL, seconds=5)
        server.end_orphans([])
        self.home.remove_short_folder()

    def _mind_signals(self) -> None:
        def ask(_number: int, _frame: object) -> None:
            self.asked_to_stop = True

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, ask)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def _tell(self, line: str) -> None:
        """To whoever started this and is waiting."""
        # ValueError: it was told before; BrokenPipeError: it was interrupted.
        with suppress(ValueError, BrokenPipeError):
            print(line, file=self.report, flush=True)

    def _say(self, sentence: str) -> None:
        """To keeper.log."""
        print(time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime()), sentence, flush=True)  # noqa: T201
