"""A second process makes things while this one works on those before, so that each has a core for its Python."""

import os
import signal
import traceback
from collections.abc import Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, NoReturn, TypeVar

Thing = TypeVar("Thing")


class MakerEnded(Exception):
    """The second process was killed, by a person or for want of memory."""

    def __str__(self) -> str:
        return "The process that reads the file was killed; start the import again, it goes on where it was."


def ahead(things: Iterator[Thing]) -> Iterator[Thing]:
    """The same things, made in a copy of this process, one ahead of what is asked for.

    What makes them may use neither the database nor threads: the copy has none. Raises what making one raises,
    MakerEnded.
    """
    ours, theirs = Pipe(duplex=False)
    maker = os.fork()  # multiprocessing's Process may not be begun by a worker of Celery
    if not maker:
        _make(things, ours, theirs)
    theirs.close()
    try:
        while (came := _next(ours)) is not None:
            if isinstance(came, Exception):
                raise came
            yield came
    finally:
        ours.close()
        os.kill(maker, signal.SIGKILL)
        os.waitpid(maker, 0)


def _next(ours: Connection) -> Any:
    try:
        return ours.recv()
    except (EOFError, OSError):  # between two things, or in the midst of one
        raise MakerEnded from None


def _make(things: Iterator[object], ours: Connection, theirs: Connection) -> NoReturn:
    """In the copy. It ends with the process that it works for, which alone is told to stop by a terminal."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        ours.close()  # else nobody's death would be noticed in writing
        _send_all(things, theirs)
    except BrokenPipeError:
        pass  # nobody wants more
    except BaseException:  # noqa: BLE001  (nobody above: what is left is to tell)
        traceback.print_exc()
    finally:
        os._exit(0)  # nothing of the process that was copied is closed or written twice


def _send_all(things: Iterator[object], theirs: Connection) -> None:
    try:
        for thing in things:
            theirs.send(thing)
        theirs.send(None)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001  (raised again in the other process)
        theirs.send(error)
