"""Two people at one moment: a decision is confirmed over what was seen, an objection is one, numbers are given once."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError

from apps.audit.services import verify
from apps.campaigns.models import Campaign
from apps.integrity import decisions, objections
from apps.integrity.drafts import Draft
from apps.integrity.models import Decision, Objection
from apps.integrity.refusals import Refused
from tests.integrity.stories import IN_TIME, Contest, contest, decider
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def unheld(campaign: Campaign) -> Campaign:
    return Campaign.objects.get(pk=campaign.pk)


def meeting(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """Both have looked before either goes on."""
    look, both_have_looked = getattr(module, name), threading.Barrier(2, timeout=20)

    def look_and_wait(*args: Any, **kwargs: Any) -> Any:
        found = look(*args, **kwargs)
        both_have_looked.wait()
        return found

    monkeypatch.setattr(module, name, look_and_wait)


def each_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each of them answers, or its exception, all at one moment."""
    left, lock = list(acts), threading.Lock()

    def act() -> Any:
        with lock:
            mine = left.pop()
        return mine()

    return at_once(len(acts), act)


def draft(it: Contest, n: int) -> Draft:
    return Draft(
        campaign=it.campaign,
        kind=Decision.Kind.EXCLUSION,
        employee=it.employees[n],
        reason="on the board",
        evidence="its minutes",
    )


def two_confirmations(*, of_one: bool) -> tuple[Contest, list[Any]]:
    it, one, other = contest([5, 3, 1]), decider(), decider()
    first = decisions.propose(draft(it, 1), proposer=decider(), now=IN_TIME)
    second = first if of_one else decisions.propose(draft(it, 2), proposer=decider(), now=IN_TIME)

    def confirmation(decision: Decision, by: Any) -> Callable[[], Any]:
        return lambda: decisions.confirm(decision, confirmer=by, seen_version=1, now=IN_TIME)

    return it, each_once(confirmation(first, one), confirmation(second, other))


@pytest.mark.parametrize("of_one", [True, False])
def test_of_two_confirmations_over_one_preview_one_counts(of_one: bool) -> None:
    it, answers = two_confirmations(of_one=of_one)
    assert sum(isinstance(answer, Refused) for answer in answers) == 1
    assert it.campaign.results.count() == 2
    assert Decision.objects.exclude(confirmed_at=None).count() == 1
    assert verify().problem == ""


def test_without_holding_the_campaign_one_is_confirmed_over_a_preview_that_was_not_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control: both have seen version 1, and one of them seals version 3."""
    monkeypatch.setattr(decisions, "hold", unheld)
    meeting(monkeypatch, decisions, "_check_confirmable")
    it, answers = two_confirmations(of_one=False)
    sealed_twice = it.campaign.results.count() == 3
    assert sealed_twice or any(isinstance(answer, IntegrityError) for answer in answers)
    assert not any(isinstance(answer, Refused) for answer in answers)


def two_objections(it: Contest) -> list[Any]:
    def act() -> Any:
        return objections.object_to(
            it.campaign, it.employees[1], "missing", now=IN_TIME, actor="e2", contacts_claimed=1
        )

    return each_once(act, act)


def test_of_two_objections_of_one_employee_one_is_taken() -> None:
    it = contest([5, 3])
    answers = two_objections(it)
    assert sorted(type(answer).__name__ for answer in answers) == ["Objection", "Refused"]
    assert Objection.objects.count() == 1


def test_without_holding_the_campaign_only_the_database_stops_the_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(objections, "hold", unheld)
    meeting(monkeypatch, objections, "_check_content")
    answers = two_objections(contest([5, 3]))
    assert sorted(type(answer).__name__ for answer in answers) == ["IntegrityError", "Objection"]


def proposals(it: Contest) -> list[Any]:
    return each_once(
        *(lambda n=n: decisions.propose(draft(it, n), proposer=decider(), now=IN_TIME) for n in (1, 2))
    )


def test_proposals_at_one_moment_get_numbers_of_their_own() -> None:
    assert sorted(answer.number for answer in proposals(contest([5, 3, 1]))) == [1, 2]


def test_without_holding_the_campaign_they_take_the_same_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decisions, "hold", unheld)
    meeting(monkeypatch, decisions, "_next_number")
    answers = proposals(contest([5, 3, 1]))
    assert sorted(type(answer).__name__ for answer in answers) == ["Decision", "IntegrityError"]
