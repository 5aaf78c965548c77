"""A company as its own processes see it: a database, a Redis, and commands run from outside."""

import os
import random
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis
from celery import Celery
from psycopg import sql

from tests.patience import SAFETY_SECONDS, eventually

ROOT = Path(__file__).parents[2]
ANNOUNCED, TODAY = "2026-10-25T00:00:00+00:00", "2026-12-15T00:00:00+00:00"
PATIENT = {
    "FAULTS_VISIBILITY_SECONDS": "86400"
}  # of a worker: Redis hands out nothing again in a test's life
EMPLOYEES, CONTACTS_EACH = 60, 40
CAMPAIGN = """
slug = "year-end"
starts_at = 2026-11-01T00:00:00
deadline = 2027-01-01T00:00:00
[name]
en = "Bring them in"
[[prizes]]
place = 1
net_amount = "100000.00"
currency = "CNY"
"""


def at_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@dataclass
class Company:
    """One database with its environment; every process started here ends with `stop_all`."""

    database_url: str
    owner_url: str
    redis_url: str
    folder: Path
    key: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    prefix: str = field(default_factory=lambda: f"faults-{secrets.token_hex(4)}:")
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)
    epoch: float = field(default_factory=time.time)

    def environment(self, **changes: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | {
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": self.database_url,
            "DATABASE_OWNER_URL": self.owner_url,
            "REDIS_URL": self.redis_url,
            "REDIS_PREFIX": self.prefix,
            "SECRET_KEY": self.key,
            "PSEUDONYM_KEY": self.key[::-1],
            "CLOCK": f"{TODAY}@{self.epoch}x1",
            **changes,
        }

    def manage(self, *words: str | Path, **changes: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *map(str, words)],
            cwd=ROOT,
            env=self.environment(**changes),
            capture_output=True,
            text=True,
            timeout=SAFETY_SECONDS,
            check=False,
        )

    def does(self, *words: str | Path, **changes: str) -> str:
        """What a command that must work wrote to standard output."""
        done = self.manage(*words, **changes)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *words: str | Path, log: str, **changes: str) -> subprocess.Popen[bytes]:
        """A process in a session of its own, so that it can be killed with its children; it writes to a log."""
        with (self.folder / log).open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", *map(str, words)],
                cwd=ROOT,
                env=self.environment(**changes),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def log(self, name: str) -> str:
        path = self.folder / name
        return path.read_text(errors="replace") if path.exists() else ""

    def worker(self, log: str = "worker.log", **changes: str) -> subprocess.Popen[bytes]:
        """A worker that is ready; `log` must be new."""
        words = ("celery", "-A", "bonus_tracker", "worker", "--concurrency=1", "--loglevel=INFO")
        settings = {"DJANGO_SETTINGS_MODULE": "tests.faults.worker_settings", **changes}
        process = self.start(*words, log=log, **settings)
        eventually(lambda: "ready." in self.log(log) or process.poll() is not None)
        assert process.poll() is None, self.log(log)
        return process

    def beat(self, log: str) -> subprocess.Popen[bytes]:
        words = ("celery", "-A", "bonus_tracker", "beat", "--loglevel=INFO", "--max-interval=1", "--pidfile=")
        return self.start(*words, log=log, DJANGO_SETTINGS_MODULE="tests.faults.worker_settings")

    def send(self, task: str, *arguments: Any) -> None:
        """Queue a job as the application would."""
        broker = self.redis_url.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
        with Celery(broker=broker, set_as_current=False) as app:
            app.conf.broker_transport_options = {"global_keyprefix": self.prefix}
            app.send_task(task, args=arguments, ignore_result=True)

    def rows(self, query: str, *parameters: Any) -> list[Any]:
        """As the owner, in a transaction of its own."""
        with psycopg.connect(self.owner_url) as connection:
            cursor = connection.execute(query, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def value(self, query: str, *parameters: Any) -> Any:
        rows = self.rows(query, *parameters)
        return rows[0][0] if rows else None

    def ties(self) -> list[Any]:
        return self.rows(
            "SELECT number, contact_id, first_date, anchor, activity_days(recent_sent, earlier_sent)::text, "
            "activity_days(recent_received, earlier_received)::text FROM activity_tie "
            "JOIN directory_employee AS e ON e.id = employee_id ORDER BY 1, 2"
        )

    def board(self) -> list[Any]:
        return self.rows(
            "SELECT s.rank, e.number, s.active_contacts FROM ranking_board AS b "
            "JOIN ranking_standing AS s ON s.run_id = b.live_run_id "
            "JOIN directory_employee AS e ON e.id = s.employee_id ORDER BY 1, 2"
        )

    def half_runs(self) -> list[Any]:
        """Runs whose standings do not add up to what the run says."""
        return self.rows(
            "SELECT run.id FROM ranking_run AS run LEFT JOIN ranking_standing AS s ON s.run_id = run.id "
            "GROUP BY run.id HAVING run.active_contacts <> coalesce(sum(s.active_contacts), 0)"
        )

    def found(self) -> None:
        """Migrate, and announce a campaign to sixty employees before it begins."""
        self.does("migrate", "--verbosity=0")
        employees = [f"E{n:03},Employee {n},Sales,e{n}@company.example,2020-01-01," for n in range(EMPLOYEES)]
        directory = self.folder / "employees.csv"
        directory.write_text("\n".join(["number,name,department,handle,hired_on,left_on", *employees]) + "\n")
        campaign = self.folder / "campaign.toml"
        campaign.write_text(CAMPAIGN)
        earlier = {"CLOCK": f"{ANNOUNCED}@{self.epoch}x1"}
        self.does("import_employees", directory, **earlier)
        self.does("apply_campaign", campaign, **earlier)

    def copy(self, name: str) -> "Company":
        """Another database with the same content; nobody may be connected to this one."""
        maintenance = at_database(self.owner_url, "postgres")
        with psycopg.connect(maintenance, autocommit=True) as connection:
            template = urlsplit(self.owner_url).path[1:]
            connection.execute(
                # By file: with wal_level minimal the other way leaves copied unlogged tables unsafe in a crash.
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        urls = (at_database(self.database_url, name), at_database(self.owner_url, name))
        folder = self.folder / name
        folder.mkdir()
        return Company(*urls, self.redis_url, folder, key=self.key, epoch=self.epoch)

    def jobs(self) -> tuple[int, int]:
        """(waiting in Redis, taken by a worker and not done)."""
        with redis.Redis.from_url(self.redis_url) as client:
            return client.llen(f"{self.prefix}celery"), client.hlen(f"{self.prefix}unacked")

    def waits_for(self, table: str) -> bool:
        """Whether somebody waits for a lock on the table."""
        return bool(
            self.rows("SELECT pid FROM pg_locks WHERE relation = %s::regclass AND NOT granted", table)
        )

    def is_left_alone(self) -> bool:
        """Whether nobody else is connected: PostgreSQL goes on for whoever was killed until it wants to answer."""
        others = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        return bool(self.value(f"SELECT NOT EXISTS ({others})"))

    def stop_all(self) -> None:
        for process in self.started:
            kill_with_children(process)


def kill_with_children(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to the whole session: no clean-up of any kind."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(SAFETY_SECONDS)


@contextmanager
def ended_afterwards(company: Company) -> Iterator[Company]:
    try:
        yield company
    finally:
        company.stop_all()


def write_interactions(path: Path, lines: int, *, seed: int) -> Path:
    """Talk of every employee with people outside, over the four weeks before TODAY, in no order."""
    chance = random.Random(seed)
    first = datetime(2026, 11, 16, tzinfo=UTC)
    with path.open("w") as out:
        out.write("message_id,sent_at,from,to\n")
        for n in range(lines):
            employee = chance.randrange(EMPLOYEES)
            pair = [
                f"e{employee}@company.example",
                f"c{employee}-{chance.randrange(CONTACTS_EACH)}@out.example",
            ]
            chance.shuffle(pair)
            sent_at = first + timedelta(seconds=chance.randrange(28 * 86_400))
            out.write(f"{n},{sent_at:%Y-%m-%dT%H:%M:%SZ},{pair[0]},{pair[1]}\n")
    return path
