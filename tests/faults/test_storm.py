"""Everything at once, for a bounded number of rounds: nothing is lost, nothing goes back, nobody is in a circle."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from apps.activity import owed
from apps.activity.ingest import DeliveryClosed
from apps.activity.models import Delivery
from apps.activity.withdrawal import withdraw
from apps.audit.services import verify
from apps.directory.models import Employee
from apps.directory.services import end_account, give_account
from apps.ranking.models import Board, Result, Run, Standing
from apps.ranking.sealing import differs_from_fixed_input, settle
from apps.ranking.services import RUNS_IN_READERS_HANDS, NotRanked, refresh, standings
from tests.activity.limits import limits
from tests.factories import LONG_AGO, make_employee
from tests.faults.helpers import Actor
from tests.faults.scenes import (
    AFTER_GRACE,
    NOW,
    TALK_DAYS,
    all_ties,
    deliver,
    handle_of,
    open_delivery,
    settling_campaign,
    talk,
    wrong_ties,
)

pytestmark = pytest.mark.django_db(transaction=True)

SEED = 20261231
SHARED = "desk@company.example"  # an account that goes from hand to hand
CONTACTS = [f"c{n}@out.example" for n in range(30)]

# A board that moves back is caught by the database in the moment it happens.
WATCH = """
CREATE FUNCTION faults_forward() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before record; after record;
BEGIN
    SELECT as_of, input_version INTO before FROM ranking_run WHERE id = OLD.live_run_id;
    SELECT as_of, input_version INTO after FROM ranking_run WHERE id = NEW.live_run_id;
    IF before IS NOT NULL AND (after.as_of, after.input_version) < (before.as_of, before.input_version) THEN
        RAISE EXCEPTION 'the board of % moved back from % to %', OLD.campaign_id, before, after;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER faults_forward BEFORE UPDATE ON ranking_board FOR EACH ROW EXECUTE FUNCTION faults_forward();
"""


def rounds(count: int, act: Callable[[random.Random], Any], name: str) -> Callable[[], None]:
    chance = random.Random(f"{SEED} {name}")

    def run() -> None:
        for _ in range(count):
            act(chance)

    return run


def ingest(chance: random.Random) -> None:
    """Many of the same pairs, in any order, some of them sent again."""
    writers = [handle_of(employee) for employee in Employee.objects.exclude(number="E-desk")] + [SHARED]
    days = [TALK_DAYS[0] - timedelta(days=chance.randrange(20)) for _ in range(3)]
    events = [
        event
        for writer in chance.sample(writers, 4)
        for event in talk(writer, chance.sample(CONTACTS, 12), days)
    ]
    chance.shuffle(events)
    delivery = open_delivery()
    try:
        deliver(events, delivery)
        deliver(events[: len(events) // 2], delivery)
    except DeliveryClosed:
        assert Delivery.objects.get(pk=delivery.pk).state == "withdrawn"


def take_back(chance: random.Random) -> None:
    open_ones = list(Delivery.objects.exclude(state="withdrawn").order_by("pk"))
    if open_ones:
        withdraw(chance.choice(open_ones), actor="hr", reason="wrong file", now=NOW)


def hand_over(_: random.Random) -> None:
    """Yesterday's owner never had it; the desk gets it back in the next breath."""
    desk = Employee.objects.get(number="E-desk")
    end_account(desk, platform="im", handle=SHARED, ends_on=None, actor="hr", now=NOW)
    give_account(desk, platform="im", handle=SHARED, starts_on=LONG_AGO, actor="hr", now=NOW)


def rebuild(_: random.Random) -> None:
    """Of everybody; it is owed, since limits are small."""
    owed.repair(list(Employee.objects.values_list("pk", flat=True)), now=NOW)
    owed.work_off(now=NOW)


def sizes_of_runs() -> list[tuple[int, int, int]]:
    """(run, what it says its sum is, the sum of its standings) where they differ: half a run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT run.id, run.active_contacts, coalesce(sum(s.active_contacts), 0) FROM ranking_run AS run "
            "LEFT JOIN ranking_standing AS s ON s.run_id = run.id GROUP BY run.id "
            "HAVING run.active_contacts <> coalesce(sum(s.active_contacts), 0)"
        )
        return cursor.fetchall()


@pytest.fixture
def watched() -> Any:
    with connection.cursor() as cursor:
        cursor.execute(WATCH)
        yield
        cursor.execute("DROP FUNCTION faults_forward() CASCADE")


@pytest.mark.usefixtures("watched")
def test_everything_at_once() -> None:
    for _ in range(8):
        make_employee()
    make_employee(SHARED, number="E-desk")
    campaign = settling_campaign()
    refusals: list[tuple[str, bool]] = []

    def rank(_: random.Random) -> None:
        try:
            refresh(campaign, now=NOW)
        except NotRanked as news:
            refusals.append((str(news), Result.objects.exists()))

    def end(_: random.Random) -> None:
        settle(campaign, now=AFTER_GRACE)

    jobs = [
        *(rounds(8, ingest, f"ingest {n}") for n in range(3)),
        rounds(5, take_back, "take back"),
        rounds(4, hand_over, "hand over"),
        rounds(3, rebuild, "rebuild"),
        *(rounds(10, rank, f"rank {n}") for n in range(2)),
    ]
    with limits(500, 20_000_000):
        actors = [Actor(job) for job in jobs]
        for actor in [*actors[:2], *(Actor(rounds(1, end, "settle")) for _ in range(2)), *actors[2:]]:
            actor.end()
    owed.work_off(now=NOW)
    settle(campaign, now=AFTER_GRACE)
    assert wrong_ties() == []
    before = all_ties()
    assert before
    rebuild(random.Random())
    assert all_ties() == before
    result = Result.objects.get()
    assert differs_from_fixed_input(result) is None
    assert (Board.objects.get().public_run_id, sizes_of_runs()) == (result.run_id, [])
    assert verify().problem == ""
    assert [news for news, is_settled in refusals if not is_settled and "derived" not in news] == []


def test_after_the_storm_the_board_is_what_the_facts_say() -> None:
    for _ in range(4):
        make_employee()
    make_employee(SHARED, number="E-desk")
    campaign = settling_campaign()
    jobs = [rounds(6, ingest, f"ingest {n}") for n in range(3)]
    jobs += [rounds(8, lambda _: refresh(campaign, now=NOW), f"rank {n}") for n in range(2)]
    for actor in [Actor(job) for job in jobs]:
        actor.end()
    refresh(campaign, now=NOW)
    shown = Board.objects.get().public_run
    assert shown
    rows = Standing.objects.filter(run=shown).order_by("rank", "employee__number")
    assert [tuple(row) for row in standings(campaign, as_of=shown.as_of)] == list(
        rows.values_list("rank", "employee__number", "active_contacts", "conversation_days")
    )
    assert refresh(campaign, now=NOW) is None
    assert Run.objects.count() <= 1 + RUNS_IN_READERS_HANDS
