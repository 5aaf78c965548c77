"""Employees object, one thing at a time, until the last day; HR answers, and upholding takes two."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from apps.audit.models import Entry
from apps.campaigns.models import Campaign
from apps.integrity.decisions import confirm, propose
from apps.integrity.drafts import Draft, GrantedTalk
from apps.integrity.models import Decision, Notice, Objection
from apps.integrity.objections import object_to, refuse, withdraw
from apps.integrity.refusals import Refused
from tests.awards.stories import LAST_DAY
from tests.factories import make_employee
from tests.integrity.stories import GRACE_ENDS, IN_TIME, OBJECTIONS_END, Contest, contest, decider

pytestmark = pytest.mark.django_db


def own(it: Contest, n: int = 2, *, claimed: int = 2, now: Any = IN_TIME) -> Objection:
    return object_to(
        it.campaign,
        it.employees[n - 1],
        "two are missing",
        now=now,
        actor="somebody",
        contacts_claimed=claimed,
    )


def test_an_objection_to_ones_own_count_is_kept_with_what_it_claims() -> None:
    it = contest([3, 2])
    objection = own(it)
    assert (objection.number, objection.about, objection.contacts_claimed) == (1, "own_count", 2)
    assert objection.state == Objection.State.OPEN


def test_one_is_open_at_a_time_and_the_next_after_the_answer() -> None:
    it = contest([3, 2])
    objection = own(it)
    with pytest.raises(Refused, match="still open"):
        own(it)
    own(it, 1)  # somebody else may
    refuse(objection, answer="They wrote on one day.", by=decider(), now=IN_TIME)
    assert own(it).number == 3


def test_the_database_too_keeps_one_open() -> None:
    it = contest([3, 2])
    own(it)
    with pytest.raises(IntegrityError, match="objection_one_open"), transaction.atomic():
        Objection.objects.create(
            campaign=it.campaign,
            number=9,
            employee=it.employees[1],
            about="own_count",
            contacts_claimed=1,
            text="x",
            made_at=IN_TIME,
        )


def test_they_are_possible_until_the_last_day() -> None:
    it = contest([3, 2])
    own(it, now=OBJECTIONS_END - timedelta(microseconds=1))
    with pytest.raises(Refused, match=r"Objections were possible until Jan 11, 2027, 12:00"):
        own(it, 1, now=OBJECTIONS_END)


@pytest.mark.parametrize("state", [Campaign.State.RUNNING, Campaign.State.SETTLING, Campaign.State.FINAL])
def test_they_are_possible_while_the_result_is_provisional(state: str) -> None:
    it = contest([3, 2])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE campaigns_campaign SET state = %s", [state])
        cursor.execute("SET LOCAL session_replication_role = origin")
    with pytest.raises(Refused, match="while the result is provisional"):
        own(it)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"text": " "}, "Say what is wrong"),
        ({"text": "x" * 4001}, "at most 4000 characters"),
        ({"contacts_claimed": 0}, "from 1 to 10000"),
        ({"contacts_claimed": 10_001}, "from 1 to 10000"),
        ({"contacts_claimed": None}, "either to your own count or to a place"),
        ({"place_of": 1}, "either to your own count or to a place"),
        ({"contacts_claimed": None, "place_of": 2}, "Of your own count"),
        ({"contacts_claimed": None, "place_of": 3}, "Only places that win a prize"),
    ],
)
def test_an_objection_says_what_it_lacks(wrong: dict[str, Any], why: str) -> None:
    it = contest([3, 2, 1])
    values: dict[str, Any] = {"text": "two are missing", "contacts_claimed": 2} | wrong
    if "place_of" in wrong:
        values["place_of"] = it.employees[wrong["place_of"] - 1]
    text = values.pop("text")
    with pytest.raises(Refused, match=why):
        object_to(it.campaign, it.employees[1], text, now=IN_TIME, actor="x", **values)
    assert not Objection.objects.exists()


def test_whose_place_it_is_learns_nothing() -> None:
    it = contest([3, 2])
    object_to(
        it.campaign, it.employees[1], "bought accounts", now=IN_TIME, actor="e2", place_of=it.employees[0]
    )
    assert not Notice.objects.filter(employee=it.employees[0]).exists()
    entry = Entry.objects.get(action="objection made")
    assert "bought" not in str(entry.details)
    assert not Entry.objects.filter(subject=f"campaign {it.campaign.slug}", actor="e2").exists()


@pytest.mark.parametrize("who", ["who objects", "whose place it is", "who stands at a prize"])
def test_who_has_an_interest_does_not_answer(who: str) -> None:
    it = contest([3, 3, 1])
    objection = object_to(
        it.campaign, it.employees[2], "bought accounts", now=IN_TIME, actor="e3", place_of=it.employees[0]
    )
    person = it.employees[{"who objects": 2, "whose place it is": 0, "who stands at a prize": 1}[who]]
    with pytest.raises(Refused, match="somebody else must decide"):
        refuse(objection, answer="no", by=decider(employee=person), now=IN_TIME)


def test_an_answer_is_given_once_and_told() -> None:
    it = contest([3, 2])
    objection = own(it)
    with pytest.raises(Refused, match="Write the answer"):
        refuse(objection, answer=" ", by=decider(), now=IN_TIME)
    refuse(objection, answer="They wrote on one day.", by=decider("answerer"), now=IN_TIME)
    objection.refresh_from_db()
    assert (objection.state, objection.answer) == ("refused", "They wrote on one day.")
    assert Notice.objects.get(employee=it.employees[1]).kind == Notice.Kind.ANSWERED
    for act in (
        lambda: refuse(objection, answer="again", by=decider(), now=IN_TIME),
        lambda: withdraw(objection, now=IN_TIME, actor="x"),
    ):
        with pytest.raises(Refused, match="answered already"):
            act()
    actions = Entry.objects.filter(subject=f"objection {it.campaign.slug} 1").order_by("number")
    assert list(actions.values_list("action", flat=True)) == ["objection made", "objection refused"]


def grant(it: Contest, objection: Objection) -> Draft:
    days = frozenset(LAST_DAY.date().replace(day=day) for day in (27, 28, 29))
    return Draft(
        campaign=it.campaign,
        kind=Decision.Kind.GRANTED,
        employee=objection.employee,
        objection=objection,
        talks=tuple(GrantedTalk(contact_id=n, sent=days, received=days) for n in (71, 72)),
        reason="the export left out a phone",
        evidence="screenshots",
    )


def test_upholding_one_is_a_decision_of_two_people_that_answers_it() -> None:
    it = contest([3, 2])
    objection = own(it)
    decision = propose(grant(it, objection), proposer=decider(), now=IN_TIME)
    objection.refresh_from_db()
    assert objection.state == Objection.State.OPEN
    confirm(decision, confirmer=decider(), seen_version=1, now=IN_TIME)
    objection.refresh_from_db()
    assert (objection.state, objection.answer) == ("upheld", "the export left out a phone")
    assert it.places() == [(1, "E2", 4), (2, "E1", 3)]
    told = Notice.objects.filter(employee=it.employees[1]).order_by("pk")
    assert list(told.values_list("kind", flat=True)) == ["answered", "decided"]


def test_an_answered_objection_is_not_upheld_afterwards() -> None:
    it = contest([3, 2])
    objection = own(it)
    refuse(objection, answer="no", by=decider(), now=IN_TIME)
    objection.refresh_from_db()
    with pytest.raises(Refused, match="answered already"):
        propose(grant(it, objection), proposer=decider(), now=IN_TIME)
    propose(replace(grant(it, objection), objection=None), proposer=decider(), now=IN_TIME)


def test_who_does_not_take_part_may_object_too() -> None:
    it = contest([3, 2])
    left_out = make_employee(number="E9", left_on=GRACE_ENDS.date().replace(year=2026, month=12, day=1))
    assert object_to(
        it.campaign, left_out, "I was there until the end", now=IN_TIME, actor="e9", contacts_claimed=4
    )


@pytest.mark.parametrize(
    "tampering",
    [
        "DELETE FROM integrity_objection",
        "UPDATE integrity_objection SET text = 'other'",
        "UPDATE integrity_objection SET text = '', number = 9",
        "UPDATE integrity_objection SET contacts_claimed = 1",
    ],
)
def test_the_database_keeps_what_was_objected(tampering: str) -> None:
    own(contest([3, 2]))
    with (
        pytest.raises(IntegrityError, match="objection 1 stays"),
        transaction.atomic(),
        connection.cursor() as c,
    ):
        c.execute(tampering)


@pytest.mark.parametrize(
    "tampering", ["answer = 'yes'", "state = 'upheld'", "answered_at = NULL", "text = 'x'"]
)
def test_the_database_keeps_what_was_answered_but_its_words_may_be_erased(tampering: str) -> None:
    objection = own(contest([3, 2]))
    refuse(objection, answer="They wrote on one day.", by=decider(), now=IN_TIME)
    with (
        pytest.raises(IntegrityError, match="objection 1 stays"),
        transaction.atomic(),
        connection.cursor() as c,
    ):
        c.execute(f"UPDATE integrity_objection SET {tampering}")
    assert Objection.objects.update(text="", answer="") == 1
