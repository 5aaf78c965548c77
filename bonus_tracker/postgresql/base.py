"""Django's backend for PostgreSQL, with a cheap look at connections that are kept (docs/decisions/0010)."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Whether the connection still works; the server is asked only when there is reason to doubt it.

        Django asks it at the first query of every request. But a server that has ended a connection has
        said so: on the socket of a connection that waits for nothing there is then something to read.
        """
        return self._is_quiet() or super().is_usable()

    def _is_quiet(self) -> bool:
        if self.connection is None or self.connection.closed or self.errors_occurred:
            return False
        socket = select.poll()
        socket.register(self.connection.fileno(), select.POLLIN)
        return not socket.poll(0)
