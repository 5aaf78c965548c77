"""A pool of connections for a process whose threads serve requests."""

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

WAIT_SECONDS = 5  # for a connection, while the server restarts


def share_connections() -> None:
    """Let the threads of this process share connections, at most one for each; before they use any."""
    database = connections.settings[DEFAULT_DB_ALIAS]
    database["CONN_MAX_AGE"] = 0  # back to the pool after each request
    database["CONN_HEALTH_CHECKS"] = False  # bonus_tracker.postgresql.base looks instead
    database["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": settings.WEB_THREADS,
        "timeout": WAIT_SECONDS,
        # Later it is tried when asked for. By itself a pool waits twice as long each time, and would oversleep.
        "reconnect_timeout": WAIT_SECONDS,
    }
