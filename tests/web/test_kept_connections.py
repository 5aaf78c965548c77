"""A database connection that a process keeps is looked at before it is used again, and rarely asked."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql import base

from bonus_tracker.postgresql.base import DatabaseWrapper
from tests.faults.helpers import eventually

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept() -> Iterator[DatabaseWrapper]:
    """A connection beside the test's own."""
    beside = connection.copy()
    assert isinstance(beside, DatabaseWrapper)
    beside.ensure_connection()
    yield beside
    beside.close()


def value(at: Any, query: str, *parameters: Any) -> Any:
    with at.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchone()[0]


def end_at_the_server(kept: DatabaseWrapper) -> None:
    pid = value(kept, "SELECT pg_backend_pid()")
    assert value(connection, "SELECT pg_terminate_backend(%s, 10000)", pid)


def test_a_quiet_connection_is_usable_without_asking_the_server(
    kept: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", lambda _self: pytest.fail("the server was asked"))
    assert kept.is_usable()


def test_a_connection_that_the_server_ended_is_not_usable(kept: DatabaseWrapper) -> None:
    end_at_the_server(kept)
    assert not kept.is_usable()


def test_a_connection_that_the_server_ended_is_replaced_by_the_next_request(kept: DatabaseWrapper) -> None:
    kept.settings_dict = {**kept.settings_dict, "CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": None}
    kept.close()
    kept.ensure_connection()
    end_at_the_server(kept)
    kept.close_if_unusable_or_obsolete()  # as at the beginning of a request
    assert value(kept, "SELECT 1") == 1


def test_a_connection_on_which_the_server_said_something_is_asked_and_stays(kept: DatabaseWrapper) -> None:
    with kept.cursor() as cursor:
        cursor.execute("LISTEN news")
    news = connection.copy()
    with news.cursor() as cursor:
        cursor.execute("NOTIFY news")
    news.close()
    eventually(lambda: not kept._is_quiet())  # the news takes its way
    assert kept.is_usable()
    assert kept._is_quiet()


def test_after_an_error_the_server_is_asked(kept: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", lambda _self: "asked")
    kept.errors_occurred = True
    assert kept.is_usable() == "asked"  # type: ignore[comparison-overlap]


def test_a_closed_connection_is_not_usable(kept: DatabaseWrapper) -> None:
    assert kept.connection is not None
    kept.connection.close()
    assert not kept.is_usable()
    kept.close()
    assert not kept.is_usable()
