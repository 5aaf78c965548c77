"""Periods of whole days, both ends included, as plain values."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple, Self

FOREVER = date.max
ONE_DAY = timedelta(days=1)


class Days(NamedTuple):
    """From `start` to `end`, both included; `end` is FOREVER while open (null in the database)."""

    start: date
    end: date = FOREVER

    @classmethod
    def stored(cls, starts_on: date, ends_on: date | None) -> Self:
        return cls(starts_on, ends_on or FOREVER)

    @property
    def ends_on(self) -> date | None:
        return None if self.end == FOREVER else self.end

    def hold(self, day: date) -> bool:
        return self.start <= day <= self.end

    def overlap(self, other: "Days") -> bool:
        return self.start <= other.end and other.start <= self.end

    def common(self, other: "Days") -> "Days | None":
        days = Days(max(self.start, other.start), min(self.end, other.end))
        return days if days.start <= days.end else None

    def __str__(self) -> str:
        return f"{self.start}..{self.ends_on or ''}"


def without(periods: Iterable[Days], taken: Iterable[Days]) -> list[Days]:
    """The days of `periods` that are in none of `taken`."""
    left = list(periods)
    for other in taken:
        left = [part for days in left for part in _cut(days, other)]
    return left


def _cut(days: Days, other: Days) -> list[Days]:
    if not days.overlap(other):
        return [days]
    parts = []
    if days.start < other.start:
        parts.append(Days(days.start, other.start - ONE_DAY))
    if other.end < days.end:
        parts.append(Days(other.end + ONE_DAY, days.end))
    return parts
