"""Work in the database beside one's own transaction: in a thread, which has a connection of its own."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Event
from typing import Any, Generic, TypeVar

from django.db import connection, connections

T = TypeVar("T")
AGAIN_SECONDS = (
    0.2  # until a cancelled piece of work is cancelled again: it may have been between two statements
)


class Beside(Generic[T]):
    """Work that `beside` began."""

    def __init__(self, work: Callable[[Event], T], thread: ThreadPoolExecutor) -> None:
        self._stop = Event()
        self._database: Any = None
        self._future: Future[T] = thread.submit(self._run, work)

    def _run(self, work: Callable[[Event], T]) -> T:
        self._database = connections[connection.alias]
        try:
            return work(self._stop)
        finally:
            connection.close()

    def has_ended(self, *, within: float) -> bool:
        """Wait up to that many seconds for the end."""
        return bool(wait([self._future], within).done)

    def answer(self) -> T:
        """What the work returned, once it has; raises what it raised."""
        return self._future.result()

    def cancel(self) -> None:
        """Stop the statement that runs, and have no other begin; returns when the work has ended."""
        self._stop.set()
        while not self.has_ended(within=AGAIN_SECONDS):
            if self._database and (session := self._database.connection):
                session.cancel_safe()


@contextmanager
def beside(work: Callable[[Event], T]) -> Iterator[Beside[T]]:
    """Let a function work while the block runs; what still runs at its end is cancelled.

    work: is given an event that is set when it shall stop, to look at between statements.
    """
    with ThreadPoolExecutor(1, "beside") as thread:
        begun = Beside(work, thread)
        try:
            yield begun
        finally:
            if not begun.has_ended(within=0):
                begun.cancel()
