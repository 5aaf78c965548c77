"""One ranking counted by several hands sees one state of the data, and needs none of them."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connection

from apps.campaigns.models import Campaign, OptOut
from apps.campaigns.rule import Rule
from apps.directory.models import Employee
from apps.ranking import attempts, sharding
from apps.ranking.attempts import forget_dead
from apps.ranking.instant import Instant, next_midnight
from apps.ranking.models import Board, Run
from apps.ranking.ranges import Range
from apps.ranking.services import NotRanked, refresh
from apps.ranking.tasks import refresh_campaign
from bonus_tracker import clock
from tests.factories import make_campaign, make_employee
from tests.faults.helpers import Actor, Stop, eventually, nothing
from tests.faults.scenes import NOW, deliver, handle_of, talk

pytestmark = pytest.mark.django_db(transaction=True)

SCRATCH = ("ranking_attempt", "ranking_shard", "ranking_scratchcontact", "ranking_scratchemployee")
Standing = tuple[int, int]


@pytest.fixture(autouse=True)
def _three_shards(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RANKING_SHARDS = 3
    monkeypatch.setattr(sharding, "_call_hands", nothing)


@pytest.fixture
def campaign() -> Campaign:
    """Of three employees, each with one active contact."""
    campaign = make_campaign()
    for n in range(3):
        deliver(talk(handle_of(make_employee()), [f"first-{n}@out.example"]))
    return campaign


def rows(run: Run | None) -> list[Standing]:
    """(place in the order of employees, active contacts)."""
    assert run
    found = run.standings.order_by("employee").values_list("employee", "active_contacts")
    first = Employee.objects.order_by("pk").values_list("pk", flat=True)[0]
    return [(employee - first, contacts) for employee, contacts in found]


def scratch() -> dict[str, int]:
    with connection.cursor() as cursor:
        found = {}
        for table in SCRATCH:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
    return found


def after_the_first_shard(monkeypatch: pytest.MonkeyPatch, act: Callable[[], Any]) -> None:
    count_shard, counted = attempts.count_shard, []

    def counting_one(attempt: attempts.Attempt, number: int) -> bool:
        is_counted = count_shard(attempt, number)
        counted.append(number)
        if len(counted) == 1:
            act()
        return is_counted

    monkeypatch.setattr(attempts, "count_shard", counting_one)


def everybody_gets_another_contact() -> None:
    for employee in Employee.objects.all():
        deliver(talk(handle_of(employee), [f"second-{employee.pk}@out.example"]))


def test_shards_give_what_one_count_gives(campaign: Campaign, settings: Any) -> None:
    sharded = refresh(campaign, now=NOW)
    assert sharded
    settings.RANKING_SHARDS = 1
    Board.objects.all().delete()
    whole = refresh(campaign, now=NOW)
    assert whole
    columns = ("employee", "rank", "active_contacts", "conversation_days")
    assert list(sharded.standings.values_list(*columns)) == list(whole.standings.values_list(*columns))
    figures = ("as_of", "last_date", "participants", "active_contacts", "input_version")
    assert [getattr(sharded, name) for name in figures] == [getattr(whole, name) for name in figures]
    assert scratch() == dict.fromkeys(SCRATCH, 0)


def a_batch_comes_between_shards(monkeypatch: pytest.MonkeyPatch, campaign: Campaign) -> list[Standing]:
    after_the_first_shard(monkeypatch, everybody_gets_another_contact)
    return rows(refresh(campaign, now=NOW))


def test_what_comes_between_shards_is_in_none(monkeypatch: pytest.MonkeyPatch, campaign: Campaign) -> None:
    assert a_batch_comes_between_shards(monkeypatch, campaign) == [(0, 1), (1, 1), (2, 1)]
    assert rows(refresh(campaign, now=NOW)) == [(0, 2), (1, 2), (2, 2)]


def test_without_the_common_snapshot_it_is_in_some(
    monkeypatch: pytest.MonkeyPatch, campaign: Campaign
) -> None:
    monkeypatch.setattr(attempts, "look_through", nothing)
    assert a_batch_comes_between_shards(monkeypatch, campaign) == [(0, 2), (1, 2), (2, 1)]


def test_who_leaves_the_contest_between_shards_still_stands(
    monkeypatch: pytest.MonkeyPatch, campaign: Campaign
) -> None:
    everybody = list(Employee.objects.all())
    after_the_first_shard(
        monkeypatch,
        lambda: OptOut.objects.bulk_create(
            OptOut(campaign=campaign, employee=employee, left_at=NOW) for employee in everybody
        ),
    )
    run = refresh(campaign, now=NOW)
    assert rows(run) == [(0, 1), (1, 1), (2, 1)]
    assert run
    assert run.participants == 3


def test_a_message_from_after_the_deadline_that_comes_between_shards_is_in_none(
    monkeypatch: pytest.MonkeyPatch, campaign: Campaign
) -> None:
    deadline = NOW + timedelta(hours=1)
    ends_in_the_day = make_campaign(deadline=deadline, min_active_days=4)

    def everybody_talks_on() -> None:
        for n, employee in enumerate(Employee.objects.order_by("pk")):
            deliver(talk(handle_of(employee), [f"first-{n}@out.example"], [deadline]))

    after_the_first_shard(monkeypatch, everybody_talks_on)
    assert rows(refresh(ends_in_the_day, now=NOW)) == []
    assert rows(refresh(ends_in_the_day, now=deadline)) == []
    assert rows(refresh(campaign, now=deadline)) == [(0, 1), (1, 1), (2, 1)]


@pytest.fixture
def first_shard_is_held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stop]:
    """Whoever counts first stops with a shard in hand."""
    stop = Stop(monkeypatch, attempts, "relations_over")
    yield stop
    stop.go()


def test_others_count_what_nobody_is_at(campaign: Campaign, first_shard_is_held: Stop) -> None:
    coordinator = Actor(lambda: refresh(campaign, now=NOW))
    first_shard_is_held.wait()
    assert sharding.lend_a_hand() == 2
    assert sharding.lend_a_hand() == 0
    first_shard_is_held.go()
    assert rows(coordinator.end()) == [(0, 1), (1, 1), (2, 1)]


def a_hand_comes_first(monkeypatch: pytest.MonkeyPatch, stop: Stop) -> list[Actor]:
    """Called by the coordinator, it takes the first shard and stops with it."""
    hands: list[Actor] = []

    def call(_how_many: int) -> None:
        hands.append(Actor(sharding.lend_a_hand))
        stop.wait()

    monkeypatch.setattr(sharding, "_call_hands", call)
    return hands


def test_the_coordinator_counts_what_a_lost_hand_had(
    monkeypatch: pytest.MonkeyPatch, campaign: Campaign, first_shard_is_held: Stop
) -> None:
    """It hangs, or its machine is gone: the server takes its shard from it."""
    monkeypatch.setattr(attempts, "LET_GO", attempts.LET_GO.replace("10s", "500ms"))
    hands = a_hand_comes_first(monkeypatch, first_shard_is_held)
    assert rows(refresh(campaign, now=NOW)) == [(0, 1), (1, 1), (2, 1)]
    first_shard_is_held.go()
    with pytest.raises(DatabaseError, match="idle-in-transaction"):
        hands[0].end()


def test_a_shard_that_somebody_counts_is_left_to_them(
    monkeypatch: pytest.MonkeyPatch, campaign: Campaign, first_shard_is_held: Stop
) -> None:
    hands = a_hand_comes_first(monkeypatch, first_shard_is_held)
    counted: list[int] = []
    count = attempts._count
    monkeypatch.setattr(
        attempts,
        "_count",
        lambda attempt, number, employees: (count(attempt, number, employees), counted.append(number)),
    )
    coordinator = Actor(lambda: refresh(campaign, now=NOW))
    eventually(lambda: sorted(counted) == [1, 2])
    first_shard_is_held.go()
    assert rows(coordinator.end()) == [(0, 1), (1, 1), (2, 1)]
    assert hands[0].end() == 1
    assert sorted(counted) == [0, 1, 2]


def test_a_coordinator_that_lost_its_session_leaves_nothing_behind(
    campaign: Campaign, first_shard_is_held: Stop
) -> None:
    coordinator = Actor(lambda: refresh(campaign, now=NOW))
    first_shard_is_held.wait()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [coordinator.pid])
    first_shard_is_held.go()
    with pytest.raises(OperationalError):
        coordinator.end()
    assert sharding.lend_a_hand() == 0
    assert Run.objects.count() == 0
    assert scratch()["ranking_shard"] == 3
    forget_dead()
    assert scratch() == dict.fromkeys(SCRATCH, 0)
    assert rows(refresh(campaign, now=NOW)) == [(0, 1), (1, 1), (2, 1)]


def test_what_others_left_is_removed_and_what_lives_stays(
    campaign: Campaign, first_shard_is_held: Stop
) -> None:
    other = make_campaign()
    dead = [prepare(campaign), prepare(other), prepare(other)]
    coordinator = Actor(lambda: refresh(campaign, now=NOW))
    first_shard_is_held.wait()
    assert prepare(other) not in dead
    assert scratch()["ranking_shard"] == 6
    forget_dead()
    assert scratch()["ranking_shard"] == 3
    first_shard_is_held.go()
    assert rows(coordinator.end()) == [(0, 1), (1, 1), (2, 1)]


def prepare(campaign: Campaign) -> int:
    """As a coordinator that is killed right afterwards."""
    rule = Rule.of(campaign)
    instant = Instant.of(campaign, rule, next_midnight(NOW))
    return attempts.prepare(campaign, rule, instant, [Range(None, 5), Range(5, 9), Range(9, None)])


def test_a_shard_that_is_still_counted_is_removed_the_next_time(
    monkeypatch: pytest.MonkeyPatch, campaign: Campaign, first_shard_is_held: Stop
) -> None:
    a_hand_comes_first(monkeypatch, first_shard_is_held)
    coordinator = Actor(lambda: refresh(campaign, now=NOW))
    first_shard_is_held.wait()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [coordinator.pid])
    with pytest.raises(OperationalError):
        coordinator.end()
    forget_dead()
    assert scratch()["ranking_shard"] == 1
    first_shard_is_held.go()
    eventually(lambda: not is_somebody_counting())
    forget_dead()
    assert scratch() == dict.fromkeys(SCRATCH, 0)


def is_somebody_counting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'ranking_shard'::regclass "
            "AND pid <> pg_backend_pid())"
        )
        found: bool = cursor.fetchone()[0]
    return found


def test_a_hand_of_another_version_leaves_a_ranking_alone(
    monkeypatch: pytest.MonkeyPatch, campaign: Campaign, first_shard_is_held: Stop
) -> None:
    coordinator = Actor(lambda: refresh(campaign, now=NOW))
    first_shard_is_held.wait()
    monkeypatch.setattr(attempts, "statement_hash", lambda *_: "another")
    assert sharding.lend_a_hand() == 0
    first_shard_is_held.go()
    coordinator.end()


def test_the_job_leaves_a_campaign_that_is_being_ranked(
    campaign: Campaign, first_shard_is_held: Stop, caplog: pytest.LogCaptureFixture
) -> None:
    coordinator = Actor(lambda: refresh(campaign, now=NOW))
    first_shard_is_held.wait()
    with pytest.raises(NotRanked, match="is being ranked already"):
        refresh(campaign, now=NOW, wait=False)
    with caplog.at_level("INFO"), clock.showing(NOW):
        refresh_campaign(campaign.pk)
    assert f"Campaign {campaign.slug} is being ranked already." in caplog.text
    second = Actor(lambda: refresh(campaign, now=NOW))
    assert second.waits()
    first_shard_is_held.go()
    assert coordinator.end()
    assert second.end() is None
