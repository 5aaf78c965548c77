"""Which dates count, compared with counting them one by one, in zones whose clocks misbehave."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.campaigns.local_time import NoSuchTime, TwoSuchTimes, begins_a_date, on_calendar
from apps.campaigns.presets import NAMES, PRESETS
from apps.campaigns.rule import Rule, deciding_dates, first_date, last_date, window

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
LORD_HOWE, APIA, HAVANA = (
    ZoneInfo("Australia/Lord_Howe"),
    ZoneInfo("Pacific/Apia"),
    ZoneInfo("America/Havana"),
)
ZONES = [
    SHANGHAI,
    NEW_YORK,
    LORD_HOWE,  # half an hour of summer time
    APIA,  # left out 30 December 2011
    HAVANA,  # shows the hour before one o'clock twice
    ZoneInfo("America/St_Johns"),  # changed at one minute past midnight
    ZoneInfo("America/Sao_Paulo"),  # skipped midnights
    ZoneInfo("Antarctica/Troll"),  # two hours of summer time
    ZoneInfo("Asia/Kathmandu"),
    ZoneInfo("Africa/Casablanca"),
    ZoneInfo("UTC"),
]


@cache
def clock_changes(zone: ZoneInfo) -> list[datetime]:
    """The instants, to the minute, at which clocks in `zone` changed from 2000 to 2026."""
    found, step, moment = [], timedelta(hours=6), datetime(2000, 1, 1, tzinfo=UTC)
    while moment.year < 2027:
        low, high = moment, moment + step
        if offset_at(low, zone) != offset_at(high, zone):
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) // 2
                low, high = (
                    (middle, high) if offset_at(middle, zone) == offset_at(low, zone) else (low, middle)
                )
            found.append(high.replace(second=0, microsecond=0))
        moment += step
    return found or [datetime(2011, 12, 30, 10, tzinfo=UTC)]


def offset_at(instant: datetime, zone: ZoneInfo) -> timedelta:
    offset = instant.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


@st.composite
def zones_and_instants(draw: st.DrawFn) -> tuple[ZoneInfo, datetime]:
    """A zone and an instant to the second, mostly near a change of its clocks or a midnight there."""
    zone = draw(st.sampled_from(ZONES))
    change = draw(st.sampled_from(clock_changes(zone)))
    near = change + timedelta(seconds=draw(st.integers(-3 * 86_400, 3 * 86_400)))
    midnight = near.astimezone(zone).replace(hour=0, minute=0, second=0).astimezone(UTC)
    return zone, draw(st.sampled_from([change, near, midnight]))


def shown_before(instant: datetime, zone: ZoneInfo) -> date:
    """Naively: the offset in force just before, added by hand."""
    before = instant - timedelta(seconds=1)
    return (before.replace(tzinfo=None) + offset_at(before, zone)).date()


@given(zones_and_instants())
def test_the_last_date_is_what_clocks_showed_just_before(case: tuple[ZoneInfo, datetime]) -> None:
    zone, instant = case
    assert last_date(instant, zone) == shown_before(instant, zone)


@pytest.mark.parametrize(
    ("zone", "instant", "expected"),
    [
        (SHANGHAI, "2026-12-31T16:00:00Z", date(2026, 12, 31)),
        (SHANGHAI, "2026-12-31T16:00:00.000001Z", date(2027, 1, 1)),
        (SHANGHAI, "2026-12-31T15:59:59.999999Z", date(2026, 12, 31)),
        (NEW_YORK, "2026-03-08T05:00:00Z", date(2026, 3, 7)),
        (NEW_YORK, "2026-03-09T04:00:00Z", date(2026, 3, 8)),  # a day of 23 hours
        (NEW_YORK, "2026-11-02T05:00:00Z", date(2026, 11, 1)),  # a day of 25 hours
        (LORD_HOWE, "2026-04-04T13:00:00Z", date(2026, 4, 4)),
        (LORD_HOWE, "2026-04-05T13:30:00Z", date(2026, 4, 5)),  # a day of 24 and a half hours
        (APIA, "2011-12-30T10:00:00Z", date(2011, 12, 29)),  # midnight of 31 December: there was no 30th
        (HAVANA, "2026-03-08T05:00:00Z", date(2026, 3, 7)),  # a day that begins at one o'clock
    ],
)
def test_last_dates_that_were_looked_up(zone: ZoneInfo, instant: str, expected: date) -> None:
    assert last_date(datetime.fromisoformat(instant), zone) == expected


def dates_one_by_one(rule: Rule, starts_on: date, last: date) -> list[date]:
    """Naively: from the last date back, until the window is used up or the start is passed."""
    counted, day = [], last
    while day >= starts_on and (rule.window_days is None or len(counted) < rule.window_days):
        counted.append(day)
        day -= timedelta(days=1)
    return sorted(counted)


@given(
    st.none() | st.integers(1, 365),
    st.dates(date(2000, 1, 1), date(2030, 1, 1)),
    st.integers(-3, 500),
)
def test_the_window_is_what_counting_back_finds(days: int | None, starts_on: date, length: int) -> None:
    last = starts_on + timedelta(days=length)
    rule = Rule(window_days=days)
    first, end = window(rule, starts_on, last)
    assert [first + timedelta(days=n) for n in range((end - first).days + 1)] == dates_one_by_one(
        rule, starts_on, last
    )


@given(zones_and_instants())
def test_a_local_time_is_refused_exactly_when_clocks_show_it_never_or_twice(
    case: tuple[ZoneInfo, datetime],
) -> None:
    zone, instant = case
    local = instant.astimezone(zone).replace(tzinfo=None, fold=0)
    for shift in (timedelta(0), timedelta(minutes=30), timedelta(hours=1), timedelta(days=1)):
        check_against_every_offset(local + shift, zone)


def check_against_every_offset(local: datetime, zone: ZoneInfo) -> None:
    near = local.replace(tzinfo=UTC)
    offsets = {offset_at(near + timedelta(hours=n), zone) for n in range(-50, 51)}
    shown_at = {near - offset for offset in offsets if offset_at(near - offset, zone) == offset}
    if len(shown_at) == 1:
        assert on_calendar(local, zone) == shown_at.pop()
    else:
        with pytest.raises(TwoSuchTimes if shown_at else NoSuchTime):
            on_calendar(local, zone)


@pytest.mark.parametrize(
    ("zone", "local", "error"),
    [
        (NEW_YORK, "2026-03-08T02:30:00", NoSuchTime),
        (NEW_YORK, "2026-11-01T01:30:00", TwoSuchTimes),
        (LORD_HOWE, "2026-10-04T02:15:00", NoSuchTime),
        (LORD_HOWE, "2026-04-05T01:45:00", TwoSuchTimes),
        (APIA, "2011-12-30T00:00:00", NoSuchTime),
        (APIA, "2011-12-30T23:59:59", NoSuchTime),
        (HAVANA, "2026-03-08T00:00:00", NoSuchTime),
    ],
)
def test_gaps_and_overlaps_that_were_looked_up(zone: ZoneInfo, local: str, error: type[ValueError]) -> None:
    with pytest.raises(error):
        on_calendar(datetime.fromisoformat(local), zone)


def test_an_instant_of_a_calendar_is_kept_in_utc_so_that_any_two_compare() -> None:
    assert on_calendar(datetime(2027, 1, 1), SHANGHAI).tzinfo is UTC


@pytest.mark.parametrize(
    ("zone", "instant", "begins"),
    [
        (SHANGHAI, "2026-08-25T16:00:00Z", True),
        (SHANGHAI, "2026-08-25T16:00:01Z", False),
        (SHANGHAI, "2026-08-25T15:59:59Z", False),
        (HAVANA, "2026-03-08T05:00:00Z", True),  # one o'clock, where midnight was skipped
        (HAVANA, "2026-11-01T04:00:00Z", True),
        (HAVANA, "2026-11-01T05:00:00Z", False),  # midnight again, an hour later
        (APIA, "2011-12-30T10:00:00Z", True),
    ],
)
def test_a_date_begins_at_its_midnight_or_what_stands_for_it(
    zone: ZoneInfo, instant: str, begins: bool
) -> None:
    assert begins_a_date(datetime.fromisoformat(instant), zone) is begins


def test_the_dates_that_decide_stop_at_the_start() -> None:
    start, deadline = datetime(2026, 12, 20, tzinfo=SHANGHAI), datetime(2027, 1, 1, tzinfo=SHANGHAI)
    assert first_date(start, SHANGHAI) == date(2026, 12, 20)
    assert deciding_dates(Rule(), start, deadline, SHANGHAI) == (date(2026, 12, 20), date(2026, 12, 31))
    assert deciding_dates(Rule(window_days=7), start, deadline, SHANGHAI)[0] == date(2026, 12, 25)


def test_the_presets_are_the_published_ones() -> None:
    def numbers(rule: Rule) -> tuple[object, ...]:
        return (rule.window_days, rule.min_sent_days, rule.min_received_days, rule.min_active_days)

    assert {name: numbers(rule) for name, rule in PRESETS.items()} == {
        "steady": (30, 2, 2, 3),
        "whole campaign": (None, 4, 4, 6),
        "new people": (30, 2, 2, 3),
        "everyone can": (30, 1, 1, 2),
    }
    assert [name for name, rule in PRESETS.items() if rule.new_contacts_only] == ["new people"]
    assert all(rule.min_mutual_days == 0 for rule in PRESETS.values())
    assert set(NAMES) == set(PRESETS)
