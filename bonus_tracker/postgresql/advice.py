"""What about the PostgreSQL server would hurt this installation; docs/operations.md gives the reasons.

Asked once when a process that stays begins, and by `manage.py check --deploy`. Facts come from the server
itself: a setting is only named when it matters at the present size.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection

MB, GB = 1024**2, 1024**3
MANY_TIES = 1_000_000  # from here on memory and WAL are felt
WORTH_A_LOOK = 100_000  # ties; below it nothing about memory matters
FREE_CONNECTIONS = 10  # a worker and two web processes of four threads
LONGEST_STATEMENT_SECONDS = 60  # no transaction lasts longer, by design
CLOCK_SECONDS = 5

FACTS = """
SELECT
    current_setting('server_version_num')::integer,
    greatest(reltuples, 0)::bigint,
    pg_total_relation_size(oid),
    pg_size_bytes(current_setting('shared_buffers')),
    pg_size_bytes(current_setting('max_wal_size')),
    current_setting('fsync')::boolean AND current_setting('full_page_writes')::boolean
        AND current_setting('synchronous_commit') <> 'off',
    current_setting('autovacuum')::boolean AND current_setting('track_counts')::boolean,
    current_setting('max_connections')::integer,
    (SELECT count(*) FROM pg_stat_activity WHERE datname IS NOT NULL)
        + current_setting('superuser_reserved_connections')::integer
        + coalesce(current_setting('reserved_connections', true), '0')::integer,
    (SELECT setting::bigint FROM pg_settings WHERE name = 'statement_timeout') / 1000.0,
    current_setting('default_transaction_isolation'),
    current_setting('server_encoding'),
    clock_timestamp()
FROM pg_class WHERE oid = 'activity_tie'::regclass
"""


@dataclass(frozen=True)
class Facts:
    """Sizes in bytes, times in seconds."""

    version: int  # as 150004
    ties: int
    ties_bytes: int  # with their key
    shared_buffers: int
    max_wal_size: int
    is_durable: bool
    vacuums: bool
    max_connections: int
    taken_connections: int  # in use, and kept for administrators
    statement_timeout: float  # 0: none
    isolation: str
    encoding: str
    now: datetime


def facts() -> Facts:
    with connection.cursor() as cursor:
        cursor.execute(FACTS)
        row = cursor.fetchone()
    return Facts(**dict(zip((field.name for field in fields(Facts)), row, strict=True)))


def advice(found: Facts, *, now: datetime) -> list[str]:
    """One sentence for each thing to change, the gravest first. now: this machine's clock."""
    return [sentence for rule in RULES if (sentence := rule(found))] + _clock(found, now)


def complaints() -> list[str]:
    """About the server in use. The embedded one is as the program set it, and only too small for many ties."""
    found = facts()
    if not settings.SERVICES.embedded:
        return advice(found, now=datetime.now(UTC))
    if found.ties < MANY_TIES:
        return []
    return [
        f"The embedded PostgreSQL is meant for small companies, and there are {found.ties:,} ties; "
        "set DATABASE_URL and REDIS_URL to servers of your own."
    ]


def _durability(found: Facts) -> str | None:
    if found.is_durable:
        return None
    return (
        "PostgreSQL may lose what it has confirmed; set fsync, full_page_writes and synchronous_commit to on."
    )


def _encoding(found: Facts) -> str | None:
    if found.encoding == "UTF8":
        return None
    return f"The database is in {found.encoding}, which cannot hold every name; make it with ENCODING 'UTF8'."


def _isolation(found: Facts) -> str | None:
    if found.isolation == "read committed":
        return None
    return f"default_transaction_isolation is {found.isolation}; set it to 'read committed', on which locks here rely."


def _statement_timeout(found: Facts) -> str | None:
    if not 0 < found.statement_timeout < LONGEST_STATEMENT_SECONDS:
        return None
    return (
        f"statement_timeout is {found.statement_timeout:g} s, and a ranking may take longer; "
        f"set it to {LONGEST_STATEMENT_SECONDS}s or more for this database."
    )


def _version(found: Facts) -> str | None:
    if found.version >= 150_000:
        return None
    return f"PostgreSQL {found.version // 10_000} is older than 15, the first that this is tested with; upgrade it."


def _connections(found: Facts) -> str | None:
    free = max(0, found.max_connections - found.taken_connections)
    if free >= FREE_CONNECTIONS:
        return None
    return (
        f"Only {free} of PostgreSQL's {found.max_connections} connections are free; set max_connections to one for "
        "each thread of the web servers and each process of the workers, and 20 more."
    )


def _vacuum(found: Facts) -> str | None:
    if found.vacuums:
        return None
    return "autovacuum is off, and imports leave dead rows among the ties; set autovacuum and track_counts to on."


def _shared_buffers(found: Facts) -> str | None:
    if found.ties < WORTH_A_LOOK or found.shared_buffers >= min(found.ties_bytes, 8 * GB) / 2:
        return None
    return (
        f"shared_buffers is {_size(found.shared_buffers)} and the ties take {_size(found.ties_bytes)}; "
        "set it to a quarter of the machine's memory."
    )


def _wal(found: Facts) -> str | None:
    if found.ties < MANY_TIES or found.max_wal_size >= 4 * GB:
        return None
    return (
        f"max_wal_size is {_size(found.max_wal_size)}, so that checkpoints come early in large imports and "
        "every page is logged whole again; set it to 4GB or more."
    )


RULES: tuple[Callable[[Facts], str | None], ...] = (
    _durability,
    _encoding,
    _isolation,
    _statement_timeout,
    _version,
    _connections,
    _vacuum,
    _shared_buffers,
    _wal,
)


def _clock(found: Facts, now: datetime) -> list[str]:
    ahead = round((found.now - now).total_seconds())
    if abs(ahead) <= CLOCK_SECONDS:
        return []
    return [
        f"PostgreSQL's clock is {abs(ahead)} s {'ahead of' if ahead > 0 else 'behind'} this machine's; "
        "let both follow one time server."
    ]


def _size(size: int) -> str:
    return f"{size / GB:.1f} GB" if size >= GB else f"{size // MB} MB"
