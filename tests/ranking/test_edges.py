"""Edges of the rule that chance seldom meets, each against the reference."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings

from apps.activity.fields import DAYS_REMEMBERED
from apps.activity.models import Derivation
from apps.activity.owed import derive_again
from apps.directory.handles import account_key
from apps.directory.models import AccountOwner
from apps.ranking.sealing import settle
from apps.ranking.services import standings
from tests import reference
from tests.ranking.in_database import deliver, make_source, put_campaign, put_directory, stored_ties
from tests.ranking.worlds import LONG_AGO, PLATFORM
from tests.reference import Contest, Employment, Event, Facts, Owner, Period

pytestmark = pytest.mark.django_db

NEWEST = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANN, BEN = "a1@firm.example", "a2@firm.example"
TALK = Facts(
    zone=ZoneInfo("UTC"),
    employments=(Employment("E1", Period(LONG_AGO)), Employment("E2", Period(LONG_AGO))),
    owners=(Owner(ANN, "E1", Period(LONG_AGO)), Owner(BEN, "E2", Period(LONG_AGO))),
)
EASY = {"min_sent_days": 1, "min_received_days": 0, "min_active_days": 1}
CONTEST = Contest(starts_on=date(2024, 9, 1), window_days=365, **EASY)  # type: ignore[arg-type]


def days_before(*days: int, contact: str = "c1@out.example") -> tuple[Event, ...]:
    return tuple(Event(NEWEST - timedelta(days=n), ANN, contact) for n in days)


def check(facts: Facts, contest: Contest, as_of: datetime, *, expected: int) -> Any:
    """The live ranking and the sealed one agree with the reference, and with the number of active contacts."""
    ids = put_directory(facts)
    deliver(make_source(), facts.events)
    campaign = put_campaign(contest, facts, ids, deadline=as_of, state="settling")
    rows = standings(campaign, as_of=as_of)
    assert rows == reference.standings(facts, contest, as_of)
    assert sum(row.active_contacts for row in rows) == expected
    result = settle(campaign, now=as_of + timedelta(days=4))
    assert result is not None
    assert result.run.active_contacts == expected


@pytest.fixture(autouse=True)
def _calendar() -> Any:
    with override_settings(COMPANY_TIME_ZONE="UTC"):
        yield


@pytest.mark.parametrize("ago", range(DAYS_REMEMBERED - 2, DAYS_REMEMBERED + 3))
def test_days_at_the_edge_of_what_a_tie_remembers(ago: int) -> None:
    first_day = NEWEST - timedelta(days=ago)
    as_of = datetime.combine(first_day + timedelta(days=365), datetime.min.time(), UTC)
    check(replace(TALK, events=days_before(0, ago)), CONTEST, as_of, expected=1)


@pytest.mark.parametrize(("left_days_ago", "expected"), [(179, 0), (180, 0), (181, 1), (200, 1)])
def test_who_left_is_a_colleague_for_a_while(left_days_ago: int, expected: int) -> None:
    left = (NEWEST - timedelta(days=left_days_ago)).date()
    owners = (*TALK.owners[:1], Owner(BEN, "E2", Period(LONG_AGO, left)))
    facts = replace(TALK, owners=owners, events=days_before(0, contact=BEN))
    check(facts, CONTEST, NEWEST + timedelta(hours=12), expected=expected)


@pytest.mark.parametrize(("ago", "expected"), [(349, 1), (350, 0), (351, 0)])
def test_days_as_a_colleague_long_ago_are_left_out(ago: int, expected: int) -> None:
    """The contact was an employee up to 360 days ago and a colleague for 10 days more."""
    left = (NEWEST - timedelta(days=360)).date()
    facts = replace(
        TALK,
        employments=(TALK.employments[0], Employment("E2", Period(LONG_AGO, left))),
        own_accounts=(("c1@out.example", "E2"),),
        events=days_before(0, ago),
    )
    contest = replace(CONTEST, former_colleague_days=10, min_active_days=2)
    check(facts, contest, NEWEST + timedelta(hours=12), expected=expected)


@pytest.mark.parametrize(("hired_days_ago", "expected"), [(4, 0), (5, 1), (6, 1)])
def test_days_before_the_hire_are_left_out(hired_days_ago: int, expected: int) -> None:
    hired = (NEWEST - timedelta(days=hired_days_ago)).date()
    facts = replace(TALK, employments=(Employment("E1", Period(hired)),), events=days_before(0, 5))
    contest = replace(CONTEST, min_active_days=2)
    check(facts, contest, NEWEST + timedelta(hours=12), expected=expected)


def test_contacts_that_do_not_count_do_not_count_in_the_result() -> None:
    events = days_before(0) + days_before(0, contact="c2@out.example")
    facts = replace(TALK, not_counted=frozenset({"c2@out.example"}), events=events)
    check(facts, CONTEST, NEWEST + timedelta(hours=12), expected=1)


def test_a_company_handle_that_nobody_had_is_no_contact_of_who_turns_out_to_be_staff() -> None:
    facts = replace(TALK, company_domains=frozenset({"firm.example"}), owners=TALK.owners[:1])
    ids = put_directory(facts)
    deliver(make_source(), days_before(0, contact="p1@home.example"))
    assert len(stored_ties()) == 1
    AccountOwner.objects.all().delete()
    key = account_key(PLATFORM, "p1@home.example")
    AccountOwner.objects.create(account_id=key, employee_id=ids["E2"], starts_on=LONG_AGO)
    touched = Derivation(
        subject="directory",
        employee_ids=[ids["E1"], ids["E2"]],
        account_keys=[account_key(PLATFORM, ANN), key],
    )
    derive_again(touched, now=NEWEST)
    assert stored_ties() == {}
