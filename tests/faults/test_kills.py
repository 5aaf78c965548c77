"""kill -9 of an import, of the database under it, and of a worker while it ranks; then simply start again.

Twenty kills at instants drawn with a fixed seed, each printed. What stands at the end is what an undisturbed
company has: the same ties, counts and places; no run was ever half there.
"""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from apps.ranking.services import RUNS_IN_READERS_HANDS
from tests.embedded.users import Scene
from tests.faults.companies import Company, ended_afterwards, kill_with_children, write_interactions
from tests.faults.small_batches import LINES_A_BATCH
from tests.patience import SAFETY_SECONDS, eventually

SEED = 20261231
LINES = 100_000
IMPORT_KILLS, DATABASE_KILLS = 10, 5
# Where a ranking is held while its worker is killed: before it knows, counts, writes and publishes.
STEPS = ["ranking_scratchcontact", "ranking_run", "ranking_standing", "ranking_board", "ranking_standing"]


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_interactions(tmp_path_factory.mktemp("export") / "export.csv", LINES, seed=SEED)


@pytest.fixture(scope="module")
def undisturbed(founded: Company, export: Path) -> Iterator[Company]:
    with ended_afterwards(founded.copy("undisturbed")) as company:
        company.does("import_interactions", export, "--source", "im")
        company.does("tick")
        company.does("refresh")
        yield company


def lines_read(company: Company) -> int:
    return company.value("SELECT coalesce(max(lines_read), 0) FROM activity_delivery") or 0


def is_up(company: Company) -> bool:
    try:
        company.rows("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def test_an_import_killed_again_and_again_ends_as_if_undisturbed(
    servers: Scene, company: Company, undisturbed: Company, export: Path
) -> None:
    chance = random.Random(SEED)
    victims = ["import"] * IMPORT_KILLS + ["database"] * DATABASE_KILLS
    chance.shuffle(victims)
    words = ("tests.faults.small_batches", "import_interactions", export, "--source", "im")
    most = (
        LINES // len(victims) - 3 * LINES_A_BATCH
    )  # what all of them can get beyond their goals is left out
    for number, victim in enumerate(victims, start=1):
        goal = lines_read(company) + chance.randrange(most)
        process = company.start(*words, log=f"import-{number}.log", FAULTS_LINES=str(goal))
        eventually(lambda: process.poll() is not None or lines_read(company) > goal)  # noqa: B023
        assert process.poll() is None, company.log(f"import-{number}.log")
        delay = chance.random() / 20  # somewhere in a batch of about as many seconds
        time.sleep(delay)
        print(f"kill {number}: {victim}, line {lines_read(company):,}, {delay * 1000:.0f} ms later")  # noqa: T201
        if victim == "import":
            kill_with_children(process)
            eventually(company.is_left_alone)  # or the next one hears that the file is being read
            continue
        servers.strike("postgres")
        process.wait(SAFETY_SECONDS)
        complaint = company.log(f"import-{number}.log")
        assert process.returncode == 1, complaint
        assert "PostgreSQL does not answer" in complaint
        assert "Traceback" not in complaint
        eventually(lambda: is_up(company) or servers.revive())
    assert 0 < lines_read(company) < LINES
    assert "imported." in company.does("import_interactions", export, "--source", "im")
    company.does("tick")
    company.does("refresh")
    columns = "name, state, counted, staff_only, quarantined, lines_read, first_at, last_at"
    delivered = f"SELECT {columns} FROM activity_delivery"
    assert company.rows(delivered) == undisturbed.rows(delivered)
    assert company.value("SELECT count(*) FROM activity_interaction") == LINES
    assert company.ties() == undisturbed.ties()
    assert company.board() == undisturbed.board() != []
    company.does("rebuild", "--check")
    assert "imported before" in company.does("import_interactions", export, "--source", "im")


def test_a_ranking_whose_worker_is_killed_is_done_again_by_the_next(
    founded: Company, undisturbed: Company
) -> None:
    chance = random.Random(SEED)
    with ended_afterwards(undisturbed.copy("ranking_killed")) as company:
        [(campaign, shown)] = company.rows("SELECT campaign_id, live_run_id FROM ranking_board")
        for number, table in enumerate(STEPS, start=1):
            with psycopg.connect(company.owner_url) as holder:
                # Before the worker begins: it may have the job of the one killed before at once.
                holder.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
                if number == 1:  # queued once: every later worker has it from the one killed before
                    company.rows("UPDATE activity_arrival SET count = count + 1")
                    company.send("apps.ranking.tasks.refresh_campaign", campaign)
                worker = company.worker(f"worker-{number}.log")
                eventually(lambda t=table: company.waits_for(t))
                delay = chance.random() / 20
                time.sleep(delay)
                print(f"kill {number}: worker held at {table}, {delay * 1000:.0f} ms later")  # noqa: T201
                kill_with_children(worker)
            eventually(company.is_left_alone)  # or the next one hears that the campaign is being ranked
            assert company.value("SELECT live_run_id FROM ranking_board") == shown
            assert company.half_runs() == []
        company.worker("worker-last.log")
        eventually(lambda: company.value("SELECT live_run_id FROM ranking_board") != shown)
        assert company.board() == undisturbed.board()
        assert company.half_runs() == []
        assert company.value("SELECT count(*) FROM ranking_run WHERE NOT keep") <= 1 + RUNS_IN_READERS_HANDS
