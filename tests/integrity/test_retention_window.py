"""Nothing that a rule may still read is let go: a hold begins no later than the window, wherever a month ends."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from apps.activity.parts import Month
from apps.activity.retention import whole_after
from apps.campaigns.models import Campaign
from apps.integrity.retention import NOT_SEALED, _hold
from bonus_tracker.clock import company_zone
from tests.ranking.worlds import examples

ZONES = ("Asia/Shanghai", "UTC", "America/New_York", "Pacific/Kiritimati", "Asia/Beirut", "Pacific/Pago_Pago")
DAY = timedelta(days=1)
worlds = st.fixed_dictionaries(
    {
        "zone": st.sampled_from(ZONES),
        "starts_on": st.dates(date(2020, 1, 1), date(2029, 12, 31)),
        "starts_after": st.timedeltas(timedelta(0), timedelta(hours=23)),  # midnight
        "asked_after": st.timedeltas(timedelta(seconds=1), timedelta(days=500)),  # the start
        "window_days": st.none() | st.integers(1, 365),
        "new_contacts_only": st.booleans(),
        "state": st.sampled_from(["running", "settling", "provisional", "final"]),
        "day_back": st.integers(0, 500),  # from the last day that counts
        "at": st.timedeltas(timedelta(0), timedelta(hours=24, microseconds=-1)),
    }
)


def dates_read(
    starts_at: datetime, asked_at: datetime, window_days: int | None, zone: ZoneInfo
) -> list[date]:
    """The rule in plain words: no date before the start, none after the last instant, so many at most."""
    last = (asked_at - timedelta(microseconds=1)).astimezone(zone).date()
    first = starts_at.astimezone(zone).date()
    everything = [last - n * DAY for n in range((last - first).days + 1)]
    return everything if window_days is None else everything[:window_days]


def month_of(moment: datetime) -> Month:
    """Of the ledger, in which what happened then is kept."""
    begins = datetime(moment.year, moment.month, 1, tzinfo=UTC)
    ends = datetime(begins.year + begins.month // 12, begins.month % 12 + 1, 1, tzinfo=UTC)
    return Month(begins, ends, 0)


def of_world(world: dict[str, Any]) -> tuple[Campaign, list[date], Month]:
    """A campaign, the dates that its rule reads at an instant, and a month with something of one of them."""
    zone = company_zone()
    midnight = datetime.combine(world["starts_on"], time.min, zone)
    starts_at = (midnight + world["starts_after"]).astimezone(UTC)
    asked_at = starts_at + world["asked_after"]
    read = dates_read(starts_at, asked_at, world["window_days"], zone)
    day = read[min(world["day_back"], len(read) - 1)]
    moment = (datetime.combine(day, time.min, zone) + world["at"]).astimezone(UTC)
    campaign = Campaign(
        slug="any",
        state=world["state"],
        starts_at=starts_at,
        deadline=asked_at,
        window_days=world["window_days"],
        new_contacts_only=world["new_contacts_only"],
    )
    return campaign, read, month_of(moment)


@examples(500)
@given(worlds)
def test_a_hold_begins_no_later_than_what_a_rule_reads(world: dict[str, Any]) -> None:
    with override_settings(COMPANY_TIME_ZONE=world["zone"]):
        campaign, read, month = of_world(world)
        hold = _hold(campaign)
        assert max(hold.ledger_since, hold.ties_since) <= min(read)
        assert hold.ledger_since < whole_after(month), "a month with something that counts would go"
        asks_who_is_new = campaign.new_contacts_only and campaign.state in NOT_SEALED
        assert not asks_who_is_new or hold.ties_since == date.min


def test_a_hold_that_began_a_month_later_would_be_found() -> None:
    """These examples do reach the first day of a window and the month that it is in."""
    world = {
        "zone": "Asia/Shanghai",
        "starts_on": date(2026, 9, 1),
        "starts_after": timedelta(0),
        "asked_after": timedelta(days=40),
        "window_days": None,
        "new_contacts_only": False,
        "state": "running",
        "day_back": 500,
        "at": timedelta(hours=1),  # in UTC still August
    }
    with override_settings(COMPANY_TIME_ZONE="Asia/Shanghai"):
        campaign, read, month = of_world(world)
        assert (min(read), month.name) == (date(2026, 9, 1), "2026-08")
        assert _hold(campaign).ledger_since < whole_after(month)
        assert not _hold(campaign).ledger_since + DAY < whole_after(month)


@pytest.mark.parametrize("zone", ZONES)
def test_the_company_zone_of_these_examples_is_the_one_that_is_set(zone: str) -> None:
    with override_settings(COMPANY_TIME_ZONE=zone):
        assert company_zone().key == zone
