"""What PostgreSQL says of itself: bytes written, bytes kept."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection


def value(statement: str, parameters: list[Any] | None = None) -> Any:
    """The one value of a statement's one row."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone()[0]


def wal_of(operation: Callable[[], Any]) -> int:
    """Bytes of write-ahead log that the operation left behind, and whoever else wrote meanwhile."""
    before = value("SELECT pg_current_wal_insert_lsn()")
    operation()
    return int(value("SELECT pg_current_wal_insert_lsn() - %s::pg_lsn", [before]))


def backend_seconds() -> float:
    """Processor time that this session's server process has used; 0 where that cannot be read."""
    try:
        facts = Path("/proc", str(value("SELECT pg_backend_pid()")), "stat").read_text()
    except OSError:
        return 0.0
    user, system = facts.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def size_of(table: str) -> int:
    """Bytes on disk of a table, partitions, indexes and all."""
    of_partitions = (
        "SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree(%s::regclass) WHERE isleaf"
    )
    return int(value(f"SELECT coalesce(({of_partitions}), pg_total_relation_size(%s))", [table, table]))
