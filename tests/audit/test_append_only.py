"""The database refuses to change the log: the owner by trigger, the app role by missing rights."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction
from psycopg import errors, sql

from apps.audit.grants import grant
from apps.audit.services import record

CHANGES = [
    "UPDATE audit_entry SET actor = 'eve'",
    "DELETE FROM audit_entry",
    "TRUNCATE audit_entry",
]
APP_ROLE = f"test_app_role_{os.getpid()}"


def write_one() -> None:
    with transaction.atomic():
        record("test", actor="ana", subject="thing", at=datetime(2026, 9, 1, tzinfo=UTC))


@pytest.mark.django_db
@pytest.mark.parametrize("change", CHANGES)
def test_even_the_owner_is_refused(change: str) -> None:
    write_one()
    with (
        pytest.raises(ProgrammingError, match="audit_entry is append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


@pytest.fixture
def as_app_role(transactional_db: None) -> Iterator[psycopg.Connection]:
    """A connection signed in as a fresh role that was given the app role's rights."""
    role = sql.Identifier(APP_ROLE)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE ROLE {role} LOGIN PASSWORD 'only in tests'").format(role=role))
    address = connection.get_connection_params()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT activity_ensure_month('2026-09-01')")
        grant(APP_ROLE)
        with psycopg.connect(
            dbname=connection.settings_dict["NAME"],
            host=address.get("host"),
            port=address.get("port"),
            user=APP_ROLE,
            password="only in tests",
            autocommit=True,
        ) as other:
            yield other
    finally:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP OWNED BY {role}; DROP ROLE {role}").format(role=role))


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("audit_entry", "actor"),
        ("activity_interaction", "sender"),
        ("activity_interaction_2026_09", "sender"),  # a partition may not be the back door
    ],
)
def test_the_app_role_has_no_right_to_change_what_is_append_only(
    as_app_role: psycopg.Connection, table: str, column: str
) -> None:
    for change in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with pytest.raises(errors.InsufficientPrivilege, match=f"permission denied for table {table}"):
            as_app_role.execute(change)


def test_the_app_role_may_write_and_read_the_log(as_app_role: psycopg.Connection) -> None:
    write_one()
    as_app_role.execute(
        "INSERT INTO audit_entry SELECT number + 1, at, actor, address, action, subject, details, hash, "
        "repeat('f', 64) FROM audit_entry"
    )
    assert as_app_role.execute("SELECT count(*) FROM audit_entry").fetchone() == (2,)


def test_the_app_role_may_do_everything_with_other_rows(as_app_role: psycopg.Connection) -> None:
    as_app_role.execute("INSERT INTO directory_group (name) VALUES ('sales')")
    as_app_role.execute("UPDATE directory_group SET name = 'support'")
    assert as_app_role.execute("DELETE FROM directory_group RETURNING name").fetchall() == [("support",)]


def test_the_app_role_cannot_switch_the_guard_off(as_app_role: psycopg.Connection) -> None:
    for attempt in (
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_entry_append_only ON audit_entry",
        "SET session_replication_role = replica",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            as_app_role.execute(attempt)
