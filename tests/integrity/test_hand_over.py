"""Contacts handed over by a colleague: from a day on they count for whoever took them over, live and sealed."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from apps.activity.contact_facts import FactRefused, HandOver, record_fact, revoke_fact
from apps.activity.models import Contact, ContactFact
from apps.audit.models import Entry
from apps.awards.due import tick
from apps.campaigns.models import Campaign
from apps.directory.models import Employee
from apps.integrity.recount import difference_from_second_ranking
from apps.leaderboard.contact_cards import checked
from apps.leaderboard.own_contacts import picture
from apps.ranking.models import FixedTie
from apps.ranking.services import refresh, standings
from tests.awards.stories import LAST_DAY, befriend, deliver
from tests.factories import DEADLINE, make_campaign, make_employee
from tests.integrity.bundle.stories import announced_contest, export, first_wrong, key
from tests.integrity.bundle.test_bundle import rows
from tests.integrity.ready import complete_sources
from tests.integrity.stories import GRACE_ENDS, Contest, friend

pytestmark = pytest.mark.django_db
NOW = DEADLINE - timedelta(hours=2)
TALKED = [LAST_DAY.date() - timedelta(days=n) for n in range(3)]  # the newest first


def hand_over(taker: Employee, giver: Employee, contact: int, on: date) -> ContactFact:
    found = Contact.objects.get(pk=contact)
    handed = HandOver(giver, taker, on)
    return record_fact(found, "handed_over", handed=handed, reason="left for Xi'an", actor="hr", now=NOW)


def scores(campaign: Campaign) -> dict[str, int]:
    return {row.employee: row.active_contacts for row in standings(campaign, as_of=DEADLINE)}


@pytest.fixture
def it() -> Contest:
    """E1 has two friends and E2 one, three days each; the campaign runs."""
    campaign = make_campaign("100000.00", state=Campaign.State.RUNNING)
    employees = [make_employee(number=f"E{n}") for n in (1, 2)]
    deliver(
        [event for person, score in zip(employees, (2, 1), strict=True) for event in befriend(person, score)]
    )
    complete_sources()
    return Contest(campaign, employees)


def test_days_before_the_hand_over_do_not_count_and_its_own_day_does(it: Contest) -> None:
    taker, giver = it.employees
    fact = hand_over(taker, giver, friend(taker), TALKED[2])
    assert scores(it.campaign) == {"E1": 2, "E2": 1}  # from the first day of their talk on
    revoke_fact(fact, reason="wrong day", actor="hr", now=NOW)
    fact = hand_over(taker, giver, friend(taker), TALKED[1])
    assert scores(it.campaign) == {"E1": 1, "E2": 1}
    revoke_fact(fact, reason="wrong contact", actor="hr", now=NOW)
    assert scores(it.campaign) == {"E1": 2, "E2": 1}


def test_it_concerns_whoever_took_it_over_alone(it: Contest) -> None:
    giver, taker = it.employees
    hand_over(taker, giver, friend(giver), TALKED[0])
    assert scores(it.campaign) == {"E1": 2, "E2": 1}


def test_a_hand_over_calls_for_a_ranking(it: Contest) -> None:
    run = refresh(it.campaign, now=NOW)
    assert run
    taker, giver = it.employees
    hand_over(taker, giver, friend(taker), TALKED[0])
    later = refresh(it.campaign, now=NOW)
    assert later
    assert later.pk != run.pk


def test_my_page_says_since_when_it_counts(it: Contest) -> None:
    taker, giver = it.employees
    hand_over(taker, giver, friend(taker), TALKED[1])
    card = checked(picture(it.campaign, taker.pk, now=NOW), friend(taker))
    assert card
    assert card.sentences[0] == "Handed over by a colleague on Dec 30; days before that do not count."
    assert not card.contact.is_active
    assert (card.contact.counted.sent.bit_count(), card.contact.days.sent.bit_count()) == (2, 3)


def test_the_evidence_carries_it_and_its_verifier_honours_it(tmp_path: Path) -> None:
    handed: list[ContactFact] = []

    def before_the_end(employees: list[Employee]) -> None:
        taker, giver = employees
        handed.append(hand_over(taker, giver, friend(taker), TALKED[1]))

    it = announced_contest((3, 3), before_the_end=before_the_end)
    assert it.places() == [(1, "E2", 3), (2, "E1", 2)]
    bundle = export(it, tmp_path, key(tmp_path))
    assert first_wrong(bundle) == ""
    ties = [tie for _number, _days, ties, *_ in rows(bundle, "input.ndjson") for tie in ties if len(tie) == 4]
    assert ties == [[str(friend(it.employees[0])), "7", "7", TALKED[1].isoformat()]]


def test_what_was_handed_over_is_sealed_as_it_counted(it: Contest) -> None:
    taker, giver = it.employees
    hand_over(taker, giver, friend(taker), TALKED[1])
    tick(now=DEADLINE)
    tick(now=GRACE_ENDS)
    it.campaign.refresh_from_db()
    assert it.places() == [(1, "E1", 1), (1, "E2", 1)]
    tie = FixedTie.objects.get(employee=taker, contact_id=friend(taker))
    assert (tie.handed_on, tie.sent.count("1")) == (TALKED[1], 3)  # what happened, and from when it counts
    assert difference_from_second_ranking(it.result) == ""
    seen = picture(it.campaign, taker.pk, now=GRACE_ENDS)
    assert seen.score == 1
    card = checked(seen, friend(taker))
    assert card
    assert "Handed over by a colleague on" in card.sentences[0]


def test_it_is_audited_and_refused_when_it_makes_no_sense(it: Contest) -> None:
    taker, giver = it.employees
    fact = hand_over(taker, giver, friend(taker), TALKED[1])
    details = {"fact": fact.pk, "kind": "handed_over", "reason": "left for Xi'an"}
    details |= {"from": "E2", "to": "E1", "on": TALKED[1].isoformat()}
    assert Entry.objects.latest("number").details == details
    with pytest.raises(FactRefused, match="recorded already"):
        hand_over(taker, giver, friend(taker), TALKED[0])
    with pytest.raises(FactRefused, match="two different employees"):
        hand_over(giver, giver, friend(taker), TALKED[0])
    with pytest.raises(FactRefused, match="a day that has come"):
        hand_over(giver, taker, friend(taker), DEADLINE.date() + timedelta(days=2))
    hand_over(giver, taker, friend(taker), TALKED[0])  # and back again
