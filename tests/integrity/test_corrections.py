"""A version with decisions is the same ranking in SQL and in plain Python, and comes from the fixed input alone."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from apps.activity.fields import DAYS_REMEMBERED
from apps.activity.models import Delivery
from apps.campaigns.models import Campaign
from apps.directory.models import Employee
from apps.integrity.recount import difference_from_second_ranking, second_ranking
from apps.ranking.models import FixedContact, FixedEmployee, FixedTie, Result
from apps.ranking.sealing import differs_from_fixed_input, seal, sealed_hash, settle
from tests.factories import make_campaign, make_employee
from tests.integrity.stories import contest
from tests.ranking.in_database import (
    deliver,
    make_months,
    make_source,
    put_campaign,
    put_directory,
    rolled_back,
)
from tests.ranking.test_sealed import everything_changes, sealed_rows
from tests.ranking.worlds import KEYS, NOW, World, examples, worlds

pytestmark = pytest.mark.django_db
LAST_DAY = date(2026, 12, 31)
CONTACTS = sorted(str(key) for key in KEYS)


def corrections(numbers: list[str], last_day: date) -> st.SearchStrategy[list[dict[str, Any]]]:
    days = st.lists(
        st.integers(-1, 40).map(lambda n: str(last_day - timedelta(days=n))), max_size=6, unique=True
    )
    contacts = st.lists(st.sampled_from(CONTACTS), min_size=1, max_size=3, unique=True)
    employee = st.sampled_from(numbers)
    kinds: list[st.SearchStrategy[dict[str, Any]]] = [
        st.fixed_dictionaries({"kind": st.just("left out"), "employee": employee}),
        st.fixed_dictionaries(
            {"kind": st.just("not counted"), "employee": st.none() | employee, "contacts": contacts}
        ),
        st.fixed_dictionaries({"kind": st.just("one person"), "contacts": contacts}),
        st.fixed_dictionaries({"kind": st.just("no colleague"), "contacts": contacts}),
        st.fixed_dictionaries(
            {
                "kind": st.just("days granted"),
                "employee": employee,
                "contact": st.sampled_from(CONTACTS),
                "sent": days,
                "received": days,
            }
        ),
    ]
    numbered = st.tuples(st.integers(1, 9), st.one_of(kinds)).map(
        lambda pair: {"decision": pair[0]} | pair[1]
    )
    return st.lists(numbered, min_size=1, max_size=5)


BITS = st.integers(0, 2**12 - 1).map(lambda n: f"{n:012b}".ljust(DAYS_REMEMBERED, "0"))
HANDED_ON = st.none() | st.integers(-2, 12).map(lambda n: LAST_DAY - timedelta(days=n))
NUMBERS = ["E1", "E2", "é 3"]


@st.composite
def fixed_inputs(draw: st.DrawFn) -> dict[str, Any]:
    """Ties, employees and contacts as they are fixed; one person's accounts are outsiders on the same days."""
    pairs = st.dictionaries(
        st.tuples(st.sampled_from(NUMBERS), st.sampled_from(CONTACTS)),
        st.tuples(BITS, BITS, HANDED_ON),
        min_size=5,
        max_size=12,
    )
    person = draw(st.lists(st.sampled_from(CONTACTS), max_size=3, unique=True))
    outside = {
        contact: (None, draw(BITS)) for contact in draw(st.sets(st.sampled_from(CONTACTS), max_size=2))
    }
    if len(person) > 1:
        outside |= dict.fromkeys(person, (min(map(int, person)), draw(BITS)))
    return {
        "ties": draw(pairs),
        "employees": draw(st.fixed_dictionaries({number: st.none() | BITS for number in NUMBERS})),
        "contacts": outside,
        "corrections": draw(corrections(NUMBERS, LAST_DAY)),
    }


