"""A real worker and a real beat on a real Valkey, which lose each other and find what is due again."""

from typing import Any

import psycopg
import pytest
import redis

from tests.faults.companies import TODAY, Company, kill_with_children
from tests.faults.helpers import eventually

TICK = "tick"


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
    """As HR does in the admin: another interval for every job; beat looks for the note of the change."""
    company.rows(
        "WITH second AS (INSERT INTO django_celery_beat_intervalschedule (every, period) "
        "VALUES (1, 'seconds') RETURNING id) "
        "UPDATE django_celery_beat_periodictask SET interval_id = second.id FROM second WHERE interval_id IS NOT NULL"
    )
    company.rows(
        "INSERT INTO django_celery_beat_periodictasks (ident, last_update) VALUES (1, now()) "
        "ON CONFLICT (ident) DO UPDATE SET last_update = now()"
    )


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
    assert (TICK, 60, "seconds") in schedule(company)
    assert state(company) == "scheduled"
    every_second(company)
    eventually(lambda: state(company) == "running")
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
    eventually(lambda: state(company) == "running")
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
        assert process.wait(60) == 1, company.log(f"{words[0]}.log")
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
    before = company.value("SELECT live_run_id FROM ranking_board")
    new_arrival(company)

    def ranked() -> bool:
        company.send("apps.ranking.tasks.refresh_campaign", campaign)
        return bool(company.value("SELECT live_run_id FROM ranking_board") != before)

    eventually(ranked)


@pytest.mark.parametrize(("changes", "kept"), [({}, 1), ({"FAULTS_EARLY_ACK": "1"}, 0)])
def test_a_job_stays_with_redis_until_it_is_done(
    company: Company, changes: dict[str, str], kept: int
) -> None:
    """While a worker is at it; acknowledged early instead, a killed worker would take it along."""
    company.does(TICK)
    company.worker(**changes)
    with psycopg.connect(company.owner_url) as holder:
        holder.execute("LOCK TABLE ranking_run IN ACCESS EXCLUSIVE MODE")
        company.send(
            "apps.ranking.tasks.refresh_campaign", company.value("SELECT id FROM campaigns_campaign")
        )
        eventually(lambda: company.waits_for("ranking_run"))
        with redis.Redis.from_url(company.redis_url) as client:
            assert client.hlen(f"{company.prefix}unacked") == kept
        company.stop_all()
