"""A database for each run, next to the installation's own, which is never touched."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg
import redis
from psycopg import sql

PREFIX = "bonus_demo_"
MAKING_LOCK = 0x44454D4F  # "DEMO": a run's database is new and unused only while its maker holds this


class NoDatabase(Exception):
    """The server gives none; the sentence says why and what to do."""


@dataclass(frozen=True)
class Place:
    """What one run has for itself: a database, and a prefix of its keys on Redis."""

    name: str
    database_url: str
    database_owner_url: str
    redis_url: str
    maintenance_url: str  # the owner's, of the database that is there anyhow

    @property
    def redis_prefix(self) -> str:
        return f"{self.name}:"


@contextmanager
def own_place(database_url: str, owner_url: str, redis_url: str) -> Iterator[Place]:
    """Make a place and keep a connection to its database, which tells others that its run is alive.

    Leftovers of dead runs are dropped. Raises NoDatabase.
    """
    name = f"{PREFIX}{secrets.token_hex(4)}"
    place = Place(name, _within(database_url, name), _within(owner_url, name), redis_url, owner_url)
    _check_redis(redis_url)
    with _making(place) as (maintenance, sign_of_life):
        maintenance.close()
        try:
            yield place
        finally:
            sign_of_life.close()
            remove(place)


def _check_redis(url: str) -> None:
    try:
        with redis.Redis.from_url(url) as client:
            client.ping()
    except redis.ConnectionError as error:
        raise NoDatabase(f"Redis does not answer ({error}); start it, or correct REDIS_URL.") from error


@contextmanager
def _making(place: Place) -> Iterator[tuple[psycopg.Connection, psycopg.Connection]]:
    try:
        maintenance = psycopg.connect(place.maintenance_url, autocommit=True)
        maintenance.execute("SELECT pg_advisory_lock(%s)", [MAKING_LOCK])
        _drop_leftovers(maintenance)
        maintenance.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(
                sql.Identifier(place.name)
            )
        )
        sign_of_life = psycopg.connect(place.database_owner_url, autocommit=True)
    except psycopg.errors.InsufficientPrivilege as error:
        raise NoDatabase(
            "The demo makes a database of its own and this role may not; ALTER ROLE ... CREATEDB, or unset "
            "DATABASE_URL and REDIS_URL to use the embedded servers."
        ) from error
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise NoDatabase(
            f"PostgreSQL does not answer ({reason}); start it, or correct DATABASE_URL."
        ) from error
    yield maintenance, sign_of_life


def _drop_leftovers(maintenance: psycopg.Connection) -> None:
    """Of runs that were killed: nobody is connected to their databases."""
    found = maintenance.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) AND datname NOT IN "
        "(SELECT datname FROM pg_stat_activity WHERE datname IS NOT NULL AND backend_type = 'client backend')",
        [PREFIX],
    )
    for (name,) in found.fetchall():
        # Somebody looked in just now, or it is another role's: then it stays.
        with suppress(psycopg.errors.ObjectInUse, psycopg.errors.InsufficientPrivilege):
            maintenance.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def remove(place: Place) -> None:
    """Drop the database and the keys on Redis; harmless when they are gone.

    When the servers are gone too, the next run drops what is left.
    """
    with (
        suppress(psycopg.OperationalError),
        psycopg.connect(place.maintenance_url, autocommit=True) as maintenance,
    ):
        maintenance.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(place.name))
        )
    with (
        suppress(redis.ConnectionError),
        redis.Redis.from_url(place.redis_url) as client,
    ):  # gone, keys and all
        for key in client.scan_iter(match=f"{place.redis_prefix}*", count=1_000):
            client.unlink(key)


def _within(url: str, name: str) -> str:
    return urlsplit(url)._replace(path=f"/{name}").geturl()
