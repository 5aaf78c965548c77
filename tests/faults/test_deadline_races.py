"""Rankings, settling, proposing and approving from several workers at once."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from django.db import IntegrityError

from apps.activity import ingest
from apps.audit.models import Entry
from apps.audit.services import verify
from apps.awards import services as awards
from apps.awards.due import tick
from apps.awards.models import Award
from apps.awards.prizes import proposing
from apps.campaigns.models import Campaign
from apps.integrity import outcome
from apps.integrity.hold import hold
from apps.ranking import counting, sealing, services
from apps.ranking.models import Board, Result, Run
from apps.ranking.sealing import differs_from_fixed_input, settle
from apps.ranking.services import refresh, standings
from tests.factories import make_campaign, make_employee, make_user
from tests.faults.helpers import Actor, Stop, nothing
from tests.faults.scenes import (
    AFTER_GRACE,
    AFTER_OBJECTIONS,
    NOW,
    TALK_DAYS,
    deliver,
    handle_of,
    settling_campaign,
    talk,
)
from tests.integrity.ready import make_ready

pytestmark = pytest.mark.django_db(transaction=True)


def one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, at: tuple[Any, str], first: Callable[[], Any], second: Callable[[], Any]
) -> list[Any]:
    """The first stops at a point, the second comes as far as it can; what each answers, or its exception."""
    stop = Stop(monkeypatch, *at)
    actors = [Actor(first)]
    stop.wait()
    actors.append(Actor(second))
    actors[1].waits()
    stop.go()
    answers: list[Any] = []
    for actor in actors:
        try:
            answers.append(actor.end())
        except IntegrityError as error:
            answers.append(type(error))
    return answers


def settling_meets_a_batch(monkeypatch: pytest.MonkeyPatch) -> Result:
    """A batch that came in time is still being taken in when grace is over; another comes after."""
    handle, campaign = handle_of(make_employee()), settling_campaign()
    in_time, late = (talk(handle, [name]) for name in ("in-time@out.example", "late@out.example"))
    _tally, result = one_after_the_other(
        monkeypatch,
        (ingest, "_or_into_ties"),
        lambda: deliver(in_time),
        lambda: settle(campaign, now=AFTER_GRACE),
    )
    deliver(late)
    assert isinstance(result, Result)
    return result


def test_settling_counts_the_batch_in_flight_and_none_after(monkeypatch: pytest.MonkeyPatch) -> None:
    result = settling_meets_a_batch(monkeypatch)
    assert result.run.active_contacts == 1
    assert [row.active_contacts for row in standings(result.campaign, as_of=result.campaign.deadline)] == [2]
    assert differs_from_fixed_input(result) is None


def test_without_the_gate_the_batch_in_flight_is_lost_to_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "pass_gate", nothing)
    assert settling_meets_a_batch(monkeypatch).run.active_contacts == 0


def two_settlers(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    deliver(talk(handle_of(make_employee()), ["a@out.example"]))
    campaign = settling_campaign()

    def settler() -> Result | None:
        return settle(campaign, now=AFTER_GRACE)

    return one_after_the_other(monkeypatch, (sealing, "fix_input"), settler, settler)


def test_two_settlers_settle_once(monkeypatch: pytest.MonkeyPatch) -> None:
    result, other = two_settlers(monkeypatch)
    assert (Result.objects.get(), other) == (result, None)
    assert Entry.objects.filter(action="result sealed").count() == 1


def test_without_locks_and_the_step_that_is_taken_once_they_collide(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_then_leap(campaign: Campaign, *, now: Any) -> bool:
        return campaign.state == Campaign.State.SETTLING

    for lock in ("close_gate", "lock_campaign"):
        monkeypatch.setattr(sealing, lock, nothing)
    monkeypatch.setattr(sealing.lifecycle, "publish_provisional", look_then_leap)
    assert IntegrityError in two_settlers(monkeypatch)


def provisional_result() -> Result:
    for contacts in (["a@out.example", "b@out.example"], ["a@out.example"]):
        deliver(talk(handle_of(make_employee()), contacts))
    result = settle(settling_campaign("100000.00", "5000.00"), now=AFTER_GRACE)
    assert result
    make_ready(result.campaign, now=AFTER_GRACE)
    return result


def two_proposers(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    campaign = provisional_result().campaign

    def proposer() -> int:
        return len(proposing.propose_awards(campaign, now=AFTER_GRACE))

    return one_after_the_other(monkeypatch, (proposing, "shares_of"), proposer, proposer)


def without_holding(campaign: Campaign) -> Campaign:
    return Campaign.objects.get(pk=campaign.pk)


def without_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (awards, proposing, outcome):
        monkeypatch.setattr(module, "hold", without_holding)


def test_two_proposers_propose_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert two_proposers(monkeypatch) == [2, 0]
    assert Award.objects.count() == Entry.objects.filter(action="award proposed").count() == 2


def test_without_the_lock_both_propose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposing, "hold", without_holding)
    assert IntegrityError in two_proposers(monkeypatch)


def approvals_at_once(monkeypatch: pytest.MonkeyPatch, *, same_person: bool) -> list[Any]:
    result = provisional_result()
    proposing.propose_awards(result.campaign, now=AFTER_GRACE)
    one, other = make_user(is_superuser=True), make_user(is_superuser=True)
    return one_after_the_other(
        monkeypatch,
        (awards, "_check_approvable"),
        lambda: awards.approve(result, one, now=AFTER_OBJECTIONS),
        lambda: awards.approve(result, one if same_person else other, now=AFTER_OBJECTIONS),
    )


def what_came_out() -> tuple[str, set[str], int]:
    states = set(Award.objects.values_list("state", flat=True))
    return Campaign.objects.get().state, states, Entry.objects.filter(action="campaign final").count()


def test_two_approvers_award_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert approvals_at_once(monkeypatch, same_person=False) == [False, True]
    assert what_came_out() == ("final", {"approved"}, 1)


def test_the_same_approver_twice_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert approvals_at_once(monkeypatch, same_person=True) == [False, False]
    assert what_came_out() == ("provisional", {"proposed"}, 0)


def test_without_the_lock_the_same_approver_is_refused_by_the_database_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without_the_lock(monkeypatch)
    assert IntegrityError in approvals_at_once(monkeypatch, same_person=True)


def approval_meets_a_newer_version(monkeypatch: pytest.MonkeyPatch, *, guarded: bool = True) -> str:
    """A version is recomputed while the second person approves the one before it."""
    result = provisional_result()
    awards.approve(result, make_user(is_superuser=True), now=AFTER_OBJECTIONS)
    if not guarded:
        without_the_lock(monkeypatch)
        monkeypatch.setattr(outcome, "blockers", lambda *_, **__: [])  # they look at the newest version again
    second = make_user(is_superuser=True)

    def recompute() -> None:
        with sealing.transaction.atomic():
            if hold(result.campaign).state == Campaign.State.PROVISIONAL:
                sealing.seal(result.campaign, now=AFTER_OBJECTIONS, cutoff=result.cutoff)

    one_after_the_other(
        monkeypatch,
        (awards, "record"),
        lambda: awards.approve(result, second, now=AFTER_OBJECTIONS),
        recompute,
    )
    return f"{Campaign.objects.get().state} with {Result.objects.count()} versions"


def test_what_is_final_is_the_newest_version(monkeypatch: pytest.MonkeyPatch) -> None:
    assert approval_meets_a_newer_version(monkeypatch) == "final with 1 versions"


def test_without_the_lock_an_older_version_becomes_final(monkeypatch: pytest.MonkeyPatch) -> None:
    assert approval_meets_a_newer_version(monkeypatch, guarded=False) == "final with 2 versions"


def an_older_ranking_ends_last(monkeypatch: pytest.MonkeyPatch) -> int:
    """One ranking has counted before a batch arrived and is published after another one that saw it."""
    handle, campaign = handle_of(make_employee()), make_campaign()
    Board.objects.create(campaign=campaign)  # or the second one would wait for this row already
    deliver(talk(handle, ["a@out.example"]))

    def batch_and_refresh() -> None:
        deliver(talk(handle, ["b@out.example"]))
        refresh(campaign, now=NOW)

    one_after_the_other(
        monkeypatch,
        (services, "_move_forward"),
        lambda: refresh(campaign, now=NOW),
        batch_and_refresh,
    )
    shown = Board.objects.get().public_run
    assert shown
    return shown.active_contacts


def test_no_older_ranking_is_shown_after_a_newer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert an_older_ranking_ends_last(monkeypatch) == 2


def test_without_the_lock_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "lock_campaign", nothing)
    assert an_older_ranking_ends_last(monkeypatch) == 1


def freezing_meets_a_batch(monkeypatch: pytest.MonkeyPatch) -> int:
    """The board is to stop in the middle of a day; a message from after that moment comes while it is counted."""
    freeze_at = TALK_DAYS[2] + timedelta(hours=1)
    handle, campaign = handle_of(make_employee()), make_campaign(freeze_at=freeze_at)
    deliver(talk(handle, ["a@out.example"], TALK_DAYS[:2]))
    one_after_the_other(
        monkeypatch,
        (services, "count"),
        lambda: refresh(campaign, now=freeze_at),
        lambda: deliver(talk(handle, ["a@out.example"], [freeze_at])),
    )
    frozen = Board.objects.get().public_run
    assert frozen
    return frozen.active_contacts


def test_the_frozen_board_has_nothing_from_after_the_freeze(monkeypatch: pytest.MonkeyPatch) -> None:
    assert freezing_meets_a_batch(monkeypatch) == 0
    refresh(Campaign.objects.get(), now=NOW)
    board = Board.objects.get()
    assert board.public_run
    assert board.live_run
    assert (board.public_run.active_contacts, board.live_run.active_contacts) == (0, 1)


def test_without_a_second_look_at_what_has_come_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "newest_event", cache(counting.newest_event))
    assert freezing_meets_a_batch(monkeypatch) == 1


def a_batch_arrives_while_counting(monkeypatch: pytest.MonkeyPatch) -> Run | None:
    """What the next refresh answers when a batch came between counting and publishing."""
    handle, campaign = handle_of(make_employee()), make_campaign()
    deliver(talk(handle, ["a@out.example"]))
    stop = Stop(monkeypatch, services, "_move_forward")
    ranking = Actor(lambda: refresh(campaign, now=NOW))
    stop.wait()
    deliver(talk(handle, ["b@out.example"]))
    stop.go()
    ranking.end()
    return refresh(campaign, now=NOW)


def test_what_arrives_while_counting_is_ranked_next(monkeypatch: pytest.MonkeyPatch) -> None:
    run = a_batch_arrives_while_counting(monkeypatch)
    assert run
    assert run.active_contacts == 2


def test_with_the_version_read_after_counting_it_would_be_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    move_forward = services._move_forward

    def stamp_late(board: Board, run: Run) -> None:
        Run.objects.filter(pk=run.pk).update(input_version=services.input_version())
        move_forward(board, run)

    monkeypatch.setattr(services, "_move_forward", stamp_late)
    assert a_batch_arrives_while_counting(monkeypatch) is None


def test_a_tick_from_four_workers_does_everything_once() -> None:
    deliver(talk(handle_of(make_employee()), ["a@out.example"]))
    campaign = make_campaign("100000.00", state=Campaign.State.SCHEDULED)
    said = [actor.end() for actor in [Actor(lambda: tick(now=AFTER_GRACE)) for _ in range(4)]]
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.PROVISIONAL
    assert (Result.objects.count(), Award.objects.count()) == (1, 1)
    sentences = [sentence for done in said for sentence in done]
    assert len(sentences) == len(set(sentences))
    assert verify().problem == ""
