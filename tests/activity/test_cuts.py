"""Days the ledger no longer has are facts of the ties: nothing derives, compares or takes them back."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from apps.activity import derive
from apps.activity.cuts import whole_from
from apps.activity.fields import DAYS_REMEMBERED
from apps.activity.models import Delivery
from apps.activity.owed import repair, work_off
from apps.activity.parts import ledger_months, ranges_to_compare
from apps.activity.retention import drop_month, whole_after
from apps.activity.withdrawal import NotWithdrawable, withdraw
from apps.directory.models import Employee
from apps.ranking.counting import Unanswerable
from apps.ranking.services import standings
from tests import reference
from tests.activity.limits import LIMITS, limits
from tests.activity.test_ties_as_facts import correct, different
from tests.ranking.in_database import (
    deliver,
    make_months,
    make_source,
    put_campaign,
    put_directory,
    rolled_back,
    stored_ties,
)
from tests.ranking.worlds import NOW, World, directories, examples, worlds

pytestmark = pytest.mark.django_db

MONTHS_KEPT = st.integers(1, 16)  # the newest of those that make_months makes


def drop_all_but(newest: int) -> date:
    months = ledger_months()
    for month in months[:-newest]:
        assert drop_month(month, now=NOW)
    cut = whole_from()
    assert cut == whole_after(months[-newest - 1])
    return cut


def test_what_is_dropped_changes_no_tie_and_no_comparison(db: Any) -> None:
    make_months()

    @examples(30)
    @given(worlds(), MONTHS_KEPT, LIMITS)
    def check(world: World, kept: int, size: tuple[int, int]) -> None:
        with override_settings(COMPANY_TIME_ZONE=world.zone), limits(*size), rolled_back():
            put_directory(world.facts)
            source = make_source()
            deliver(source, world.facts.events)
            before = stored_ties()
            drop_all_but(kept)
            assert (stored_ties(), different()) == (before, [])
            repair(list(Employee.objects.values_list("pk", flat=True)), now=NOW)
            work_off(now=NOW)
            assert (stored_ties(), different()) == (before, [])
            deliver(
                source, world.facts.events
            )  # months that had gone are there again, with what came for them
            assert (stored_ties(), different()) == (before, [])

    check()


def test_a_wrong_tie_is_found_and_mended_as_far_as_the_ledger_tells(db: Any) -> None:
    make_months()

    @examples(30)
    @given(worlds(), MONTHS_KEPT)
    def check(world: World, kept: int) -> None:
        with override_settings(COMPANY_TIME_ZONE=world.zone), rolled_back():
            put_directory(world.facts)
            deliver(make_source(), world.facts.events)
            cut, before = drop_all_but(kept), stored_ties()
            wrong = {pair for pair, tie in before.items() if max(tie.sent | tie.received) >= cut}
            connection.cursor().execute(
                "UPDATE activity_tie SET recent_sent = recent_sent # (1::bigint << 62) WHERE anchor >= %s",
                [cut],
            )
            assert len(different()) == min(10, len(wrong))
            for part in ranges_to_compare():
                repair(derive.wrong_employees(part), now=NOW)
            work_off(now=NOW)
            assert (stored_ties(), different()) == (before, [])

    check()


def test_a_correction_reaches_what_the_ledger_has_and_nothing_before(db: Any) -> None:
    make_months()

    @examples(40)
    @given(worlds(), st.data(), MONTHS_KEPT, LIMITS)
    def check(world: World, data: Any, kept: int, size: tuple[int, int]) -> None:
        facts = world.facts
        drawn = data.draw(directories(world.zone, world.instants[0].date()))
        right = replace(facts, owners=drawn.owners, employments=drawn.employments)
        with override_settings(COMPANY_TIME_ZONE=world.zone), limits(*size), rolled_back():
            ids = put_directory(facts)
            deliver(make_source(), facts.events)
            cut = drop_all_but(kept)
            correct(facts, right, ids)
            work_off(now=NOW)
            assert different() == []
            for pair, tie in stored_ties().items():
                for side in ("sent", "received"):
                    days = {day for day in getattr(tie, side) if day < cut}
                    was = {day for day in getattr(reference_tie(facts, pair), side) if day < cut}
                    assert days <= was

    check()


def reference_tie(facts: reference.Facts, pair: tuple[str, str]) -> reference.Tie:
    nobody = reference.Tie(date.max, frozenset(), frozenset())
    return reference.ties(facts, 10 * DAYS_REMEMBERED).get(pair, nobody)


def test_rankings_say_so_or_answer_as_before(db: Any) -> None:
    make_months()
    refused: list[str] = []
    answered = 0

    @examples(40)
    @given(worlds(), MONTHS_KEPT)
    def check(world: World, kept: int) -> None:
        nonlocal answered
        contest = replace(world.contest, window_days=world.contest.window_days or 365)
        with override_settings(COMPANY_TIME_ZONE=world.zone), rolled_back():
            campaign = put_campaign(contest, world.facts, put_directory(world.facts))
            deliver(make_source(), world.facts.events)
            drop_all_but(kept)
            for at in world.instants:
                try:
                    rows = standings(campaign, as_of=at)
                except Unanswerable as error:
                    refused.append(str(error))
                else:
                    assert rows == reference.standings(world.facts, contest, at)
                    answered += 1

    check()
    assert len(refused) > 3
    assert all("the ledger keeps those since" in sentence for sentence in refused)
    assert answered > 3


def test_a_delivery_whose_ledger_has_gone_cannot_be_taken_back(db: Any) -> None:
    make_months()

    @examples(10)
    @given(worlds(), MONTHS_KEPT)
    def check(world: World, kept: int) -> None:
        with override_settings(COMPANY_TIME_ZONE=world.zone), rolled_back():
            put_directory(world.facts)
            delivery = deliver(make_source(), world.facts.events)
            Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.APPLIED)
            cut, before = drop_all_but(kept), stored_ties()
            delivery.refresh_from_db()
            if delivery.first_at.astimezone(world.facts.zone).date() < cut:
                with pytest.raises(NotWithdrawable, match="it cannot be taken back"):
                    withdraw(delivery, actor="hr", reason="wrong file", now=NOW)
                assert stored_ties() == before
            else:
                withdraw(delivery, actor="hr", reason="wrong file", now=NOW)
                assert stored_ties() == {}
            assert different() == []

    check()
