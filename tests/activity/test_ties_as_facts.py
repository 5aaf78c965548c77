"""Ties say what the ledger says: in any order, after repetitions, withdrawals and corrections."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from apps.activity import derive
from apps.activity.fields import DAYS_REMEMBERED
from apps.activity.gate import close_gate
from apps.activity.models import Contact, ContactFact, Delivery, Derivation, QuarantinedEvent
from apps.activity.owed import derive_again, repair, work_off
from apps.activity.parts import ranges_to_compare
from apps.activity.withdrawal import withdraw
from apps.directory.domains import add_company_domain, remove_company_domain
from apps.directory.handles import account_key
from apps.directory.models import AccountOwner, Employment
from apps.ranking.services import active_pairs, standings
from tests import reference
from tests.activity.limits import LIMITS, limits
from tests.ranking.in_database import (
    deliver,
    make_months,
    make_source,
    put_campaign,
    put_directory,
    put_periods,
    rolled_back,
    stored_ties,
)
from tests.ranking.worlds import DOMAINS, NOW, PLATFORM, World, directories, examples, worlds

pytestmark = pytest.mark.django_db


def different() -> list[tuple[int, int]]:
    return [pair for part in ranges_to_compare() for pair in derive.differences(part)]


def as_the_ranking_sees(world: World, ids: dict[str, int]) -> list[Any]:
    campaign = put_campaign(
        replace(world.contest, window_days=world.contest.window_days or 365), world.facts, ids
    )
    return [answer(campaign, as_of=at) for at in world.instants for answer in (standings, active_pairs)]


def test_order_batches_and_repetitions_change_nothing(db: Any) -> None:
    make_months()

    @examples(30)
    @given(worlds(), st.data())
    def check(world: World, data: Any) -> None:
        events = list(world.facts.events)
        again = data.draw(st.lists(st.sampled_from(events), max_size=8))
        shuffled = data.draw(st.permutations(events + again))
        size = data.draw(st.integers(1, len(shuffled)))
        with override_settings(COMPANY_TIME_ZONE=world.zone), rolled_back():
            put_directory(world.facts)
            source = make_source()
            for start in range(0, len(shuffled), size):
                deliver(source, shuffled[start : start + size])
            assert stored_ties() == reference.ties(world.facts, DAYS_REMEMBERED)
            assert different() == []

    check()


def test_ties_rebuilt_from_the_ledger_are_the_same(db: Any) -> None:
    make_months()

    @examples(15)
    @given(worlds(), LIMITS)
    def check(world: World, size: tuple[int, int]) -> None:
        with override_settings(COMPANY_TIME_ZONE=world.zone), limits(*size), rolled_back():
            put_directory(world.facts)
            deliver(make_source(), world.facts.events)
            before = stored_ties()
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE activity_tie SET recent_sent = recent_sent # 1, first_date = first_date - 1 "
                    "WHERE random() < 0.5"
                )
            for part in ranges_to_compare():
                repair(derive.wrong_employees(part), now=NOW)
                work_off(now=NOW)
            assert stored_ties() == before
            assert different() == []

    check()


def test_a_withdrawn_delivery_might_as_well_never_have_come(db: Any) -> None:
    make_months()

    @examples(30)
    @given(worlds(), st.sampled_from([{0}, {1}, {0, 2}]), LIMITS)
    def check(world: World, withdrawn: set[int], size: tuple[int, int]) -> None:
        def import_and_look(numbers: set[int], taken_back: set[int]) -> Any:
            with rolled_back():
                ids = put_directory(world.facts)
                source = make_source()
                for number in sorted(numbers):
                    delivery = deliver(source, [e for e in world.facts.events if e.delivery == number])
                    Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.APPLIED)
                    if number in taken_back:
                        withdraw(delivery, actor="hr", reason="wrong file", now=NOW)
                work_off(now=NOW)
                facts = ContactFact.objects.values_list("contact_id", "person_id")
                known_to_hr = {key for fact in facts for key in fact}  # kept, whatever else goes
                contacts = set(Contact.objects.values_list("pk", flat=True)) - known_to_hr
                assert different() == []
                return stored_ties(), contacts, as_the_ranking_sees(world, ids)

        with override_settings(COMPANY_TIME_ZONE=world.zone), limits(*size):
            assert import_and_look({0, 1, 2}, withdrawn) == import_and_look({0, 1, 2} - withdrawn, set())

    check()


def what_was_stored(facts: reference.Facts) -> tuple[reference.Event, ...]:
    """Talk of staff with staff and of strangers among themselves is not in the ledger."""
    return tuple(event for event in facts.events if list(reference.talks(replace(facts, events=(event,)))))


def test_a_corrected_directory_might_as_well_always_have_been_right(db: Any) -> None:
    make_months()

    @examples(50)
    @given(worlds(), st.data(), LIMITS)
    def check(world: World, data: Any, size: tuple[int, int]) -> None:
        facts = world.facts
        pivot = world.instants[0].date()
        drawn = data.draw(directories(world.zone, pivot))
        right = replace(
            facts, events=what_was_stored(facts), owners=drawn.owners, employments=drawn.employments
        )
        with override_settings(COMPANY_TIME_ZONE=world.zone), limits(*size), rolled_back():
            ids = put_directory(facts)
            deliver(make_source(), facts.events)
            correct(facts, right, ids)
            work_off(now=NOW)
            assert stored_ties() == reference.ties(right, DAYS_REMEMBERED)
            assert different() == []
            known = set(Contact.objects.values_list("pk", flat=True))
            assert {account_key(PLATFORM, contact) for _, contact in stored_ties()} <= known
            contest = replace(world.contest, window_days=world.contest.window_days or 365)
            campaign = put_campaign(contest, right, ids)
            for at in world.instants:
                assert standings(campaign, as_of=at) == reference.standings(right, contest, at)

    check()


def test_company_domains_may_change_at_any_time(db: Any) -> None:
    make_months()

    @examples(30)
    @given(worlds(), st.sets(st.sampled_from(DOMAINS)), LIMITS)
    def check(world: World, domains: set[str], size: tuple[int, int]) -> None:
        before = world.facts.company_domains
        contest = replace(world.contest, window_days=world.contest.window_days or 365)
        facts = replace(world.facts, events=what_was_stored(world.facts), company_domains=frozenset(domains))
        with override_settings(COMPANY_TIME_ZONE=world.zone), limits(*size), rolled_back():
            ids = put_directory(world.facts)
            deliver(make_source(), world.facts.events)
            for domain in sorted(domains - before):
                add_company_domain(domain, "hr", NOW)
            for domain in sorted(before - domains):
                remove_company_domain(domain, "hr", NOW)
            work_off(now=NOW)
            assert different() == []
            campaign = put_campaign(contest, facts, ids)
            for at in world.instants:
                assert standings(campaign, as_of=at) == reference.standings(facts, contest, at)

    check()


def correct(before: reference.Facts, after: reference.Facts, ids: dict[str, int]) -> None:
    """What the directory does in a correction: only those whose rows changed are touched."""
    owners = set(before.owners) ^ set(after.owners)
    jobs = set(before.employments) ^ set(after.employments)
    people = {row.employee for row in owners | jobs}
    close_gate()
    QuarantinedEvent.objects.update(state=QuarantinedEvent.State.REJECTED)  # never in the ledger
    Employment.objects.all().delete()
    AccountOwner.objects.all().delete()
    put_periods(after, ids)
    accounts = {owner.account for owner in owners}
    derivation = Derivation(
        subject="directory",
        employee_ids=[ids[number] for number in people],
        account_keys=[account_key(PLATFORM, a) for a in accounts],
    )
    derive_again(derivation, now=NOW)
