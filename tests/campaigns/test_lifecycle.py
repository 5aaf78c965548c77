"""Each step of a campaign's life is taken once, when it is due, by whoever comes first."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.audit.models import Entry
from apps.audit.services import verify
from apps.campaigns import lifecycle
from apps.campaigns.lifecycle import due_campaigns
from apps.campaigns.models import Campaign
from apps.campaigns.problems import (
    InvalidCampaign,
    NotDueYet,
    OnlyARehearsal,
    ReasonMissing,
    WrongState,
)
from tests.factories import DEADLINE, START, make_campaign
from tests.threads import at_once, wait_until_blocked_by_us

State = Campaign.State
GRACE_ENDS = DEADLINE + timedelta(hours=72)
OBJECTIONS_END = GRACE_ENDS + timedelta(days=7)
TICK = timedelta(microseconds=1)
BY_TIME: dict[State, tuple[State, Callable[..., bool], datetime]] = {
    State.RUNNING: (State.SCHEDULED, lifecycle.start, START),
    State.SETTLING: (State.RUNNING, lifecycle.begin_settling, DEADLINE),
    State.PROVISIONAL: (State.SETTLING, lifecycle.publish_provisional, GRACE_ENDS),
}
BY_HAND: dict[State, tuple[State, Callable[..., bool]]] = {
    State.SCHEDULED: (State.DRAFT, lifecycle.schedule),
    State.FINAL: (State.PROVISIONAL, lifecycle.make_final),
    State.PAID: (State.FINAL, lifecycle.mark_paid),
}


def log() -> list[tuple[str, str, datetime]]:
    return [(entry.action, entry.actor, entry.at) for entry in Entry.objects.order_by("number")]


@pytest.mark.django_db
@pytest.mark.parametrize("target", BY_TIME)
def test_a_step_of_time_is_taken_from_its_instant_on_and_once(target: State) -> None:
    source, step, due_at = BY_TIME[target]
    campaign = make_campaign(state=source)
    assert not step(campaign, now=due_at - TICK)
    assert Campaign.objects.get().state == source
    assert step(campaign, now=due_at)
    assert campaign.state == target
    assert not step(campaign, now=due_at + TICK)
    assert log() == [(f"campaign {target.value}", "system", due_at)]


@pytest.mark.django_db
@pytest.mark.parametrize("target", BY_TIME)
@pytest.mark.parametrize("state", State)
def test_a_step_of_time_leaves_every_other_state_alone(target: State, state: State) -> None:
    source, step, _ = BY_TIME[target]
    campaign = make_campaign(state=state)
    assert step(campaign, now=OBJECTIONS_END) is (state == source)


@pytest.mark.django_db
def test_what_the_caller_holds_does_not_decide_what_the_row_says_does() -> None:
    campaign = make_campaign(state=State.SCHEDULED)
    Campaign.objects.update(starts_at=START + timedelta(days=1))
    assert not lifecycle.start(campaign, now=START)
    Campaign.objects.update(state=State.VOID)
    assert not lifecycle.start(campaign, now=START + timedelta(days=2))
    assert log() == []


@pytest.mark.django_db
@pytest.mark.parametrize("target", BY_HAND)
@pytest.mark.parametrize("state", State)
def test_a_step_of_people_has_one_source_and_says_so(target: State, state: State) -> None:
    source, step = BY_HAND[target]
    campaign = make_campaign(state=state)
    order = [*State]
    now = START if target == State.SCHEDULED else OBJECTIONS_END
    if state == source:
        assert step(campaign, now=now, actor="ana")
        assert campaign.state == target
        assert log() == [(f"campaign {target.value}", "ana", now)]
    elif state != State.VOID and order.index(state) >= order.index(target):
        assert not step(campaign, now=now, actor="ana")
        assert log() == []
    else:
        with pytest.raises(WrongState, match=f"is {state.label}; only a {source.label} one becomes"):
            step(campaign, now=now, actor="ana")
        assert Campaign.objects.get().state == state


@pytest.mark.django_db
def test_a_draft_with_a_mistake_is_not_announced() -> None:
    campaign = make_campaign(state=State.DRAFT, min_sent_days=31)
    with pytest.raises(InvalidCampaign, match=r"rule\.min_sent_days: 31 does not fit"):
        lifecycle.schedule(campaign, actor="ana", now=START)
    with pytest.raises(InvalidCampaign, match="deadline: it has passed"):
        lifecycle.schedule(make_campaign(state=State.DRAFT), actor="ana", now=DEADLINE)
    assert set(Campaign.objects.values_list("state", flat=True)) == {State.DRAFT}


@pytest.mark.django_db
def test_final_waits_for_objections_counted_from_the_publication() -> None:
    campaign = make_campaign(state=State.SETTLING)
    late = GRACE_ENDS + timedelta(days=2)
    lifecycle.publish_provisional(campaign, now=late)
    with pytest.raises(
        NotDueYet, match=r"Objections are open until Jan 13, 2027, 12:00.AM; make it final then"
    ):
        lifecycle.make_final(campaign, now=late + timedelta(days=7) - TICK)
    assert lifecycle.make_final(campaign, now=late + timedelta(days=7))


@pytest.mark.django_db
def test_a_rehearsal_is_never_final() -> None:
    campaign = make_campaign(state=State.PROVISIONAL, is_rehearsal=True)
    with pytest.raises(OnlyARehearsal, match="decides nothing"):
        lifecycle.make_final(campaign, now=OBJECTIONS_END)
    assert Campaign.objects.get().state == State.PROVISIONAL


@pytest.mark.django_db
@pytest.mark.parametrize("state", State)
def test_voiding_is_possible_until_paid_and_keeps_the_reason(state: State) -> None:
    campaign = make_campaign("100", state=state)
    if state == State.PAID:
        with pytest.raises(WrongState, match="is paid; it can no longer be voided"):
            lifecycle.void_campaign(campaign, reason="budget", now=START, actor="ana")
        return
    assert lifecycle.void_campaign(campaign, reason=" budget ", now=START, actor="ana") is (
        state != State.VOID
    )
    assert campaign.state == State.VOID
    if state != State.VOID:
        unseen = {"was_voided_as_draft": "True"} if state == State.DRAFT else {}
        details = dict(Entry.objects.get().details)
        assert details.pop("before")["state"] == state
        assert details.pop("after")["state"] == "void"
        kept = {"void_reason": "budget", "promised": ["place 1: 100.00 CNY"]}
        assert (campaign.void_reason, details) == ("budget", kept | unseen)
        assert campaign.is_announced is (state != State.DRAFT)


@pytest.mark.django_db
def test_a_campaign_that_runs_is_asked_every_minute_and_costs_nothing() -> None:
    campaign = make_campaign("100")
    with CaptureQueriesContext(connection) as queries:
        assert not lifecycle.begin_settling(campaign, now=campaign.deadline - TICK)
    assert len(queries) == 0


@pytest.mark.django_db
def test_voiding_needs_a_reason_and_the_first_one_stays() -> None:
    campaign = make_campaign()
    with pytest.raises(ReasonMissing):
        lifecycle.void_campaign(campaign, reason="  ", now=START, actor="ana")
    lifecycle.void_campaign(campaign, reason="first", now=START, actor="ana")
    assert not lifecycle.void_campaign(campaign, reason="second", now=START, actor="ben")
    assert Campaign.objects.get().void_reason == "first"


@pytest.mark.django_db
def test_due_campaigns_are_found_by_state_however_late() -> None:
    late = OBJECTIONS_END + timedelta(days=400)
    waiting = {state: make_campaign(state=source) for state, (source, _, _) in BY_TIME.items()}
    waiting[State.FINAL] = make_campaign(state=State.PROVISIONAL)
    make_campaign(state=State.PROVISIONAL, is_rehearsal=True)
    for state in (State.DRAFT, State.FINAL, State.PAID, State.VOID):
        make_campaign(state=state)
    assert {state: list(due) for state, due in due_campaigns(late).items()} == {
        state: [campaign] for state, campaign in waiting.items()
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("target", "source", "due_at"),
    [
        *((target, source, due_at) for target, (source, _, due_at) in BY_TIME.items()),
        (State.FINAL, State.PROVISIONAL, OBJECTIONS_END),
    ],
)
def test_a_campaign_is_due_from_its_instant_on(target: State, source: State, due_at: datetime) -> None:
    campaign = make_campaign(state=source)
    assert list(due_campaigns(due_at - TICK)[target]) == []
    assert list(due_campaigns(due_at)[target]) == [campaign]


@pytest.mark.django_db
def test_of_several_the_one_longest_overdue_comes_first() -> None:
    later = make_campaign(state=State.RUNNING)
    first = make_campaign(state=State.RUNNING, deadline=DEADLINE - timedelta(days=1))
    assert list(due_campaigns(DEADLINE)[State.SETTLING]) == [first, later]


@pytest.mark.django_db
def test_an_act_that_fails_after_the_step_leaves_no_step_behind() -> None:
    campaign = make_campaign(state=State.SETTLING)

    def publish_and_fail() -> None:
        with transaction.atomic():
            lifecycle.publish_provisional(campaign, now=GRACE_ENDS)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        publish_and_fail()
    assert Campaign.objects.get().state == State.SETTLING
    assert log() == []
    assert lifecycle.publish_provisional(campaign, now=GRACE_ENDS)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("target", BY_TIME)
def test_of_eight_workers_at_once_one_takes_the_step(target: State) -> None:
    source, step, due_at = BY_TIME[target]
    campaign_id = make_campaign(state=source).pk
    answers = at_once(8, lambda: step(Campaign.objects.get(pk=campaign_id), now=due_at))
    assert sorted(answers) == [False] * 7 + [True]
    assert len(log()) == 1
    assert verify().problem == ""


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_waited_for_the_row_sees_that_the_step_was_taken() -> None:
    """Deterministic: the second worker waits on the first one's uncommitted row, and then answers False."""
    campaign_id = make_campaign(state=State.SCHEDULED).pk
    answers: list[bool] = []

    def second_worker() -> None:
        answers.append(lifecycle.start(Campaign.objects.get(pk=campaign_id), now=START))
        connection.close()

    thread = threading.Thread(target=second_worker)
    with transaction.atomic():
        assert lifecycle.start(Campaign.objects.get(pk=campaign_id), now=START)
        thread.start()
        wait_until_blocked_by_us(thread)
    thread.join()
    assert answers == [False]
    assert len(log()) == 1
