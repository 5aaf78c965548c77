"""Statements that PostgreSQL parses and plans once a connection: a small batch would pay for that with each."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import Cursor


@contextmanager
def prepared() -> Iterator[CursorWrapper]:
    """A cursor for the few statements of the ingest, each with the same text every time."""
    connection.ensure_connection()
    server = connection.connection
    server.prepare_threshold = 0  # concerns cursors such as this one only
    with CursorWrapper(Cursor(server), connection) as cursor:
        yield cursor