def put(campaign: Campaign, given_input: dict[str, Any]) -> None:
    ids = dict(Employee.objects.values_list("number", "pk"))
    FixedEmployee.objects.bulk_create(
        FixedEmployee(employee_id=ids[number], campaign=campaign, number=number, employed_days=days)
        for number, days in given_input["employees"].items()
    )
    FixedTie.objects.bulk_create(
        FixedTie(
            employee_id=ids[number],
            campaign=campaign,
            contact_id=int(contact),
            sent=days[0],
            received=days[1],
            handed_on=days[2],
        )
        for (number, contact), days in given_input["ties"].items()
    )
    FixedContact.objects.bulk_create(
        FixedContact(campaign=campaign, contact_id=int(contact), person_id=person, outside_days=days)
        for contact, (person, days) in given_input["contacts"].items()
    )


def make_settling_campaign() -> Campaign:
    """Of the people of NUMBERS, ready for a fixed input."""
    for number in NUMBERS:
        make_employee(number=number)
    return make_campaign(
        state=Campaign.State.SETTLING, window_days=10, min_sent_days=2, min_received_days=1, min_mutual_days=1
    )


def test_both_implementations_agree_on_every_fixed_input_and_all_decisions(db: None) -> None:
    campaign = make_settling_campaign()
    decided = 0

    @examples(400)
    @given(fixed_inputs())
    def check(given_input: dict[str, Any]) -> None:
        nonlocal decided
        with rolled_back():
            put(campaign, given_input)
            versions = [
                seal(campaign, now=NOW, cutoff=NOW, corrections=decisions)
                for decisions in ([], given_input["corrections"])
            ]
            assert [difference_from_second_ranking(result) for result in versions] == ["", ""]
            assert [differs_from_fixed_input(result) for result in versions] == [None, None]
            decided += sealed_rows(versions[0]) != sealed_rows(versions[1])

    check()
    assert decided > 100  # or the corrections drawn here would touch nothing


def test_nothing_that_is_recorded_later_comes_into_a_later_version(db: Any) -> None:
    make_months()

    @examples(40)
    @given(worlds(most_events=40))
    def check(world: World) -> None:
        with override_settings(COMPANY_TIME_ZONE=world.zone), rolled_back():
            result, delivery, source = sealed(world)
            everything_changes(world, delivery, source)
            again = seal(result.campaign, now=NOW, cutoff=result.cutoff)
            assert difference_from_second_ranking(again) == ""
            assert sealed_rows(again) == sealed_rows(result)

    check()


def sealed(world: World) -> tuple[Result, Delivery, Any]:
    contest, deadline = world.contest, world.instants[0]
    ids = put_directory(world.facts)
    source = make_source()
    delivery = deliver(source, [event for event in world.facts.events if event.delivery < 2])
    campaign = put_campaign(contest, world.facts, ids, deadline=NOW, window_days=contest.window_days or 60)
    Campaign.objects.filter(pk=campaign.pk).update(
        state="settling", deadline=max(deadline, campaign.starts_at + timedelta(days=1))
    )
    campaign.refresh_from_db()
    result = settle(campaign, now=campaign.grace_ends_at)
    assert result is not None
    return result, delivery, source


def test_a_changed_tie_is_found_by_the_recount(db: Any) -> None:
    result = contest([3, 2]).result
    tie = FixedTie.objects.filter(employee__number="E1").order_by("contact_id")[0]
    FixedTie.objects.filter(employee=tie.employee_id, contact_id=tie.contact_id).update(received="0" * 384)
    assert difference_from_second_ranking(result) == "the hash of the canonical form is not the sealed one"
    assert second_ranking(result) == [(1, "E1", 2, 6, 0), (1, "E2", 2, 6, 0)]


def test_the_hash_is_the_same_whatever_zone_the_clock_had(db: Any) -> None:
    it = contest([1])
    shanghai = NOW.astimezone(ZoneInfo("Asia/Shanghai"))
    again = seal(it.campaign, now=shanghai, cutoff=shanghai)
    assert sealed_hash(Result.objects.get(pk=again.pk)) == again.sha256
