"""The ranking is the rule, for any company, any rule and any instant."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import override_settings
from hypothesis import given

from apps.activity.fields import DAYS_REMEMBERED
from apps.campaigns.models import Campaign
from apps.ranking.counting import Unanswerable
from apps.ranking.ranges import cut
from apps.ranking.services import active_pairs, standings
from tests import reference
from tests.ranking.in_database import (
    deliver,
    make_months,
    make_source,
    put_campaign,
    put_directory,
    rolled_back,
)
from tests.ranking.worlds import KEYS, World, examples, worlds

pytestmark = pytest.mark.django_db


def put(world: World) -> Campaign:
    ids = put_directory(world.facts)
    deliver(make_source(), world.facts.events)
    return put_campaign(world.contest, world.facts, ids)


def pairs_by_person(world: World, campaign: Campaign, as_of: datetime) -> list[reference.Pair]:
    """As the reference prints them: a person by the first of their accounts."""
    return sorted(
        reference.Pair(employee, min(reference.person_of(world.facts, KEYS[contact])), *days)
        for employee, contact, *days in active_pairs(campaign, as_of=as_of)
    )


def is_too_long(world: World, as_of: datetime) -> bool:
    last = (as_of - timedelta(microseconds=1)).astimezone(world.facts.zone).date()
    days = (last - world.contest.starts_on).days + 1
    return world.contest.window_days is None and days > DAYS_REMEMBERED


def test_the_ranking_is_the_rule(db: Any) -> None:
    make_months()

    @examples(120)
    @given(worlds())
    def check(world: World) -> None:
        with override_settings(COMPANY_TIME_ZONE=world.zone), rolled_back():
            campaign = put(world)
            for as_of in world.instants:
                if is_too_long(world, as_of):
                    with pytest.raises(Unanswerable):
                        standings(campaign, as_of=as_of)
                    continue
                expected = reference.standings(world.facts, world.contest, as_of)
                assert standings(campaign, as_of=as_of) == expected
                assert pairs_by_person(world, campaign, as_of) == reference.pairs(
                    world.facts, world.contest, as_of
                )

    check()


def test_shards_change_nothing(db: Any) -> None:
    make_months()

    @examples(12)
    @given(worlds())
    def check(world: World) -> None:
        with override_settings(COMPANY_TIME_ZONE=world.zone), rolled_back():
            campaign = put(world)
            as_of = world.instants[0]
            whole = standings(campaign, as_of=as_of)
            assert [standings(campaign, as_of=as_of, ranges=cut(n)) for n in (2, 3, 7, 64)] == [whole] * 4

    check()
