"""A sealed result is the ranking at the deadline, and nothing that comes later changes it."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings
from hypothesis import given

from apps.activity.models import ContactFact, Delivery
from apps.activity.withdrawal import withdraw
from apps.campaigns.models import Campaign
from apps.directory.models import AccountOwner, CompanyDomain, Employment
from apps.ranking.models import Board, Result
from apps.ranking.sealing import differs_from_fixed_input, seal, settle
from apps.ranking.services import Row, standings
from tests.factories import make_employee
from tests.faults.scenes import AFTER_GRACE, handle_of, settling_campaign, talk
from tests.faults.scenes import deliver as deliver_talk
from tests.ranking.in_database import (
    deliver,
    make_months,
    make_source,
    open_delivery,
    put_campaign,
    put_directory,
    rolled_back,
)
from tests.ranking.worlds import NOW, World, examples, worlds

pytestmark = pytest.mark.django_db
COLUMNS = ("rank", "employee__number", "active_contacts", "conversation_days")


def sealed_rows(result: Result) -> list[Row]:
    rows = result.run.standings.order_by("division", "rank", "employee__number").values_list(*COLUMNS)
    return [Row(*row) for row in rows]


def test_sealed_is_what_stood_at_the_deadline_whatever_comes_later(db: Any) -> None:
    make_months()

    @examples(50)
    @given(worlds(most_events=30))
    def check(world: World) -> None:
        contest, deadline = world.contest, world.instants[0]
        early = [event for event in world.facts.events if event.delivery < 2]
        with override_settings(COMPANY_TIME_ZONE=world.zone), rolled_back():
            ids = put_directory(world.facts)
            source = make_source()
            delivery = deliver(source, early)
            campaign = put_campaign(
                contest, world.facts, ids, deadline=NOW, window_days=contest.window_days or 60
            )
            Campaign.objects.filter(pk=campaign.pk).update(
                state="settling", deadline=max(deadline, campaign.starts_at + timedelta(days=1))
            )
            campaign.refresh_from_db()
            expected = standings(campaign, as_of=campaign.deadline)
            result = settle(campaign, now=campaign.grace_ends_at)
            assert result is not None
            assert sealed_rows(result) == expected
            everything_changes(world, delivery, source)
            assert differs_from_fixed_input(result) is None
            again = seal(campaign, now=NOW, cutoff=result.cutoff)
            assert sealed_rows(again) == sealed_rows(result) == expected
            assert settle(campaign, now=NOW) is None
            assert Board.objects.get().public_run == result.run

    check()


def everything_changes(world: World, delivery: Delivery, source: Any) -> None:
    deliver(source, [event for event in world.facts.events if event.delivery == 2], open_delivery(source))
    withdraw(delivery, actor="hr", reason="wrong", now=NOW)
    Employment.objects.all().delete()
    AccountOwner.objects.all().delete()
    ContactFact.objects.all().delete()
    CompanyDomain.objects.all().delete()


def test_a_result_can_be_verified_whatever_zone_the_clock_shows() -> None:
    campaign = settling_campaign()
    deliver_talk(talk(handle_of(make_employee()), ["a@out.example"]))
    assert settle(campaign, now=AFTER_GRACE.astimezone(ZoneInfo("Asia/Shanghai")))
    assert differs_from_fixed_input(Result.objects.get()) is None
