"""The keeper: one process per VAR_DIR that owns both servers. Started by client.py, never by hand."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from . import access, locks, postgres, process, valkey
from .layout import EmbeddedError, Layout, endpoints_in, postgres_socket, valkey_socket

POLL_SECONDS = 0.2
START_SECONDS = 170  # a little less than client.READY_SECONDS, so that the reason arrives
PREVIOUS_SECONDS = 40  # for the processes of a killed keeper to finish
STOP_SECONDS = 30  # PostgreSQL writes a checkpoint; then it is stopped the hard way
DEATHS_ALLOWED, DEATHS_WITHIN_SECONDS = 3, 60
LOG_BYTES = 10 * 1024**2


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


@dataclass
class Server:
    name: str
    start: Callable[[], int]  # returns the pid
    is_ready: Callable[[int], bool]
    stop_signal: int
    pid: int = 0  # 0: not running


class Keeper:
    def __init__(self, layout: Layout, report: int) -> None:
        self.layout = layout
        self.report = os.fdopen(report, "w", encoding="utf-8", errors="backslashreplace")
        self.idle_seconds = float(os.environ.get("BONUS_EMBEDDED_IDLE_SECONDS", "10"))
        self.lease = locks.open_lock_file(layout.lease)
        self.last_use, self.last_touch = time.monotonic(), 0
        self.servers: list[Server] = []
        self.deaths: list[float] = []
        self.vouching: int | None = None  # the lock on servers.json
        self.asked_to_stop = False

    def run(self) -> int:
        """Exit status: 0 when the servers were stopped because nobody needed them."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop_signal)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        try:
            self._start()
            self._tell("ready")
            self.report.close()
            self._say(f"stopping: {self._watch()}")
        except (EmbeddedError, OSError) as error:
            self._say(f"error: {error}")
            if not self.report.closed:
                self._tell(f"error {_one_line(error)}")
            return 1
        finally:
            self._stop()
        return 0

    # Starting

    def _start(self) -> None:
        layout = self.layout
        self._roll_logs()
        self.user = access.server_user(layout.data)
        self.sockets = layout.sockets(self.user.uid)
        layout.postgres.mkdir(mode=0o700, exist_ok=True)
        opened = self._let_the_user_in()
        self._lock_folders()
        made = postgres.ensure_cluster(layout, self.user)
        if self.user.is_other and (made or opened):
            self._tell(f"note {self._about_root(opened)}")
        self.servers = self._describe_servers()
        for server in self.servers:
            self._start_server(server)
        for server in self.servers:
            self._wait_until_ready(server)
        self._vouch()

    def _let_the_user_in(self) -> list[Path]:
        if not self.user.is_other:
            return []
        access.make_readable(*postgres.published_folders(), valkey.program())
        return access.open_the_way(
            self.user, self.layout.data, self.sockets, *postgres.published_folders(), valkey.program()
        )

    def _about_root(self, opened: list[Path]) -> str:
        outside = [str(folder) for folder in opened if not folder.is_relative_to(self.layout.var)]
        ways = f", and {', '.join(outside)} may now be passed through by others (o+x)" if outside else ""
        return f"PostgreSQL does not run as root, so the embedded servers run as user {self.user.name}{ways}."

    def _lock_folders(self) -> None:
        """Wait for every process of earlier servers to end, then keep others out."""
        access.make_folder_for(self.sockets, self.user)
        self.folder_locks = [_lock_alone(folder / "lock") for folder in (self.layout.postgres, self.sockets)]

    def _describe_servers(self) -> list[Server]:
        return [
            Server("postgres", self._start_postgres, self._postgres_is_ready, signal.SIGINT),
            Server("valkey", self._start_valkey, self._valkey_is_ready, signal.SIGTERM),
        ]

    def _start_server(self, server: Server) -> None:
        server.pid = server.start()
        self._say(f"started {server.name}, pid {server.pid}")

    def _start_postgres(self) -> int:
        postgres.drop_stale_pid_file(self.layout.data)
        postgres.write_access_rules(self.layout)
        socket_file = postgres_socket(self.sockets)
        socket_file.with_name(f"{socket_file.name}.lock").unlink(missing_ok=True)
        return self._run(postgres.command(self.layout, self.sockets), "postgres", Path("/"), signal.SIGINT)

    def _start_valkey(self) -> int:
        return self._run(valkey.command(), "valkey", self.sockets, signal.SIGTERM)

    def _run(self, command: list[str], name: str, cwd: Path, stop_signal: int) -> int:
        log = self._log(name)
        self.log_start = {**getattr(self, "log_start", {}), name: log.stat().st_size if log.exists() else 0}
        started = process.start(
            command, self.user, log=log, cwd=cwd, stop_signal=stop_signal, keep=self.folder_locks
        )
        started.returncode = 0  # from here on _reap waits for it, not subprocess
        return started.pid

    def _postgres_is_ready(self, pid: int) -> bool:
        return postgres.is_ready(self.layout.data, pid)

    def _valkey_is_ready(self, _pid: int) -> bool:
        return valkey.is_ready(self.sockets)

    def _wait_until_ready(self, server: Server) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not server.is_ready(server.pid):
            self._reap()
            if not server.pid:
                raise EmbeddedError(
                    f"The embedded {server.name} did not start: {self._complaint(server.name)}"
                )
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"The embedded {server.name} is still not ready; see {self._log(server.name)}."
                )
            time.sleep(locks.POLL_SECONDS)

    # Vouching: the exclusive lock on servers.json is the promise that its address works

    def _vouch(self) -> None:
        content = {"sockets": str(self.sockets), "endpoints": asdict(endpoints_in(self.sockets))}
        draft = self.layout.servers.with_suffix(".new")
        draft.unlink(missing_ok=True)
        self.vouching = locks.open_lock_file(draft)
        os.write(self.vouching, json.dumps(content).encode())
        locks.lock_within(self.vouching, 1)
        draft.rename(self.layout.servers)

    def _stop_vouching(self) -> None:
        if self.vouching is None:
            return
        if locks.still_there(self.vouching, self.layout.servers):
            self.layout.servers.unlink(missing_ok=True)
        os.close(self.vouching)
        self.vouching = None

    # Watching

    def _watch(self) -> str:
        """Keep the servers running until there is a reason not to; returns the reason."""
        while True:
            time.sleep(POLL_SECONDS)
            self._reap()
            if self.asked_to_stop:
                return "asked to"
            if not locks.still_there(self.lease, self.layout.lease):
                return "the folder was removed"
            if not all(self._is_in_place(server) for server in self.servers):
                return "a server's files were removed"
            if self._users_are_gone():
                return "nobody uses the servers"
            self._restart_the_dead()

    def _is_in_place(self, server: Server) -> bool:
        if server.name == "valkey":
            return not server.pid or valkey_socket(self.sockets).exists()
        return self._data_exists() and (not server.pid or postgres_socket(self.sockets).exists())

    def _data_exists(self) -> bool:
        return (self.layout.data / "PG_VERSION").exists()

    def _users_are_gone(self) -> bool:
        """Whether no lease was held for a while; if so this keeps the lease, and newcomers wait.

        A command shorter than a poll is seen by the touch it left on the file.
        """
        if not locks.try_lock(self.lease):
            self.last_use = time.monotonic()
            return False
        touch = os.fstat(self.lease).st_mtime_ns
        if touch != self.last_touch:
            self.last_use, self.last_touch = time.monotonic(), touch
        if time.monotonic() - self.last_use >= self.idle_seconds:
            return True
        locks.unlock(self.lease)
        return False

    def _restart_the_dead(self) -> None:
        """Start a server again at the same address, so that those who use it just reconnect."""
        dead = [server for server in self.servers if not server.pid]
        if not dead:
            return
        self._stop_vouching()
        self._count_deaths(dead)
        self._end_orphans()
        for server in dead:
            self._start_server(server)
            self._wait_until_ready(server)
        self._vouch()

    def _count_deaths(self, dead: list[Server]) -> None:
        now = time.monotonic()
        self.deaths = [at for at in self.deaths if at > now - DEATHS_WITHIN_SECONDS] + [now] * len(dead)
        if len(self.deaths) > DEATHS_ALLOWED:
            raise EmbeddedError(f"{dead[0].name} keeps dying: {self._complaint(dead[0].name)}")

    # Stopping

    def _stop(self) -> None:
        self._stop_vouching()
        for server in self.servers:
            if server.pid:
                process.kill(server.pid, self._fitting_stop_signal(server))
        self._wait_for_servers(STOP_SECONDS)
        for server in self.servers:
            if server.pid:
                process.kill(server.pid, signal.SIGQUIT)
        self._wait_for_servers(5)
        self._end_orphans(everyone=True)

    def _fitting_stop_signal(self, server: Server) -> int:
        """Clean, unless the data is gone; and not even that if another server stands in its place.

        A server that stops by itself unlinks its socket by name: that would be its successor's.
        """
        lock = self.sockets / "lock"
        if lock.exists() and not locks.still_there(self.folder_locks[1], lock):
            return signal.SIGKILL
        if server.name == "postgres" and not self._data_exists():
            return signal.SIGQUIT
        return server.stop_signal

    def _wait_for_servers(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while any(server.pid for server in self.servers) and time.monotonic() < deadline:
            self._reap()
            time.sleep(locks.POLL_SECONDS)

    def _end_orphans(self, *, everyone: bool = False) -> None:
        """Kill what a dead postmaster left behind: it would keep a new one from starting."""
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            self._reap()
            spared = set() if everyone else {server.pid for server in self.servers}
            orphans = set(process.children_of(os.getpid())) - spared
            if not orphans:
                return
            for pid in orphans:
                process.kill(pid, signal.SIGKILL)
            time.sleep(locks.POLL_SECONDS)

    def _reap(self) -> None:
        """Notice children that ended."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            for server in self.servers:
                if server.pid == pid:
                    self._say(f"{server.name} ended with {os.waitstatus_to_exitcode(status)}")
                    server.pid = 0

    def _on_stop_signal(self, _number: int, _frame: object) -> None:
        self.asked_to_stop = True

    # Telling

    def _tell(self, line: str) -> None:
        with suppress(BrokenPipeError):  # whoever started this was interrupted; others may be waiting
            print(line, file=self.report, flush=True)

    def _say(self, sentence: str) -> None:
        print(time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime()), sentence, flush=True)  # noqa: T201  (keeper.log)

    def _log(self, name: str) -> Path:
        return self.layout.log / f"{name}.log"

    def _complaint(self, name: str) -> str:
        try:
            with self._log(name).open("rb") as log:
                log.seek(self.log_start[name])
                return process.last_complaint(log.read().decode(errors="replace"))
        except OSError as error:
            return str(error)

    def _roll_logs(self) -> None:
        for log in self.layout.log.glob("*.log"):
            if log.stat().st_size > LOG_BYTES:
                log.rename(log.with_suffix(".log.1"))


def _lock_alone(path: Path) -> int:
    while True:
        lock = locks.open_lock_file(path)
        if not locks.lock_within(lock, PREVIOUS_SECONDS):
            raise EmbeddedError(
                f"Processes of an earlier server still use {path.parent} and do not end; stop them."
            )
        if locks.still_there(lock, path):
            return lock
        os.close(lock)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
