"""Work that is owed: done in parts, by whoever comes, with batches and further acts in between."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from apps.activity import owed
from apps.activity.fields import DAYS_REMEMBERED
from apps.activity.models import Contact, Delivery
from apps.activity.owed import work_off
from apps.activity.withdrawal import withdraw
from apps.directory.handles import account_key
from tests import reference
from tests.activity.limits import LIMITS, limits
from tests.activity.test_ties_as_facts import correct, different, what_was_stored
from tests.ranking.in_database import (
    deliver,
    make_months,
    make_source,
    put_directory,
    rolled_back,
    stored_ties,
)
from tests.ranking.worlds import NOW, PLATFORM, World, directories, examples, worlds

pytestmark = pytest.mark.django_db


def test_batches_and_further_acts_between_the_parts_change_nothing(db: Any) -> None:
    make_months()

    @examples(60)
    @given(worlds(), st.data(), LIMITS)
    def check(world: World, data: Any, size: tuple[int, int]) -> None:
        facts = replace(world.facts, events=())
        with override_settings(COMPANY_TIME_ZONE=world.zone), limits(*size), rolled_back():
            ids, source = put_directory(facts), make_source()
            deliveries: dict[int, Delivery] = {}
            for act in data.draw(st.permutations(["correct", "withdraw", "withdraw", *["batch"] * 3])):
                if act == "batch":
                    batch = data.draw(st.lists(st.sampled_from(world.facts.events), min_size=1))
                    batch = [event for event in batch if event.delivery not in facts.withdrawn]
                    for event in batch:
                        deliveries[event.delivery] = deliver(source, [event], deliveries.get(event.delivery))
                    stored = what_was_stored(replace(facts, events=tuple(batch)))
                    facts = replace(facts, events=facts.events + stored)
                elif act == "withdraw" and (left := deliveries.keys() - facts.withdrawn):
                    number = min(left)
                    withdraw(deliveries[number], actor="hr", reason="wrong", now=NOW)
                    facts = replace(facts, withdrawn=facts.withdrawn | {number})
                elif act == "correct":
                    drawn = data.draw(directories(world.zone, world.instants[0].date()))
                    right = replace(facts, owners=drawn.owners, employments=drawn.employments)
                    correct(facts, right, ids)
                    facts = right
                if data.draw(st.booleans()):
                    work_off(now=NOW, seconds=-1) if not owed.owed().exists() else one_part()
            work_off(now=NOW)
            assert stored_ties() == reference.ties(facts, DAYS_REMEMBERED)
            assert different() == []
            known = set(Contact.objects.values_list("pk", flat=True))
            assert {account_key(PLATFORM, contact) for _, contact in stored_ties()} <= known

    check()


def one_part() -> None:
    derivation = owed.owed().order_by("pk")[0]
    if derivation.done < len(derivation.parts):
        assert owed.do_next_parts(derivation, wait=True)
