"""The log says of results, awards and campaigns what was before and what is after, with every amount."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from apps.audit.models import Entry
from apps.awards.due import tick
from apps.campaigns.announcement import Announcement, PrizeLine
from apps.campaigns.further import DepartmentPrize, Further, Goal, PerContact
from apps.campaigns.lifecycle import void_campaign
from apps.campaigns.services import announce
from apps.integrity.models import Decision
from tests.factories import DEADLINE, START
from tests.integrity.bundle.stories import announced_contest, decide
from tests.integrity.stories import IN_TIME

pytestmark = pytest.mark.django_db
BEFORE = START - timedelta(days=30)


def test_a_version_says_which_one_it_replaces_and_an_award_what_was_given_before() -> None:
    it = announced_contest((5, 4, 2))
    first = it.result
    decide(it, kind=Decision.Kind.EXCLUSION, employee=it.employees[0])
    tick(now=IN_TIME)
    second = it.campaign.results.get(version=2)
    sealed = Entry.objects.filter(action="result sealed").order_by("number")
    noted = [
        {"version": each.version, "sha256": each.sha256, "counts": each.counts} for each in (first, second)
    ]
    assert [(each.details["before"], each.details["after"]) for each in sealed] == [
        (None, noted[0]),
        (noted[0], noted[1]),
    ]
    proposed = Entry.objects.filter(action="award proposed").order_by("number")
    assert [
        (each.details["version"], each.details["employee"], each.details["before"], each.details["after"])
        for each in proposed
    ] == [
        (1, "E1", None, {"place": 1, "net": "100000.00 CNY"}),
        (1, "E2", None, {"place": 2, "net": "20000.00 CNY"}),
        (
            2,
            "E2",
            {"place": 2, "net": "20000.00 CNY"},
            {"place": 1, "net": "100000.00 CNY"},
        ),
        (2, "E3", None, {"place": 2, "net": "20000.00 CNY"}),
    ]
    assert Entry.objects.get(action="award dropped").details == {
        "employee": "E1",
        "version": 2,
        "before": {"place": 1, "net": "100000.00 CNY"},
        "after": None,
    }


def test_what_a_version_no_longer_gives_to_many_is_said_with_its_sum() -> None:
    it = announced_contest((5, 0), further=Further(goals=(Goal(5, Decimal(500)),)))
    decide(it, kind=Decision.Kind.EXCLUSION, employee=it.employees[0])
    tick(now=IN_TIME)
    assert Entry.objects.get(action="awards dropped").details == {
        "for": "goal",
        "version": 2,
        "before": {"awards": 1, "net": "500.00 CNY"},
        "after": None,
    }


def test_what_was_before_is_what_was_proposed_last_whatever_was_decided_meanwhile() -> None:
    it = announced_contest((5, 4, 2))
    decide(it, kind=Decision.Kind.EXCLUSION, employee=it.employees[0])
    decide(it, kind=Decision.Kind.EXCLUSION, employee=it.employees[2])  # no tick saw the version between
    tick(now=IN_TIME)
    newest = Entry.objects.filter(details__version=3)
    assert newest.get(action="award proposed").details["before"] == {"place": 2, "net": "20000.00 CNY"}
    assert newest.get(action="award dropped").details["employee"] == "E1"


def test_acts_of_a_campaign_name_every_amount_that_is_promised() -> None:
    further = Further(
        goals=(Goal(10, Decimal(500)),),
        per_contact=PerContact(Decimal("2.50"), 40),
        departments=(DepartmentPrize(1, Decimal(3000)),),
    )
    first = Announcement(
        slug="spring", starts_at=START, deadline=DEADLINE, name={"en": "Spring"}, further=further
    )
    campaign = announce(first, actor="hr", now=BEFORE).campaign
    prize = PrizeLine(1, Decimal(100000), "CNY", min_score=50)
    announce(replace(first, prizes=(prize,)), actor="hr", now=BEFORE)
    void_campaign(campaign, reason="a mistake", now=BEFORE, actor="hr")
    rest = [
        "goal 10: 500.00 CNY, pro rata",
        "contact 2.50 CNY, 40 at most",
        "department 1: 3000.00 CNY",
    ]
    all_of_it = ["place 1: 100000.00 CNY >= 50", *rest]
    created, changed, void = Entry.objects.filter(subject="campaign spring").order_by("number")
    assert (created.details["before"], created.details["after"]) == (
        None,
        {"state": "scheduled", "promised": rest},
    )
    assert changed.details["before"] == {"state": "scheduled", "promised": rest}
    assert changed.details["after"] == {"state": "scheduled", "promised": all_of_it}
    assert (void.action, void.details["promised"]) == ("campaign void", all_of_it)
