"""A row of the board, and how much of it employees see who do not hold it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

from apps.campaigns.aliases import spoken
from apps.campaigns.models import Appearance

Mode = Appearance.Mode


class Key(NamedTuple):
    """Between two rows: below the first `passed` of a rank. It is in links, so it tells nobody apart."""

    rank: int
    passed: int

    def __str__(self) -> str:
        return f"{self.rank}-{self.passed}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The key in a link; None for anything else."""
        rank, _dash, passed = text.partition("-")
        if rank.isdecimal() and passed.isdecimal() and len(rank) < 10 and len(passed) < 10:
            return cls(int(rank), int(passed))
        return None


@dataclass(frozen=True)
class Place:
    """A row of the board; None is what the reader may not know, or what there is not."""

    rank: int
    employee_id: int
    score: int
    conversation_days: int | None
    number: str | None
    name: str | None
    department: str | None
    previous_rank: int | None  # on the last day before, None when not ranked then
    is_shared: bool  # somebody else has the same rank
    mode: str | None = None  # Appearance.Mode; None: as usual, under one's own name
    alias: str | None = None  # key of the generated name

    @property
    def movement(self) -> int | None:
        """Places climbed since the day before (negative: fallen)."""
        return None if self.previous_rank is None else self.previous_rank - self.rank

    @property
    def fallen(self) -> int:
        return -(self.movement or 0)

    @property
    def is_hidden(self) -> bool:
        return self.mode == Mode.HIDDEN

    @property
    def generated_name(self) -> str:
        """Under which colleagues see this place; empty when under the real one, or not at all."""
        return spoken(self.alias) if self.mode == Mode.GENERATED and self.alias else ""


def decided_among_equals(place: Place, told_apart: Collection[int]) -> bool:
    """Whether conversation days decide who of those with this place gets which prize.

    told_apart: places with a prize where the campaign lets conversation days decide.
    """
    return place.is_shared and bool(told_apart) and place.rank <= max(told_apart)


def best_days_first(places: Iterable[Place], told_apart: Collection[int]) -> list[Place]:
    """Equals whom conversation days tell apart in that order; all others stay where they are."""

    def key(place: Place) -> tuple[int, int]:
        days = place.conversation_days or 0
        return place.rank, -days if decided_among_equals(place, told_apart) else 0

    return sorted(places, key=key)


def as_employees_see(place: Place, *, public_places: int, told_apart: Collection[int]) -> Place:
    """Somebody else's place: within the public ones what the board shows, beyond them the count alone."""
    days = place.conversation_days if decided_among_equals(place, told_apart) else None
    seen = replace(place, number=None, conversation_days=days, mode=None, alias=None)
    if place.generated_name:  # a department would tell who it is
        seen = replace(seen, name=place.generated_name, department=None)
    if place.is_hidden or place.rank <= public_places:
        return seen
    return replace(seen, conversation_days=None, name=None, department=None, previous_rank=None)
