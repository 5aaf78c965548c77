"""What a command says when the ground under it is missing: one sentence, a non-zero exit, no traceback."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.companies import ROOT, Company
from tests.patience import SAFETY_SECONDS

STRONG = "an-example-of-a-long-random-secret-0123456789"
SERVERS = {"DATABASE_URL": "postgresql://x@127.0.0.1:1/x", "REDIS_URL": "redis://127.0.0.1:1/0"}
SECRETS = {"SECRET_KEY": STRONG, "PSEUDONYM_KEY": STRONG[::-1]}
QUEUE_A_JOB = "from apps.awards.tasks import tick; tick.delay()"

WRONG_SETTINGS = {
    "no secret key": (SERVERS | {"PSEUDONYM_KEY": STRONG}, r"SECRET_KEY is missing; make one with: python"),
    "no pseudonym key": (
        SERVERS | {"SECRET_KEY": STRONG},
        r"PSEUDONYM_KEY is missing; make one with: python",
    ),
    "short secret": (SERVERS | SECRETS | {"SECRET_KEY": "short"}, r"SECRET_KEY is too weak"),
    "dull secret": (SERVERS | SECRETS | {"PSEUDONYM_KEY": "ab" * 40}, r"PSEUDONYM_KEY is too weak"),
    "only a database": (SECRETS | {"DATABASE_URL": SERVERS["DATABASE_URL"]}, r"REDIS_URL is missing"),
    "only a Redis": (SECRETS | {"REDIS_URL": SERVERS["REDIS_URL"]}, r"DATABASE_URL is missing"),
    "no such zone": (
        SERVERS | SECRETS | {"COMPANY_TIME_ZONE": "Mars/Base"},
        r"'Mars/Base' is not a time zone",
    ),
    "another database": (
        SERVERS | SECRETS | {"DATABASE_URL": "mysql://x@y/z"},
        r"DATABASE_URL must begin with postgres:// or postgresql://\.",
    ),
    "no port": (
        SERVERS | SECRETS | {"DATABASE_URL": "postgresql://x@127.0.0.1:one/x"},
        r"DATABASE_URL is no address: Port could not be cast",
    ),
    "no language": (SERVERS | SECRETS | {"LANGUAGE_CODE": "xx"}, r"LANGUAGE_CODE must be one of en, zh-hans"),
    "no messenger": (SERVERS | SECRETS | {"DEFAULT_PLATFORM": "a b"}, r"DEFAULT_PLATFORM must be 1 to 40"),
    "no origin": (
        SERVERS | SECRETS | {"CSRF_TRUSTED_ORIGINS": "x.example"},
        r"write it such as https://bonus",
    ),
    "no level of a log": (SERVERS | SECRETS | {"LOG_LEVEL": "loud"}, r"LOG_LEVEL must be one of DEBUG, INFO"),
    "PostgreSQL is down": (
        SERVERS | SECRETS,
        r"PostgreSQL does not answer .*Start it, or correct DATABASE_URL",
    ),
}


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence of a command that failed as it should."""
    assert done.returncode not in {0, -9}, done.stdout
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if not re.match(r"\d{4}-\d\d-\d\d ", line)]
    assert len(lines) == 1, done.stderr
    assert done.stdout == ""
    return lines[0]


def refresh(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "refresh"]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SAFETY_SECONDS,
        check=False,
    )


@pytest.mark.parametrize("case", WRONG_SETTINGS)
def test_a_wrong_setting_is_one_sentence(case: str) -> None:
    environment, sentence = WRONG_SETTINGS[case]
    assert re.search(sentence, complaint(refresh(environment)))


def test_an_unwritable_folder_is_one_sentence(tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.touch()
    said = complaint(refresh({"VAR_DIR": str(taken / "var")}))
    assert "cannot use the folder" in said
    assert "set VAR_DIR to a folder that this user can write" in said


def test_a_redis_that_is_down_is_one_sentence(company: Company) -> None:
    nobody = SERVERS["REDIS_URL"]
    said = complaint(company.manage("shell", "--verbosity=0", "-c", QUEUE_A_JOB, REDIS_URL=nobody))
    assert re.search(r"Redis does not answer .*Start it, or correct REDIS_URL", said)


def test_beat_without_its_database_says_so_and_ends() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "celery", "-A", "bonus_tracker", "beat", "--pidfile="],
        cwd=ROOT,
        env=SERVERS | SECRETS,
        capture_output=True,
        text=True,
        timeout=SAFETY_SECONDS,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "PostgreSQL does not answer" in done.stderr


def test_another_calendar_or_key_than_the_databases_is_refused(company: Company) -> None:
    before = company.rows("SELECT * FROM directory_installation")
    assert "made with COMPANY_TIME_ZONE=Asia/Shanghai, not UTC" in complaint(
        company.manage("refresh", COMPANY_TIME_ZONE="UTC")
    )
    assert "made with another PSEUDONYM_KEY" in complaint(company.manage("refresh", PSEUDONYM_KEY=STRONG))
    assert company.rows("SELECT * FROM directory_installation") == before


def test_a_database_that_is_not_migrated_says_how(company: Company) -> None:
    company.rows("DELETE FROM django_migrations WHERE app = 'awards'")
    assert complaint(company.manage("refresh")).endswith("run: python manage.py migrate")
