"""A real worker and a real beat on a real Valkey, which lose each other and find what is due again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import redis

from tests.faults.companies import PATIENT, TODAY, Company, kill_with_children
from tests.patience import SAFETY_SECONDS, eventually, stays

TICK = "tick"
FIRST_VALUE = (TICK, 86_400, "seconds")


def state(company: Company) -> str:
    found: str = company.value("SELECT state FROM campaigns_campaign")
    return found


def schedule(company: Company) -> list[Any]:
    return company.rows(
        "SELECT task.name, every, period FROM django_celery_beat_periodictask AS task "
        "JOIN django_celery_beat_intervalschedule AS i ON i.id = interval_id WHERE task.name NOT LIKE 'celery.%%' "
        "ORDER BY task.name",
    )


def every_second(company: Company) -> None:
    """As HR does in the admin: another interval for every job."""
    company.rows(
        "WITH second AS (INSERT INTO django_celery_beat_intervalschedule (every, period) "
        "VALUES (1, 'seconds') RETURNING id) "
        "UPDATE django_celery_beat_periodictask SET interval_id = second.id FROM second WHERE interval_id IS NOT NULL"
    )


def is_running(company: Company) -> bool:
    """With another note of the change: beat overlooks one that came while it read its schedule for the first time."""
    company.rows(
        "INSERT INTO django_celery_beat_periodictasks (ident, last_update) VALUES (1, now()) "
        "ON CONFLICT (ident) DO UPDATE SET last_update = now()"
    )
    return state(company) == "running"


def new_arrival(company: Company) -> None:
    company.rows(
        "INSERT INTO activity_arrival AS a VALUES (0, 1) ON CONFLICT (shard) DO UPDATE SET count = a.count + 1"
    )


def is_ranked_again(company: Company) -> None:
    before = company.value("SELECT live_run_id FROM ranking_board")
    new_arrival(company)
    eventually(lambda: company.value("SELECT live_run_id FROM ranking_board") not in {None, before})


def test_beat_follows_the_database_and_a_restart_keeps_what_was_edited(company: Company) -> None:
    company.worker()
    beat = company.beat("beat.log")
    eventually(lambda: len(schedule(company)) >= 2)
    assert FIRST_VALUE in schedule(company)
    assert state(company) == "scheduled"  # and would be for a day
    every_second(company)
    eventually(lambda: is_running(company))
    is_ranked_again(company)
    kill_with_children(beat)
    company.beat("beat-again.log")
    eventually(lambda: "Sending due task tick" in company.log("beat-again.log"))
    assert (TICK, 1, "seconds") in schedule(company)


def test_an_emptied_redis_loses_nothing_that_matters(company: Company) -> None:
    company.worker()
    company.beat("beat.log")
    eventually(lambda: len(schedule(company)) >= 2)
    every_second(company)
    eventually(lambda: is_running(company))
    with redis.Redis.from_url(company.redis_url) as client:
        for _ in range(3):
            client.flushall()
            is_ranked_again(company)
    assert company.half_runs() == []


def test_a_worker_tells_by_its_exit_that_the_database_is_not_its_own(company: Company) -> None:
    company.does("refresh")
    for words in (("worker", "--concurrency=1"), ("beat", "--pidfile=")):
        process = company.start(
            "celery", "-A", "bonus_tracker", *words, log=f"{words[0]}.log", COMPANY_TIME_ZONE="Europe/Berlin"
        )
        assert process.wait(SAFETY_SECONDS) == 1, company.log(f"{words[0]}.log")
        assert "made with COMPANY_TIME_ZONE=Asia/Shanghai, not Europe/Berlin" in company.log(
            f"{words[0]}.log"
        )


def test_a_tick_months_late_and_twice_does_each_thing_once(company: Company) -> None:
    late = {"CLOCK": f"{TODAY.replace('2026-12', '2027-03')}@{company.epoch}x1"}
    first = company.does(TICK, **late)
    assert "has begun" in first
    assert "is sealed" in first
    assert company.does(TICK, **late).strip() == "Nothing is due."
    assert company.value("SELECT count(*) FROM ranking_result") == 1


def test_the_database_dies_under_a_worker_which_goes_on_when_it_is_back(company: Company) -> None:
    company.does(TICK)
    company.worker()
    [(campaign,)] = company.rows("SELECT id FROM campaigns_campaign")
    company.send("apps.ranking.tasks.refresh_campaign", campaign)
    eventually(lambda: company.value("SELECT count(*) FROM ranking_board") == 1)
    company.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'bonus_app'")
    eventually(lambda: not company.value("SELECT count(*) FROM pg_stat_activity WHERE usename = 'bonus_app'"))
    before = company.value("SELECT live_run_id FROM ranking_board")
    new_arrival(company)
    company.send("apps.ranking.tasks.refresh_campaign", campaign)
    eventually(lambda: company.value("SELECT live_run_id FROM ranking_board") != before)
    assert company.half_runs() == []


@contextmanager
def a_job_in_the_middle(company: Company, **changes: str) -> Iterator[None]:
    company.does(TICK)
    company.worker(**PATIENT, **changes)
    with psycopg.connect(company.owner_url) as holder:
        holder.execute("LOCK TABLE ranking_run IN ACCESS EXCLUSIVE MODE")
        company.send(
            "apps.ranking.tasks.refresh_campaign", company.value("SELECT id FROM campaigns_campaign")
        )
        eventually(lambda: company.waits_for("ranking_run"))
        yield
        company.stop_all()


def test_a_job_stays_with_redis_until_it_is_done(company: Company) -> None:
    with a_job_in_the_middle(company):
        assert stays(lambda: company.jobs() == (0, 1), seconds=2)


def test_acknowledged_early_instead_it_would_be_lost_with_its_worker(company: Company) -> None:
    with a_job_in_the_middle(company, FAULTS_EARLY_ACK="1"):
        eventually(lambda: company.jobs() == (0, 0))
    assert company.value("SELECT count(*) FROM ranking_run") == 0
