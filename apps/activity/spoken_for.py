"""Which days each source speaks for, as its deliveries claim: what is missing shows before the deadline."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from django.db import connection

from apps.activity.models import Source
from bonus_tracker.clock import company_zone

Span = tuple[datetime, datetime]


class Spoken(StrEnum):
    """Of a day: all of it, some of it, none of it, not reached yet, or before the source's beginning."""

    ALL = "all"
    SOME = "some"
    NONE = "none"
    LATER = "later"
    BEFORE = "before"


@dataclass(frozen=True)
class Strip:
    source: Source
    days: Sequence[tuple[date, Spoken]]
    is_claimed: bool  # whether any delivery ever said what it covers; otherwise gaps cannot be told

    @property
    def gaps(self) -> list[tuple[date, date]]:
        """First and last day of each run of days that are not spoken for whole."""
        found: list[tuple[date, date]] = []
        for day, spoken in self.days:
            if spoken not in (Spoken.NONE, Spoken.SOME):
                continue
            if found and found[-1][1] == day - timedelta(days=1):
                found[-1] = (found[-1][0], day)
            else:
                found.append((day, day))
        return found


# One row a source that has delivered: the spans as a union, the first instant, and whether any was claimed.
SPANS = """
    SELECT source_id,
        range_agg(tstzrange(coalesce(covers_from, first_at), coalesce(covers_to, last_at), '[]')),
        min(coalesce(covers_from, first_at)),
        bool_or(covers_to IS NOT NULL)
    FROM activity_delivery
    WHERE state = 'applied' AND coalesce(covers_from, first_at) <= coalesce(covers_to, last_at)
    GROUP BY source_id
"""


def strips(*, until: date, days: int) -> list[Strip]:
    """Of every source, in the order of their names, the last `days` days up to and including `until`."""
    with connection.cursor() as cursor:
        cursor.execute(SPANS)
        known = {row[0]: row[1:] for row in cursor.fetchall()}
    shown = [until - timedelta(days=n) for n in reversed(range(days))]
    return [_strip(source, known.get(source.pk), shown) for source in Source.objects.order_by("name")]


def _strip(source: Source, known: tuple[Iterable[object], datetime, bool] | None, days: list[date]) -> Strip:
    if known is None:
        return Strip(source, [(day, Spoken.BEFORE) for day in days], is_claimed=False)
    ranges, begun, is_claimed = known
    spans: list[Span] = [(each.lower, each.upper) for each in ranges]  # type: ignore[attr-defined]
    if not is_claimed:
        spans = [(begun, max(begun, source.complete_until or begun))]
    return Strip(
        source, [(day, spoken_of(day, spans, begun, source.complete_until)) for day in days], is_claimed
    )


def spoken_of(day: date, spans: Sequence[Span], begun: datetime, complete_until: datetime | None) -> Spoken:
    """begun: the first instant the source ever spoke of; complete_until: the last."""
    start, end = _midnight(day), _midnight(day + timedelta(days=1))
    if end <= begun:
        return Spoken.BEFORE
    if complete_until is None or start >= complete_until:
        return Spoken.LATER
    wanted = (max(start, begun), min(end, complete_until))
    if any(since <= wanted[0] and until >= wanted[1] for since, until in spans):
        return Spoken.ALL
    return (
        Spoken.SOME if any(since < wanted[1] and until > wanted[0] for since, until in spans) else Spoken.NONE
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, company_zone())
