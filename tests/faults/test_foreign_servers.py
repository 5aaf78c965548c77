"""The whole story on PostgreSQL 15 and Redis 7 from Debian, with an owner role and an app role."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.faults import foreign
from tests.faults.companies import TODAY, Company, ended_afterwards, write_interactions
from tests.patience import eventually

APPEND_ONLY = {
    "audit_entry": "subject",
    "activity_interaction": "sender",
    "activity_interaction_2026_11": "sender",
}
COVERED = "2026-10-25T00:00:00Z/2027-01-01T00:00:00Z"
APPOINT = """
from django.contrib.auth import get_user_model
for name in ("first", "second"):
    get_user_model().objects.create_superuser(name, password="a long password")
"""
APPROVE = """
from django.contrib.auth import get_user_model
from apps.awards.services import approve
from apps.ranking.models import Result
from bonus_tracker import clock
from tests.integrity.ready import make_ready
result = Result.objects.get()
make_ready(result.campaign, now=clock.now())
for name in ("first", "second"):
    print(approve(result, get_user_model().objects.get(username=name), now=clock.now()))
"""


@pytest.fixture(scope="module")
def abroad(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with foreign.foreign_servers() as at:
        folder = tmp_path_factory.mktemp("abroad")
        with ended_afterwards(Company(at.database_url, at.owner_url, at.redis_url, folder)) as company:
            company.found()
            yield company


def assert_the_whole_story_runs(abroad: Company) -> None:
    export = write_interactions(abroad.folder / "export.csv", 5_000, seed=15)
    assert "imported." in abroad.does("import_interactions", export, "--source", "im")
    assert "has begun" in abroad.does("tick")
    assert "ranked 60 participants" in abroad.does("refresh")
    later, last = (
        {"CLOCK": f"{TODAY.replace('2026-12', month)}@{abroad.epoch}x1"} for month in ("2027-01", "2027-02")
    )
    abroad.does("shell", "--verbosity=0", "-c", APPOINT)
    abroad.does("import_interactions", export, "--source", "im", "--covers", COVERED, **later)
    assert "is sealed" in abroad.does("tick", **later)
    assert abroad.does("shell", "--verbosity=0", "-c", APPROVE, **last).split() == ["False", "True"]
    assert abroad.value("SELECT state FROM campaigns_campaign") == "final"
    assert set(abroad.rows("SELECT state FROM awards_award")) == {("approved",)}
    abroad.does("rebuild", "--check")
    abroad.does("verify_audit")


def assert_jobs_run(abroad: Company) -> None:
    abroad.worker()
    abroad.send("apps.awards.tasks.tick")
    eventually(lambda: "succeeded" in abroad.log("worker.log"))
    assert "apps.awards.tasks.tick" in abroad.log("worker.log")


def assert_the_app_role_may_only_append(abroad: Company) -> None:
    abroad.does("migrate", "--verbosity=0")  # gives its rights anew, now that months have their own tables
    with psycopg.connect(abroad.database_url, autocommit=True) as connection:
        for table, column in APPEND_ONLY.items():
            assert connection.execute(f"SELECT count(*) > 0 FROM {table}").fetchone() == (True,)
            for change in (
                f"DELETE FROM {table}",
                f"UPDATE {table} SET {column} = {column}",
                f"TRUNCATE {table}",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
                    connection.execute(change)


if foreign.ARE_HERE:  # decided when tests are collected: without those servers there is nothing to test

    def test_the_whole_story_the_jobs_and_the_rights(abroad: Company) -> None:
        assert_the_whole_story_runs(abroad)
        assert_jobs_run(abroad)
        assert_the_app_role_may_only_append(abroad)
