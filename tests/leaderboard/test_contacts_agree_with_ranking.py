"""My page and the ranking give one verdict: the plain Python against the SQL, over generated lives."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.activity.models import Contact, ContactFact
from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule
from apps.directory.models import Account, AccountOwner, Employee, Employment
from apps.leaderboard.own_contacts import picture
from apps.ranking.services import active_pairs, standings
from bonus_tracker import clock
from tests.factories import make_campaign, make_contact, make_employee, make_tie
from tests.leaderboard.scene import NOW, TODAY, ago

pytestmark = pytest.mark.django_db

FACTS = [
    "none",
    "not_counted",
    "same_person",
    "employee",
    "staff_now",
    "staff_once",
    "staff_once",
    "company",
    "handed",
]
OFFSETS = st.sets(st.one_of(st.integers(0, 12), st.integers(0, 50)), max_size=8)
LIVES = st.lists(st.tuples(OFFSETS, OFFSETS, st.sampled_from(FACTS)), min_size=1, max_size=5)
RULES = st.builds(
    Rule,
    window_days=st.sampled_from([None, 1, 7, 30, 45]),
    min_sent_days=st.integers(0, 2),
    min_received_days=st.integers(0, 2),
    min_active_days=st.integers(1, 4),
    min_mutual_days=st.integers(0, 1),
    new_contacts_only=st.booleans(),
    former_colleague_days=st.sampled_from([0, 0, 10, 180]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lives=LIVES, rule=RULES, hired_ago=st.integers(0, 60), colleague_ago=st.integers(0, 15))
def test_the_page_counts_what_the_ranking_counts(
    lives: list[Any], rule: Rule, hired_ago: int, colleague_ago: int
) -> None:
    with transaction.atomic():
        campaign = make_campaign(starts_at=NOW - timedelta(days=40), **rule.as_dict())
        employee = make_employee(hired_on=TODAY - timedelta(days=hired_ago))
        live(employee, lives, colleague_ago)
        seen = picture(campaign, employee.pk, now=NOW)
        assert day_counts_of_page(seen) == day_counts_of_ranking(campaign, employee, at=midnight(TODAY, 1))
        assert seen.score == ranked_score(campaign, employee, at=midnight(TODAY, 1))
        assert seen.sure_at_deadline == ranked_score(campaign, employee, at=campaign.deadline)
        yesterdays = seen.score - len(seen.gained) + len(seen.lost)
        if hired_ago:
            assert yesterdays == ranked_score(campaign, employee, at=midnight(TODAY, 0))
        transaction.set_rollback(True)


def live(employee: Employee, lives: list[Any], colleague_ago: int) -> None:
    first = None
    for sent, received, fact in lives:
        contact = make_contact()
        if sent | received:
            make_tie(employee, contact, sent=ago(*sent), received=ago(*received))
        if fact == "handed":
            hand_over(contact, employee, colleague_ago)
        know(contact, fact, first, colleague_ago)
        first = first or contact


def hand_over(contact: Contact, employee: Employee, days_ago: int) -> None:
    known = {"contact_id": contact.pk, "reason": "test", "recorded_at": NOW, "recorded_by": "hr"}
    since = TODAY - timedelta(days=days_ago)
    ContactFact.objects.create(
        kind="handed_over", employee=employee, from_employee=make_employee(), since=since, **known
    )


def know(contact: Contact, fact: str, first: Contact | None, colleague_ago: int) -> None:
    known = {"contact_id": contact.pk, "reason": "test", "recorded_at": NOW, "recorded_by": "hr"}
    since = TODAY - timedelta(days=colleague_ago)
    if fact == "not_counted":
        ContactFact.objects.create(kind=fact, **known)
    elif fact == "same_person" and first:
        ContactFact.objects.create(kind=fact, person_id=first.pk, **known)
    elif fact == "employee":
        ContactFact.objects.create(kind=fact, employee=make_employee(hired_on=since), **known)
    elif fact in ("staff_now", "staff_once"):
        left_on = since + timedelta(days=3) if fact == "staff_once" else None
        person = Employee.objects.create(number=f"S{contact.pk}", name="Staff")
        Employment.objects.create(employee=person, starts_on=since, ends_on=left_on)
        account = Account.objects.create(id=contact.pk, platform="im", handle=f"h{contact.pk}")
        AccountOwner.objects.create(account=account, employee=person, starts_on=since, ends_on=left_on)
    elif fact == "company":
        Contact.objects.filter(pk=contact.pk).update(is_company=True)


def midnight(day: Any, days_later: int) -> datetime:
    return datetime.combine(day + timedelta(days=days_later), time.min, clock.company_zone())


def day_counts_of_page(seen: Any) -> list[tuple[int, int, int]]:
    return sorted(
        (
            c.counted.sent.bit_count(),
            c.counted.received.bit_count(),
            (c.counted.sent | c.counted.received).bit_count(),
        )
        for c in seen.contacts
        if c.is_active
    )


def day_counts_of_ranking(
    campaign: Campaign, employee: Employee, *, at: datetime
) -> list[tuple[int, int, int]]:
    pairs = active_pairs(campaign, as_of=at)
    return sorted(
        (p.sent_days, p.received_days, p.active_days) for p in pairs if p.employee == employee.number
    )


def ranked_score(campaign: Campaign, employee: Employee, *, at: datetime) -> int:
    rows = {row.employee: row.active_contacts for row in standings(campaign, as_of=at)}
    return rows.get(employee.number, 0)
