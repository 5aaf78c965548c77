"""Only the process that does the job is killed, as by the kernel when memory runs out; its worker lives on."""

import os
import signal

import psycopg

from bonus_tracker.embedded.process import children_of
from tests.faults.companies import PATIENT, Company
from tests.patience import eventually, stays

TASK = "apps.awards.tasks.tick"
STATE = "SELECT state FROM campaigns_campaign"


def child_killed_in_the_middle(company: Company, **changes: str) -> None:
    """The child is killed while it waits to log that the campaign has begun, and the worker has noticed."""
    worker = company.worker(**PATIENT, **changes)
    with psycopg.connect(company.owner_url) as holder:
        holder.execute("LOCK TABLE audit_entry IN ACCESS EXCLUSIVE MODE")
        company.send(TASK)
        eventually(lambda: company.waits_for("audit_entry"))
        [child] = children_of(worker.pid)
        os.kill(child, signal.SIGKILL)
        eventually(lambda: "WorkerLostError" in company.log("worker.log"))
        assert worker.poll() is None
        assert company.value(STATE) == "scheduled"


def test_a_job_whose_process_is_killed_is_done_by_the_next_at_once(company: Company) -> None:
    child_killed_in_the_middle(company)
    eventually(lambda: company.value(STATE) == "running")
    eventually(lambda: company.jobs() == (0, 0))
    assert company.log("worker.log").count(f"Task {TASK}[") == 3  # received, received again, succeeded
    assert company.value("SELECT count(*) FROM audit_entry WHERE action = 'campaign running'") == 1


def test_without_that_guard_it_is_gone(company: Company) -> None:
    child_killed_in_the_middle(company, FAULTS_KEEP_LOST="1")
    eventually(lambda: company.jobs() == (0, 0))
    assert stays(lambda: company.jobs() == (0, 0), seconds=1)
    assert company.value(STATE) == "scheduled"
