"""The instants at which days begin and end, where clocks change too."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import override_settings

from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule
from apps.ranking.instant import Instant, next_midnight

MINUTE, TINY = timedelta(minutes=1), timedelta(microseconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "now", "midnight"),
    [
        ("Asia/Shanghai", "2026-09-01T23:59:59.999999+08:00", "2026-09-02T00:00:00+08:00"),
        ("Asia/Shanghai", "2026-09-02T00:00:00+08:00", "2026-09-03T00:00:00+08:00"),
        ("America/New_York", "2026-03-08T00:30:00-05:00", "2026-03-09T00:00:00-04:00"),
        ("America/New_York", "2026-11-01T01:30:00-05:00", "2026-11-02T00:00:00-05:00"),
        ("Africa/Cairo", "2026-04-23T23:00:00+02:00", "2026-04-24T01:00:00+03:00"),  # midnight is skipped
        ("Africa/Cairo", "2025-10-30T23:30:00+03:00", "2025-10-31T00:00:00+02:00"),  # 23:00 comes twice
        ("Africa/Cairo", "2025-10-30T23:30:00+02:00", "2025-10-31T00:00:00+02:00"),
        ("America/St_Johns", "2010-11-06T23:30:00-02:30", "2010-11-07T00:00:00-02:30"),  # so does midnight
        ("America/St_Johns", "2010-11-06T23:30:00-03:30", "2010-11-07T00:00:00-03:30"),
        ("Pacific/Apia", "2011-12-29T12:00:00-10:00", "2011-12-31T00:00:00+14:00"),  # a day is skipped
    ],
)
def test_a_live_ranking_looks_at_the_next_midnight(zone: str, now: str, midnight: str) -> None:
    with override_settings(COMPANY_TIME_ZONE=zone):
        assert next_midnight(at(now)) == at(midnight)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "America/Nuuk"])
def test_every_midnight_of_a_year_follows_the_one_before(zone: str) -> None:
    with override_settings(COMPANY_TIME_ZONE=zone):
        moment = next_midnight(at("2025-12-31T12:00:00Z"))
        for day in range(365):
            instant = instant_of(moment)
            assert instant.last_day == date(2025, 12, 31) + timedelta(days=day)
            assert instant.ends_its_day()
            assert instant_of(moment + TINY).last_day == instant.last_day + timedelta(days=1)
            assert not instant_of(moment - TINY).ends_its_day()
            moment = next_midnight(moment)


def instant_of(as_of: datetime, starts_at: str = "2025-01-01T00:00:00Z", **rule: int | None) -> Instant:
    return Instant.of(Campaign(starts_at=at(starts_at)), Rule(**rule), as_of)  # type: ignore[arg-type]


def test_a_day_whose_last_hour_comes_again_has_not_ended_at_its_first_end() -> None:
    with override_settings(COMPANY_TIME_ZONE="Africa/Cairo"):
        first_end = at("2025-10-31T00:00:00+03:00")
        assert instant_of(first_end).last_day == date(2025, 10, 30)
        assert not instant_of(first_end).ends_its_day()
        assert instant_of(first_end + timedelta(hours=1)).ends_its_day()


@pytest.mark.parametrize(
    ("as_of", "window_days", "days"),
    [
        ("2026-01-09T16:00:00Z", 30, 0),
        ("2026-01-09T16:00:00.000001Z", 30, 1),
        ("2026-01-10T16:00:00Z", 30, 1),
        ("2026-02-08T16:00:00Z", 30, 30),
        ("2026-02-08T16:00:00.000001Z", 30, 30),
        ("2026-02-08T16:00:00.000001Z", None, 31),
        ("2020-01-01T00:00:00Z", None, 0),
    ],
)
def test_no_day_before_the_start_counts(as_of: str, window_days: int | None, days: int) -> None:
    with override_settings(COMPANY_TIME_ZONE="Asia/Shanghai"):
        instant = instant_of(at(as_of), starts_at="2026-01-10T00:00:00+08:00", window_days=window_days)
        assert instant.window_days == days
