"""Threads that serve requests share a pool of connections, and are never handed one that the server has ended."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection, connections

from bonus_tracker.postgresql import pool
from bonus_tracker.postgresql.base import DatabaseWrapper, is_quiet
from tests.faults.helpers import eventually

pytestmark = pytest.mark.django_db
THREADS = 2


@pytest.fixture
def shared(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[DatabaseWrapper]:
    """Connections to the tests' database as the web server's threads have them."""
    settings.WEB_THREADS = THREADS
    mine = {**connection.settings_dict, "OPTIONS": {**connection.settings_dict["OPTIONS"]}}
    monkeypatch.setitem(connections.settings, "default", mine)
    pool.share_connections()
    threads = DatabaseWrapper(mine)
    yield threads
    threads.close()
    threads.close_pool()


def thread_like(shared: DatabaseWrapper) -> DatabaseWrapper:
    """What another thread of the same process has."""
    return DatabaseWrapper(shared.settings_dict)


def value(at: Any, query: str, *parameters: Any) -> Any:
    with at.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchone()[0]


def end_at_the_server(shared: DatabaseWrapper) -> int:
    """The number of the server's process that was ended, while the pool holds its connection."""
    pid: int = value(shared, "SELECT pg_backend_pid()")
    shared.close()
    assert value(connection, "SELECT pg_terminate_backend(%s, 10000)", pid)
    return pid


def test_a_thread_takes_over_the_connection_that_another_gave_back(
    shared: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(shared.settings_dict["OPTIONS"]["pool"], "max_size", 1)
    pid = value(shared, "SELECT pg_backend_pid()")
    shared.close()  # as at the end of each request
    other = thread_like(shared)
    assert value(other, "SELECT pg_backend_pid()") == pid
    other.close()


def test_a_connection_that_the_server_ended_is_handed_to_nobody(shared: DatabaseWrapper) -> None:
    ended = end_at_the_server(shared)
    assert value(shared, "SELECT pg_backend_pid()") != ended


def test_there_are_no_more_connections_than_threads(
    shared: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(shared.settings_dict["OPTIONS"]["pool"], "timeout", 0.1)
    busy = [thread_like(shared) for _ in range(THREADS)]
    assert [value(thread, "SELECT 1") for thread in busy] == [1] * THREADS
    with pytest.raises(OperationalError, match="couldn't get a connection"):
        shared.ensure_connection()
    busy.pop().close()
    assert value(shared, "SELECT 1") == 1
    busy.pop().close()


def test_a_connection_on_which_the_server_said_something_is_not_quiet(shared: DatabaseWrapper) -> None:
    with shared.cursor() as cursor:
        cursor.execute("LISTEN news")
    assert shared.connection is not None
    assert is_quiet(shared.connection)
    news = connection.copy()
    with news.cursor() as cursor:
        cursor.execute("NOTIFY news")
    news.close()
    eventually(lambda: shared.connection is not None and not is_quiet(shared.connection))
