"""One ranking counted by real workers: the same bytes, whoever is killed, late, or not there at all."""

import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from tests.faults.companies import ROOT, Company, ended_afterwards, kill_with_children, write_interactions
from tests.faults.helpers import RENDEZVOUS, eventually

SHARDS = 4
LINES = 20_000
HELD = f"""
    CREATE FUNCTION faults_hold() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_advisory_xact_lock_shared({RENDEZVOUS}); RETURN NEW; END $$;
    CREATE TRIGGER faults_hold BEFORE UPDATE ON ranking_shard FOR EACH ROW EXECUTE FUNCTION faults_hold();
    GRANT EXECUTE ON FUNCTION faults_hold() TO PUBLIC;
"""
SCRATCH = ("ranking_attempt", "ranking_shard", "ranking_scratchcontact", "ranking_scratchemployee")
REFRESH, HELP = "apps.ranking.tasks.refresh_campaign", "apps.ranking.tasks.help_count"


@pytest.fixture(scope="module")
def ranked(founded: Company, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """Ranked in one piece; its shards stop, once counted, for whoever holds the meeting point."""
    with ended_afterwards(founded.copy("ranked")) as company:
        export = write_interactions(tmp_path_factory.mktemp("export") / "export.csv", LINES, seed=1)
        company.does("import_interactions", export, "--source", "im")
        company.does("tick")
        company.does("refresh", RANKING_SHARDS="1")
        company.rows(HELD)
        yield company


@pytest.fixture
def company(ranked: Company) -> Iterator[Company]:
    """A copy in which something has arrived, so that it is to be ranked again."""
    with ended_afterwards(ranked.copy(f"shards_{secrets.token_hex(4)}")) as found:
        found.rows("UPDATE activity_arrival SET count = count + 1")
        yield found


def figures(company: Company) -> bytes:
    """The board's run and its standings as PostgreSQL writes them, to the byte."""
    with psycopg.connect(company.owner_url) as connection:
        written = b""
        for query in (
            "SELECT as_of, last_date, participants, active_contacts FROM ranking_run "
            "WHERE id = (SELECT live_run_id FROM ranking_board)",
            "SELECT employee_id, rank, active_contacts, conversation_days FROM ranking_standing "
            "WHERE run_id = (SELECT live_run_id FROM ranking_board) ORDER BY rank, employee_id",
        ):
            with connection.cursor().copy(f"COPY ({query}) TO STDOUT (FORMAT binary)") as copy:
                written += b"".join(copy)
    return written


@contextmanager
def shards_held(company: Company) -> Iterator[None]:
    """Whoever has counted a shard stops before it is committed."""
    with psycopg.connect(company.owner_url, autocommit=True) as holder:
        holder.execute(f"SELECT pg_advisory_lock({RENDEZVOUS})")
        yield


def holding(company: Company) -> int:
    """How many hands have stopped so."""
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"
    found: int = company.value(waiting, RENDEZVOUS)
    return found


def start_workers(company: Company, number: int, **changes: str) -> dict[str, subprocess.Popen[bytes]]:
    """By the names of their logs."""
    settings = {"RANKING_SHARDS": str(SHARDS), **changes}
    return {f"worker-{n}.log": company.worker(f"worker-{n}.log", **settings) for n in range(number)}


def rank(company: Company) -> None:
    company.send(REFRESH, company.value("SELECT id FROM campaigns_campaign"))


def is_ranked_again(company: Company, ranked: Company) -> bool:
    return bool(company.value("SELECT live_run_id FROM ranking_board") != run_of(ranked))


def run_of(company: Company) -> Any:
    return company.value("SELECT live_run_id FROM ranking_board")


def check(company: Company, ranked: Company) -> None:
    """It comes to the same, and nothing stays behind."""
    eventually(lambda: is_ranked_again(company, ranked))
    assert figures(company) == figures(ranked)
    assert company.half_runs() == []
    assert {table: company.value(f"SELECT count(*) FROM {table}") for table in SCRATCH} == dict.fromkeys(
        SCRATCH, 0
    )


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_workers_together_give_what_one_count_gives(company: Company, ranked: Company, workers: int) -> None:
    """One worker alone is the coordinator, and waits for nobody."""
    start_workers(company, workers)
    with shards_held(company):
        rank(company)
        eventually(lambda: holding(company) == workers)
    check(company, ranked)


@pytest.mark.parametrize("victim", [HELP, REFRESH])
def test_whoever_is_killed_in_the_middle_changes_nothing(
    company: Company, ranked: Company, victim: str
) -> None:
    """The coordinator's job is done again by the next worker; what a hand had is counted by another."""
    logs = start_workers(company, 3)
    with shards_held(company):
        rank(company)
        eventually(lambda: holding(company) == 3)
        log = next(name for name in logs if f"{victim}[" in company.log(name))
        kill_with_children(logs[log])
        eventually(
            lambda: holding(company) < 3
        )  # the server has noticed, though it was in the middle of a statement
    check(company, ranked)


def test_an_emptied_redis_changes_nothing(company: Company, ranked: Company) -> None:
    start_workers(company, 2)
    with shards_held(company):
        rank(company)
        eventually(lambda: holding(company) == 2)
        with redis.Redis.from_url(company.redis_url) as client:
            client.flushall()
    check(company, ranked)


@pytest.mark.parametrize("changes", [{}, {"REDIS_URL": "redis://127.0.0.1:1/0"}], ids=["nobody", "no redis"])
def test_without_workers_the_coordinator_counts_alone(
    company: Company, ranked: Company, changes: dict[str, str]
) -> None:
    done = company.manage("refresh", RANKING_SHARDS=str(SHARDS), **changes)
    assert done.returncode == 0, done.stderr
    assert ("No workers can be called" in done.stderr) == bool(changes)
    check(company, ranked)


def test_an_import_while_shards_are_counted_is_in_the_next_ranking(
    company: Company, ranked: Company, tmp_path: Path
) -> None:
    start_workers(company, 2)
    with shards_held(company):
        rank(company)
        eventually(lambda: holding(company) == 2)
        more = write_interactions(tmp_path / "more.csv", LINES // 10, seed=2)
        company.does("import_interactions", more, "--source", "im")
    check(company, ranked)
    company.does("refresh", RANKING_SHARDS="1")
    assert figures(company) != figures(ranked)


def start_machine(company: Company, name: str) -> subprocess.Popen[bytes]:
    """A worker of a checkout of its own, with its own settings and folders: it shares two addresses with others."""
    home = company.folder / name
    for package in ("apps", "bonus_tracker", "locale", "static", "templates"):
        shutil.copytree(ROOT / package, home / package, ignore=shutil.ignore_patterns("__pycache__"))
    (home / "machine.py").write_text(
        f"from bonus_tracker.settings import *\nLOG_LEVEL = 'INFO'\nMACHINE = {name!r}\n"
    )
    log = home / "worker.log"
    environment = company.environment(
        PYTHONPATH=str(home),
        HOME=str(home),
        VAR_DIR=str(home / "var"),
        DJANGO_SETTINGS_MODULE="machine",
        RANKING_SHARDS=str(SHARDS),
    )
    words = (
        "celery",
        "-A",
        "bonus_tracker",
        "worker",
        "--concurrency=1",
        "--loglevel=INFO",
        f"--hostname={name}@%h",
    )
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=home,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    company.started.append(process)
    eventually(lambda: "ready." in log.read_text() or process.poll() is not None)
    assert process.poll() is None, log.read_text()
    assert Path(f"/proc/{process.pid}/cwd").readlink() == home
    return process


MACHINES = ("one", "other")


def test_two_machines_share_only_postgresql_and_redis(company: Company, ranked: Company) -> None:
    for name in MACHINES:
        start_machine(company, name)
    with shards_held(company):
        rank(company)
        eventually(lambda: holding(company) == 2)
    check(company, ranked)
