"""Divisions: parts of a campaign, each with its own board and its own prizes; as plain values, kept as JSON with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, Self, TypeVar

from django.utils.translation import get_language

from apps.campaigns.models import Campaign

NO_DIVISION = 0  # the number of the one board of a campaign without divisions
UNDIVIDED = ""  # its key


@dataclass(frozen=True)
class Division:
    """Who belongs: by entity, department (with all below) and group, as [participants] says it.

    Everybody who takes part belongs to the first that fits; the last one names nobody and has all the others.
    """

    key: str
    name: dict[str, str] = field(default_factory=dict)
    entities: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    def __str__(self) -> str:
        named = [*self.entities, *self.departments, *self.groups]
        return f"{self.key}: {'; '.join(named) or 'everybody else'}"

    @property
    def names_somebody(self) -> bool:
        return bool(self.entities or self.departments or self.groups)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        lists = {kind: tuple(kept.get(kind, ())) for kind in BELONGING}
        return cls(kept["key"], dict(kept.get("name", {})), **lists)

    def as_json(self) -> dict[str, Any]:
        """As the campaign keeps it, and the audit log says it."""
        lists = {kind: list(getattr(self, kind)) for kind in BELONGING if getattr(self, kind)}
        return {"key": self.key, "name": self.name, **lists}

    def localised_name(self) -> str:
        first_choices = (self.name.get(get_language() or "en"), self.name.get("en"), *self.name.values())
        return next(filter(None, first_choices), self.key)


BELONGING = ("entities", "departments", "groups")


def divisions_of(campaign: Campaign) -> tuple[Division, ...]:
    """In their order, numbered from 1; () for a campaign that has none."""
    return tuple(map(Division.of, campaign.divisions))


def names_asked(campaign: Campaign) -> list[tuple[str, str]]:
    """(kind, name) of what decides who takes part and in which division, each once, in their order."""
    parts = (campaign, *divisions_of(campaign))
    return sorted({(kind, name) for part in parts for kind in BELONGING for name in getattr(part, kind)})


def keys_by_number(campaign: Campaign) -> dict[int, str]:
    """Number of a division, as places carry it, -> key; of a campaign without any the one that stands for none."""
    if not campaign.divisions:
        return {NO_DIVISION: UNDIVIDED}
    return {number: kept["key"] for number, kept in enumerate(campaign.divisions, start=1)}


def numbers_by_key(campaign: Campaign) -> dict[str, int]:
    return {key: number for number, key in keys_by_number(campaign).items()}


def name_of(campaign: Campaign, key: str) -> str:
    """In the active language; empty for a campaign without divisions."""
    named = (division.localised_name() for division in divisions_of(campaign) if division.key == key)
    return next(named, key)


class Within(Protocol):
    division: str


W = TypeVar("W", bound=Within)


def by_division(things: Iterable[W], campaign: Campaign) -> list[W]:
    """Prizes or awards, division by division; otherwise in the order given."""
    numbers = numbers_by_key(campaign)
    return sorted(things, key=lambda each: numbers.get(each.division, NO_DIVISION))
