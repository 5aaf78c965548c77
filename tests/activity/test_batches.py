"""What is made of a batch in memory: days, sets of days, keys."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from apps.activity import batch
from apps.activity.batch import A_MINUTE, MICROSECOND, POSTGRESQL_EPOCH, Calendar, ContactCollision, Event
from apps.activity.fields import DAYS_REMEMBERED, RECENT_DAYS
from apps.activity.ingest import apply_batch
from apps.activity.judging import Judged
from apps.activity.models import Contact, Delivery, Source, Tie
from apps.activity.sql import MERGE_GIVEN
from apps.activity.tie_rows import columns_of
from apps.directory import handles
from tests.factories import make_employee
from tests.ranking.in_database import rolled_back
from tests.ranking.worlds import examples

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 10, 4, tzinfo=UTC)
ZONES = [
    "Asia/Shanghai",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Beirut",
    "UTC",
]
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))


def test_days_are_those_of_postgresql(db: Any) -> None:
    @examples(50)
    @given(st.sampled_from(ZONES), st.lists(INSTANTS, min_size=1))
    def check(zone: str, instants: list[datetime]) -> None:
        day_of = Calendar(ZoneInfo(zone))
        minutes = [(at - POSTGRESQL_EPOCH) // MICROSECOND // A_MINUTE for at in instants]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (at AT TIME ZONE %s)::date FROM unnest(%s::timestamptz[]) AS at", [zone, instants]
            )
            assert [date.fromordinal(day_of[minute]) for minute in minutes] == [
                d for (d,) in cursor.fetchall()
            ]

    check()


def test_ties_are_written_as_their_days_are(db: Any) -> None:
    ann = make_employee("ann@firm.example").pk
    days = st.sets(st.integers(0, 500) | st.integers(430, 500), max_size=12)
    batches = st.lists(
        st.dictionaries(st.integers(1, 3), st.tuples(days, days).filter(any), min_size=1), max_size=3
    )

    @examples(60)
    @given(batches)
    def check(told: list[dict[int, tuple[set[int], set[int]]]]) -> None:
        whole: dict[int, tuple[set[int], set[int]]] = {}
        with rolled_back():
            for ties in told:
                judged = Judged(first_day=date(2025, 1, 1).toordinal())
                for contact, sides in ties.items():
                    judged.ties[ann, contact] = [sum(1 << day for day in side) for side in sides]
                    known = whole.setdefault(contact, (set(), set()))
                    for mine, side in zip(known, sides, strict=True):
                        mine.update(side)
                with connection.cursor() as cursor:
                    cursor.execute(MERGE_GIVEN, columns_of(judged))
            assert stored() == {contact: as_stored(*sides) for contact, sides in whole.items()}

    check()


def stored() -> dict[int, Any]:
    return {
        tie.contact_id: (
            tie.first_date,
            tie.anchor,
            (f"{tie.recent_sent:0{RECENT_DAYS}b}", tie.earlier_sent),
            (f"{tie.recent_received:0{RECENT_DAYS}b}", tie.earlier_received),
        )
        for tie in Tie.objects.all()
    }


def as_stored(sent: set[int], received: set[int]) -> Any:
    anchor = max(sent | received)
    first = date(2025, 1, 1) + timedelta(days=min(sent | received))
    sets = ("".join("01"[anchor - n in side] for n in range(DAYS_REMEMBERED)) for side in (sent, received))
    sides = ((days[:RECENT_DAYS], days[RECENT_DAYS:].rstrip("0") or None) for days in sets)
    return first, date(2025, 1, 1) + timedelta(days=anchor), *sides


def collide(monkeypatch: pytest.MonkeyPatch) -> None:
    """All strangers of one domain have one key, and digests of their own."""

    def key_of(digest: bytes) -> int:
        return 7 if digest in colliding else handles.key_of(digest)

    colliding = {handles.digest("im", f"{name}@twin.example") for name in ("one", "other")}
    monkeypatch.setattr(batch, "key_of", key_of)
    monkeypatch.setattr(
        batch, "known_party", batch.known_party.__wrapped__
    )  # nothing of it stays in the cache


def talk(*outside: str) -> list[Event]:
    return [Event(n, NOW, "ann@firm.example", handle, n) for n, handle in enumerate(outside)]


@pytest.mark.parametrize(
    "batches", [[["one", "other"]], [["one"], ["other"]], [["one", "x"], ["x", "other"]]]
)
def test_two_handles_with_one_key_are_never_taken_for_one(
    monkeypatch: pytest.MonkeyPatch, batches: list[list[str]]
) -> None:
    make_employee("ann@firm.example")
    source = Source.objects.create(name="file", platform="im", created_at=NOW)
    delivery = Delivery.objects.create(source=source, actor="test", received_at=NOW)
    collide(monkeypatch)
    *before, last = [talk(*(f"{name}@twin.example" for name in names)) for names in batches]
    for events in before:
        apply_batch(delivery, events, now=NOW)
    known = Contact.objects.count()
    with pytest.raises(ContactCollision, match="change PSEUDONYM_KEY"):
        apply_batch(delivery, last, now=NOW)
    assert (Contact.objects.count(), Tie.objects.count()) == (known, known)
