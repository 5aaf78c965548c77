"""Only the process that does the job is killed, as by the kernel when memory runs out; its worker lives on."""

import os
import signal

import psycopg
import redis

from bonus_tracker.embedded.process import children_of
from tests.faults.companies import Company
from tests.faults.helpers import eventually

LONG = {"FAULTS_VISIBILITY_SECONDS": "86400"}  # Redis hands out nothing again while this test runs
TASK = "apps.ranking.tasks.refresh_campaign"


def jobs_with_redis(company: Company) -> tuple[int, int]:
    """(waiting, taken and not done)."""
    with redis.Redis.from_url(company.redis_url) as client:
        waiting = client.llen(f"{company.prefix}celery")
        return waiting, client.hlen(f"{company.prefix}unacked")


def child_killed_in_the_middle(company: Company, **changes: str) -> None:
    """The child is killed while it waits to write its ranking, and the worker has noticed."""
    company.does("tick")
    worker = company.worker(**LONG, **changes)
    with psycopg.connect(company.owner_url) as holder:
        holder.execute("LOCK TABLE ranking_run IN ACCESS EXCLUSIVE MODE")
        company.send(TASK, company.value("SELECT id FROM campaigns_campaign"))
        eventually(lambda: company.waits_for("ranking_run"))
        [child] = children_of(worker.pid)
        os.kill(child, signal.SIGKILL)
        eventually(lambda: "WorkerLostError" in company.log("worker.log"))
        assert worker.poll() is None


def test_a_job_whose_process_is_killed_is_done_by_the_next_at_once(company: Company) -> None:
    child_killed_in_the_middle(company)
    eventually(lambda: bool(company.value("SELECT live_run_id FROM ranking_board")))
    eventually(lambda: jobs_with_redis(company) == (0, 0))
    assert company.log("worker.log").count(f"Task {TASK}[") == 3  # received, received again, succeeded
    assert company.half_runs() == []


def test_without_that_guard_it_is_gone(company: Company) -> None:
    child_killed_in_the_middle(company, FAULTS_KEEP_LOST="1")
    eventually(lambda: jobs_with_redis(company) == (0, 0))
    company.send("apps.awards.tasks.tick")  # the next job finds the one before it gone
    eventually(lambda: "succeeded" in company.log("worker.log"))
    assert company.value("SELECT count(*) FROM ranking_run") == 0
