"""Instants inside a day: earlier days from the ties, the last one from the ledger, and nothing from after it."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from hypothesis import given

from apps.activity import sql as activity_sql
from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule
from apps.ranking import counting, services
from apps.ranking.instant import Instant
from apps.ranking.last_day import ties_before
from apps.ranking.models import Board
from apps.ranking.ranges import Range
from apps.ranking.services import refresh, standings
from tests.factories import make_campaign, make_employee
from tests.faults.helpers import Actor, Stop
from tests.faults.scenes import NOW, TALK_DAYS, deliver, handle_of, talk
from tests.ranking import in_database, worlds
from tests.ranking.in_database import make_months, rolled_back
from tests.ranking.worlds import World, examples

DEADLINE = TALK_DAYS[2] + timedelta(hours=1)  # in the middle of a day
IN_TIME, TOO_LATE = [DEADLINE - timedelta(microseconds=1)], [DEADLINE]


def days_counted(ties: str, instant: Instant) -> list[Any]:
    """Of each tie its days of talk in the window; ties without any are left out."""

    def cut(side: str) -> str:
        return f"({activity_sql.days('tie', side)} << (tie.anchor - %(last_day)s)) & %(window)s::{activity_sql.BITS}"

    known = {
        "last_day": instant.last_day,
        "first_day": instant.first_day,
        "window": "1" * instant.window_days + "0" * (384 - instant.window_days),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT employee_id, contact_id, sent::text, received::text FROM ("
            f"SELECT employee_id, contact_id, {cut('sent')} AS sent, {cut('received')} AS received "
            f"FROM {ties} AS tie WHERE anchor >= %(first_day)s) AS cut "
            f"WHERE sent | received <> {activity_sql.NO_DAY} ORDER BY 1, 2",
            known,
        )
        return cursor.fetchall()


def remembers(instant: Instant) -> bool:
    """Whether ties still know all days of the window; a window of a year and more they may not."""
    newest = counting.newest_event()
    return newest is None or instant.first_day > newest.date() - timedelta(days=380)


def test_ties_cut_within_a_day_are_what_the_ledger_says(db: Any) -> None:
    make_months()
    seen = 0

    @examples(100)
    @given(worlds.worlds())
    def check(world: World) -> None:
        nonlocal seen
        with override_settings(COMPANY_TIME_ZONE=world.zone), rolled_back():
            ids = in_database.put_directory(world.facts)
            in_database.deliver(in_database.make_source(), world.facts.events)
            campaign = in_database.put_campaign(world.contest, world.facts, ids)
            for as_of in world.instants:
                instant = Instant.of(campaign, Rule.of(campaign), as_of)
                if 0 < instant.window_days <= 380 and remembers(instant):
                    seen += not instant.ends_its_day()
                    compare(instant)

    def compare(instant: Instant) -> None:
        with connection.cursor() as cursor:
            counting._derive_past_ties(instant, Range())
            expected = days_counted("past_tie", instant)
            cursor.execute("DROP TABLE past_tie")
            assert days_counted(ties_before(instant), instant) == expected
            cursor.execute("SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY id) FROM directory_employee")
            middle = cursor.fetchone()[0]
        of_some = Range(None, middle + 1)
        found = [row for row in days_counted(ties_before(instant, of_some), instant) if row[0] <= middle]
        assert found == [row for row in expected if row[0] <= middle]

    check()
    assert seen > 50


@pytest.mark.django_db
def test_the_ledger_is_needed_for_the_last_day_alone() -> None:
    """Of October and November the ledger is lost, and ties remember."""
    handle, campaign = handle_of(make_employee()), make_campaign(window_days=60, min_active_days=4)
    days = [datetime(2026, month, 30, 3, tzinfo=NOW.tzinfo) for month in (10, 11)]
    deliver(talk(handle, ["a@out.example", "b@out.example"], [*days, *TALK_DAYS[1:2], *IN_TIME]))
    deliver(talk(handle, ["b@out.example", "c@out.example"], TOO_LATE))
    deliver(talk(handle, ["c@out.example"], [*days, *TALK_DAYS[1:2]]))
    before = standings(campaign, as_of=DEADLINE)
    assert [row.active_contacts for row in before] == [2]
    assert [row.active_contacts for row in standings(campaign, as_of=NOW)] == [3]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE activity_interaction_2026_10, activity_interaction_2026_11")
    assert standings(campaign, as_of=DEADLINE) == before


def a_live_ranking_meets_a_late_message(monkeypatch: pytest.MonkeyPatch) -> int:
    """It has looked how far deliveries reach and is about to count; then the first message after the deadline comes."""
    handle, campaign = handle_of(make_employee()), make_campaign(deadline=DEADLINE)
    deliver(talk(handle, ["a@out.example"], TALK_DAYS[:2]))
    stop = Stop(monkeypatch, services, "count")
    ranking = Actor(lambda: refresh(campaign, now=DEADLINE - timedelta(seconds=1)))
    stop.wait()
    deliver(talk(handle, ["a@out.example"], TOO_LATE))
    stop.go()
    ranking.end()
    shown = Board.objects.get().live_run
    assert shown
    return shown.active_contacts


@pytest.mark.django_db(transaction=True)
def test_a_message_after_the_deadline_is_never_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert a_live_ranking_meets_a_late_message(monkeypatch) == 0
    campaign = Campaign.objects.get()
    deliver(talk(handle_of(make_employee()), ["b@out.example"], [*TALK_DAYS[:2], *IN_TIME, *TOO_LATE]))
    run = refresh(campaign, now=NOW)
    assert run
    assert run.active_contacts == 1


@pytest.mark.django_db(transaction=True)
def test_without_a_second_look_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "newest_event", cache(counting.newest_event))
    assert a_live_ranking_meets_a_late_message(monkeypatch) == 1
