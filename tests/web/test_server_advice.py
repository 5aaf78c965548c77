"""The program says once, in a sentence each, what about the PostgreSQL server would hurt."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import connection

from bonus_tracker import startup
from bonus_tracker.postgresql import advice
from bonus_tracker.postgresql.advice import GB, MB, Facts

NOW = datetime(2026, 11, 22, tzinfo=UTC)
GOOD = Facts(
    version=180_004,
    ties=3_000_000,
    ties_bytes=600 * MB,
    shared_buffers=2 * GB,
    max_wal_size=8 * GB,
    is_durable=True,
    vacuums=True,
    max_connections=100,
    taken_connections=20,
    statement_timeout=0,
    isolation="read committed",
    encoding="UTF8",
    now=NOW,
)
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "buffers": ({"shared_buffers": 128 * MB}, "shared_buffers is 128 MB and the ties take 600 MB"),
    "log": ({"max_wal_size": 1 * GB}, "max_wal_size is 1.0 GB"),
    "durability": ({"is_durable": False}, "may lose what it has confirmed"),
    "vacuum": ({"vacuums": False}, "autovacuum is off"),
    "connections": ({"taken_connections": 95}, "Only 5 of PostgreSQL's 100 connections are free"),
    "timeout": ({"statement_timeout": 30}, "statement_timeout is 30 s"),
    "isolation": ({"isolation": "serializable"}, "default_transaction_isolation is serializable"),
    "encoding": ({"encoding": "SQL_ASCII"}, "The database is in SQL_ASCII"),
    "version": ({"version": 140_010}, "PostgreSQL 14 is older than 15"),
    "clock ahead": ({"now": NOW + timedelta(minutes=2)}, "clock is 120 s ahead of"),
    "clock behind": ({"now": NOW - timedelta(minutes=2)}, "clock is 120 s behind"),
}


def test_a_good_server_is_not_mentioned() -> None:
    assert advice.advice(GOOD, now=NOW) == []


@pytest.mark.parametrize("case", WRONG)
def test_each_thing_to_change_is_one_sentence(case: str) -> None:
    change, beginning = WRONG[case]
    [sentence] = advice.advice(replace(GOOD, **change), now=NOW)
    assert beginning in sentence
    assert sentence.endswith(".")


def test_a_small_company_is_not_bothered_with_memory() -> None:
    defaults = {"shared_buffers": 128 * MB, "max_wal_size": GB}
    small = replace(GOOD, ties=50_000, ties_bytes=10 * MB)
    assert advice.advice(replace(small, **defaults), now=NOW) == []


@pytest.mark.django_db
def test_facts_come_from_the_server() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '90s'")
    found = advice.facts()
    assert found.statement_timeout == 90
    assert (found.encoding, found.isolation, found.max_connections) == ("UTF8", "read committed", 100)
    assert 0 < found.taken_connections < 100
    assert found.version >= 150_000


@pytest.mark.django_db
def test_the_embedded_server_is_only_named_when_it_is_too_small(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.SERVICES = replace(settings.SERVICES, embedded=True)
    assert advice.complaints() == []
    monkeypatch.setattr(advice, "facts", lambda: replace(GOOD, shared_buffers=MB))
    [sentence] = advice.complaints()
    assert "meant for small companies, and there are 3,000,000 ties" in sentence


@pytest.fixture
def _a_bad_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bonus_tracker.postgresql.advice.complaints", lambda: ["It hurts."])
    monkeypatch.setattr("bonus_tracker.postgresql.checks.complaints", lambda: ["It hurts."])


@pytest.mark.django_db
@pytest.mark.usefixtures("_a_bad_server")
def test_a_process_that_stays_says_it_in_its_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bonus_tracker.startup.connections.close_all", lambda: None)
    with caplog.at_level(logging.WARNING):
        startup.begin_service()
    assert [record.getMessage() for record in caplog.records] == ["It hurts."]


@pytest.mark.django_db
@pytest.mark.usefixtures("_a_bad_server")
def test_the_check_before_going_live_says_it_and_other_commands_do_not() -> None:
    said = [found.msg for found in run_checks(include_deployment_checks=True)]
    assert "It hurts." in said
    assert "It hurts." not in [found.msg for found in run_checks()]
