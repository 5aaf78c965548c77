"""A second process makes things while this one works on those before, so that each has a core for its Python."""

import signal
from collections.abc import Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

Thing = TypeVar("Thing")
FORK = get_context(
    "fork"
)  # a copy of this process holds what makes the things, and starts in some milliseconds


class MakerEnded(Exception):
    """The second process was killed, by a person or for want of memory."""

    def __str__(self) -> str:
        return "The process that reads the file was killed; start the import again, it goes on where it was."


def ahead(things: Iterator[Thing]) -> Iterator[Thing]:
    """The same things, made in a copy of this process, one ahead of what is asked for.

    What makes them may use neither the database nor threads: the copy has none. Raises what making one raises,
    MakerEnded.
    """
    ours, theirs = FORK.Pipe(duplex=False)
    maker = FORK.Process(target=_make, args=(things, ours, theirs), daemon=True)
    maker.start()
    theirs.close()
    try:
        while (came := _next(ours)) is not None:
            if isinstance(came, Exception):
                raise came
            yield came
    finally:
        ours.close()
        maker.kill()
        maker.join()


def _next(ours: Connection) -> Any:
    try:
        return ours.recv()
    except (EOFError, OSError):  # between two things, or in the midst of one
        raise MakerEnded from None


def _make(things: Iterator[object], ours: Connection, theirs: Connection) -> None:
    """In the copy. It ends with the process that it works for, which alone is told to stop by a terminal."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ours.close()  # else nobody's death would be noticed in writing
    try:
        for thing in things:
            theirs.send(thing)
        theirs.send(None)
    except BrokenPipeError:
        return
    except Exception as error:  # noqa: BLE001  (raised again in the other process)
        theirs.send(error)
