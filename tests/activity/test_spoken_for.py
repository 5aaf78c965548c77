"""Which days a source speaks for."""

from datetime import date, datetime, timedelta

import pytest

from apps.activity.models import Delivery, Source
from apps.activity.spoken_for import Spoken, Strip, strips
from bonus_tracker.clock import company_zone

pytestmark = pytest.mark.django_db
LAST = date(2026, 11, 20)


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=company_zone())


def make_source(until: datetime | None) -> Source:
    return Source.objects.create(name="chat", platform="im", created_at=at(1), complete_until=until)


def deliver(
    source: Source, start: datetime, end: datetime, *, claimed: bool = True, state: str = "applied"
) -> None:
    names = ("covers_from", "covers_to") if claimed else ("first_at", "last_at")
    Delivery.objects.create(
        source=source,
        actor="test",
        received_at=at(20),
        state=state,
        **dict(zip(names, (start, end), strict=True)),
    )


def strip(days: int = 6) -> Strip:
    (only,) = strips(until=LAST, days=days)
    return only


def spoken(days: int = 6) -> list[str]:
    return [str(each) for _day, each in strip(days).days]


def test_days_between_claims_are_missing_and_days_after_the_last_are_not_there_yet() -> None:
    source = make_source(at(19, 12))
    deliver(source, at(16), at(17))
    deliver(source, at(18, 6), at(19, 12))
    assert spoken() == ["before", "all", "none", "some", "all", "later"]
    assert strip().gaps == [(date(2026, 11, 17), date(2026, 11, 18))]


def test_claims_that_meet_leave_no_gap() -> None:
    source = make_source(at(18))
    deliver(source, at(16), at(17))
    deliver(source, at(17), at(18))
    assert spoken() == ["before", "all", "all", "later", "later", "later"]
    assert strip().gaps == []


def test_what_was_withdrawn_or_is_being_read_speaks_for_nothing() -> None:
    source = make_source(at(19))
    deliver(source, at(15), at(16))
    deliver(source, at(16), at(17), state="withdrawn")
    deliver(source, at(17), at(18), state="open")
    deliver(source, at(18), at(19))
    assert spoken() == ["all", "none", "none", "all", "later", "later"]


def test_where_nothing_was_ever_claimed_no_gap_can_be_told() -> None:
    source = make_source(at(19))
    deliver(source, at(15), at(15, 3), claimed=False)
    deliver(source, at(18), at(18, 3), claimed=False)
    assert spoken() == ["all", "all", "all", "all", "later", "later"]
    assert not strip().is_claimed


def test_a_source_that_has_delivered_nothing_is_shown_too() -> None:
    make_source(None)
    assert set(spoken()) == {Spoken.BEFORE}


def test_deliveries_of_any_number_cost_two_queries(django_assert_num_queries: object) -> None:
    source = make_source(at(19))
    for n in range(5):
        deliver(source, at(10) + timedelta(days=n), at(11) + timedelta(days=n))
    with django_assert_num_queries(2):  # type: ignore[operator]
        strips(until=LAST, days=60)
