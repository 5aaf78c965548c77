"""Several people at the same database at once, stopped and released at chosen points.

Each actor is a thread with a connection of its own. Nothing here waits for time to pass: a test goes on
when an actor has reached a point, ended, or is seen by PostgreSQL to wait for a lock.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from tests.patience import SAFETY_SECONDS, eventually

LOCK_SECONDS = int(SAFETY_SECONDS * 0.9)  # so that a statement that waits for ever says which it was
RENDEZVOUS = 0x52454E44  # "REND": an advisory lock that holds statements in the middle


class Actor:
    """A function running beside the test; `end` gives what it returned or raises what it raised."""

    def __init__(self, function: Callable[[], Any]) -> None:
        self.function = function
        self.pid = 0
        self.answer: Any = None
        self.error: BaseException | None = None
        self.started = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        assert self.started.wait(SAFETY_SECONDS)

    def _run(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'; SET deadlock_timeout = '100ms'")
                cursor.execute("SELECT pg_backend_pid()")
                self.pid = cursor.fetchone()[0]
            self.started.set()
            self.answer = self.function()
        except BaseException as error:  # noqa: BLE001  (handed to the test by `end`)
            self.error = error
        finally:
            connection.close()
            self.started.set()

    @property
    def has_ended(self) -> bool:
        return not self.thread.is_alive()

    def end(self) -> Any:
        self.thread.join(SAFETY_SECONDS)
        assert self.has_ended, "an actor did not end"
        if self.error:
            raise self.error
        return self.answer

    def waits(self) -> bool:
        """Go on once it waits for a lock (True) or has ended (False)."""
        eventually(lambda: self.has_ended or _waits_for_a_lock(self.pid))
        return not self.has_ended


def _waits_for_a_lock(pid: int) -> bool:
    """For a while: a row or page that somebody else is just done with is no reason to go on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE pid = %s AND NOT granted "
            "AND clock_timestamp() - waitstart > '50 ms')",
            [pid],
        )
        waiting: bool = cursor.fetchone()[0]
    return waiting


class Stop:
    """Holds the first caller of a function before it runs, until `go`."""

    def __init__(self, patch: pytest.MonkeyPatch, module: Any, name: str) -> None:
        self.reached = threading.Event()
        self.gone = threading.Event()
        original = getattr(module, name)
        first = threading.Lock()

        def held(*args: Any, **kwargs: Any) -> Any:
            if first.acquire(blocking=False):
                self.reached.set()
                assert self.gone.wait(SAFETY_SECONDS)
            return original(*args, **kwargs)

        patch.setattr(module, name, held)

    def wait(self) -> None:
        assert self.reached.wait(SAFETY_SECONDS)

    def go(self) -> None:
        self.gone.set()


@contextmanager
def rewritten(old: str, new: str) -> Iterator[None]:
    """This thread's SQL with `old` replaced: a guard that is a part of a statement, switched off."""
    done = 0

    def rewrite(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal done
        done += old in sql
        return execute(sql.replace(old, new), params, many, context)

    with connection.execute_wrapper(rewrite):
        yield
    assert done, f"no statement had {old!r}"


@contextmanager
def stopped_before_its_second_row(table: str) -> Iterator[None]:
    """Every INSERT of several rows into `table` stops after its first row, until the block ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            CREATE FUNCTION faults_meet() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE seen text := coalesce(current_setting('faults.rows', true), '');
            BEGIN
                IF seen = '1' THEN PERFORM pg_advisory_xact_lock_shared({RENDEZVOUS}); END IF;
                PERFORM set_config('faults.rows', seen || '1', true);
                RETURN NEW;
            END $$;
            CREATE TRIGGER faults_meet BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION faults_meet();
            SELECT pg_advisory_lock({RENDEZVOUS});
            """
        )
        try:
            yield
            cursor.execute(f"SELECT pg_advisory_unlock({RENDEZVOUS})")
        finally:
            cursor.execute("SELECT pg_advisory_unlock_all()")


def forget_the_meeting_point() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION IF EXISTS faults_meet() CASCADE")


def nothing(*_: Any, **__: Any) -> None:
    """A guard that is switched off."""
