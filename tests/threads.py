"""Work done by several threads at once, each with its own connection and transactions."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def at_once(count: int, work: Callable[[], Any]) -> list[Any]:
    """What `work` answers, or the exception it raises, in each of `count` threads that begin together."""
    answers: list[Any] = []
    together = threading.Barrier(count)

    def run() -> None:
        try:
            together.wait()
            answers.append(work())
        except Exception as error:  # noqa: BLE001 - it is this thread's answer
            answers.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def wait_until_blocked_by_us(thread: threading.Thread) -> None:
    """Until a statement of `thread` waits for something that the caller's transaction holds."""
    blocked = False
    with connection.cursor() as cursor:
        while thread.is_alive() and not blocked:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted "
                "AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
            )
            (blocked,) = cursor.fetchone()
    assert blocked, "the second worker did not wait for the first"
