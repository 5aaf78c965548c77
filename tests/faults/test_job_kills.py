"""kill -9 of a worker while it takes in a file that was uploaded; the next one goes on, and nothing is left behind."""

from pathlib import Path
from subprocess import Popen

import psycopg
import pytest

from tests.faults.companies import Company, ended_afterwards, kill_with_children, write_interactions
from tests.patience import eventually

LINES = 50_000
HELD_AT = ["activity_interaction", "audit_entry"]  # in the first batch, and when all of them are in
UPLOAD = (
    "from pathlib import Path; from apps.sources import uploads; from bonus_tracker import clock; "
    "uploads.upload([Path({path!r}).read_bytes()], name='export.csv', source='im', platform=None, covers=None, "
    "actor='olga', now=clock.now())"
)
CONFIRM = (
    "from apps.jobs.models import Job; from apps.sources import uploads; from bonus_tracker import clock; "
    "uploads.confirm(Job.objects.get(), actor='olga', now=clock.now())"
)


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_interactions(tmp_path_factory.mktemp("export") / "export.csv", LINES, seed=20261130)


def state_of(company: Company, kind: str) -> str:
    return str(company.value("SELECT state FROM jobs_job WHERE kind = %s", kind))


def test_an_upload_whose_workers_are_killed_ends_as_the_command_does(
    founded: Company, company: Company, export: Path
) -> None:
    with ended_afterwards(founded.copy("by_command")) as by_command:
        by_command.does("import_interactions", export, "--source", "im")
        expected = (by_command.ties(), by_command.value("SELECT counted FROM activity_delivery"))
    company.does("shell", "-v", "0", "-c", UPLOAD.format(path=str(export)))
    kill_with_children(checks_it(company))
    company.does("shell", "-v", "0", "-c", CONFIRM)
    for number, table in enumerate(HELD_AT, start=1):
        with psycopg.connect(company.owner_url) as holder:
            holder.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            worker = company.worker(f"worker-{number}.log")
            eventually(lambda t=table: company.waits_for(t))
            kill_with_children(worker)
        eventually(company.is_left_alone)  # or the next one finds the job taken
        assert state_of(company, "messages import") == "working"
        assert company.value("SELECT state FROM activity_delivery") == "open"
    assert company.value("SELECT lines_read FROM activity_delivery") == LINES + 1
    company.worker("worker-last.log")
    eventually(lambda: state_of(company, "messages import") == "done")
    assert company.value("SELECT found ->> 'is_new' FROM jobs_job WHERE kind = 'messages import'") == "true"
    assert company.value("SELECT count(*) FROM activity_interaction") == LINES
    assert (company.ties(), company.value("SELECT counted FROM activity_delivery")) == expected
    assert company.value("SELECT count(*) FROM jobs_piece") == 0
    assert company.value("SELECT count(*) FROM audit_entry WHERE action = 'delivery applied'") == 1


def checks_it(company: Company) -> Popen[bytes]:
    worker = company.worker("worker-check.log")
    eventually(lambda: state_of(company, "messages check") == "done")
    return worker
