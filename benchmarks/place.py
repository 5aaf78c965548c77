"""Databases of the benchmarks' own, beside whatever else the server holds: real data is never touched."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

PREFIX = "bonus_bench_"


class NotOurs(Exception):
    """The database in use was not made by the benchmarks."""


def exists(name: str) -> bool:
    with maintenance() as server:
        return bool(server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())


def create(name: str, *, template: str = "template0") -> None:
    """Make a database, or copy one that nobody is connected to."""
    _refuse_foreign(name)
    connection.close()
    with maintenance() as server:
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


def rename(name: str, new: str) -> None:
    _refuse_foreign(name)
    connection.close()
    with maintenance() as server:
        server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*map(sql.Identifier, (name, new))))


def drop(name: str) -> None:
    _refuse_foreign(name)
    connection.close()
    with maintenance() as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def ours() -> list[str]:
    with maintenance() as server:
        found = server.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY datname", [PREFIX]
        )
        return [name for (name,) in found]


def use(name: str) -> None:
    """Let Django work in this database from now on."""
    _refuse_foreign(name)
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def check_ours() -> None:
    """Raises NotOurs unless the database that Django works in was made here."""
    _refuse_foreign(str(connection.settings_dict["NAME"]))


def url_of(server_url: str, name: str) -> str:
    """The address of one of the databases on a server."""
    return urlsplit(server_url)._replace(path=f"/{name}").geturl()


@contextmanager
def maintenance() -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as server:
        yield server


def _refuse_foreign(name: str) -> None:
    if not name.startswith(PREFIX):
        raise NotOurs(f"The benchmarks only work in databases named {PREFIX}..., not in {name}.")
