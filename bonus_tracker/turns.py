"""Work of which one process at a time does its part: whose turn it is, and how others are told."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


@contextmanager
def only_one(*lock: int, wait: bool = False) -> Iterator[bool]:
    """Whether nobody else is at what the lock stands for; of the session, since such work commits meanwhile.

    lock: one number or two. wait: for whoever is at it; then it is always one's own.
    """
    numbers = ", ".join(["%s"] * len(lock))
    with connection.cursor() as cursor:
        function = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
        cursor.execute(f"SELECT {function}({numbers})", lock)
        is_mine = wait or cursor.fetchone()[0]
        try:
            yield is_mine
        finally:
            if is_mine:
                cursor.execute(f"SELECT pg_advisory_unlock({numbers})", lock)


def nudge(task: Any, key: int) -> None:
    """Tell a worker of it; without Redis it waits for the task that looks every minute what is open."""
    try:
        task.delay(key)
    except (RedisError, OperationalError) as error:
        logger.warning("No worker can be told of %s %d; it waits (%s).", task.name, key, error)
