"""Django's backend for PostgreSQL, with a cheap look at connections out of a pool (docs/decisions/0013)."""

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection[Any]:
        """As Django's, but never one out of the pool that the server has ended meanwhile.

        A pool can ask the server each time it hands out a connection. A look at the socket says the same.
        """
        while True:
            connection: Connection[Any] = super().get_new_connection(conn_params)
            if self.pool is None or is_quiet(connection):
                return connection
            connection.close()
            self.pool.putconn(connection)  # makes a new one in its place


def is_quiet(connection: Connection[Any]) -> bool:
    """Whether the server has said nothing unasked, as it does before it ends a connection."""
    socket = select.poll()
    socket.register(connection.fileno(), select.POLLIN)
    return not socket.poll(0)
