import signal
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils import translation


def pytest_configure() -> None:
    """A shell's background jobs ignore Ctrl-C, and so would every process that tests start and interrupt."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _append_only_tables_can_be_emptied_between_tests() -> Iterator[None]:
    """Tests that commit are cleaned up by TRUNCATE, which the append-only triggers refuse to everybody."""
    flush = DatabaseOperations.sql_flush

    def without_triggers(self: DatabaseOperations, style: Any, tables: Any, **options: Any) -> list[str]:
        statements = flush(self, style, [*tables, "activity_interaction"], **options)
        return ["SET session_replication_role = replica", *statements, "RESET session_replication_role"]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", without_triggers)
        yield


@pytest.fixture(autouse=True)
def _language_of_the_settings() -> None:
    """A page that was read in Chinese leaves its thread in Chinese; the next test begins anew."""
    translation.deactivate()
