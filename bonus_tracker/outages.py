"""What a command says when the ground under it is missing: one sentence, and what to do."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured


@contextmanager
def in_one_sentence() -> Iterator[None]:
    """Turn a wrong setting or an unreachable server into one sentence and exit status 1."""
    import redis.exceptions
    from django.db import OperationalError
    from kombu.exceptions import OperationalError as BrokerError

    try:
        yield
    except BrokenPipeError:  # whoever read our output has gone, as in `standings ... | head`
        sys.stdout = None  # nothing left to flush to
        sys.exit(1)
    except ImproperlyConfigured as error:
        sys.exit(f"Settings: {error}")
    except OperationalError as error:
        if not _is_connection_failure(error):
            raise
        sys.exit(
            f"PostgreSQL does not answer ({_first_line(error)}). Start it, or correct DATABASE_URL; "
            "without DATABASE_URL and REDIS_URL the embedded servers are used."
        )
    except (redis.exceptions.ConnectionError, BrokerError) as error:
        sys.exit(
            f"Redis does not answer ({_first_line(error)}). Start it, or correct REDIS_URL; "
            "without DATABASE_URL and REDIS_URL the embedded servers are used."
        )


def _is_connection_failure(error: Exception) -> bool:
    import psycopg

    # A failed connect carries no SQLSTATE; class 08 and 57P0x are connections lost later.
    cause = error.__cause__
    state = cause.sqlstate if isinstance(cause, psycopg.Error) else None
    return state is None or state.startswith(("08", "57P"))


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
