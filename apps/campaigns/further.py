"""Prizes that are for no place, and how all prizes are given; as plain values, kept as JSON with the campaign."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, Self

TieBreak = Literal["conversation days", "none"]
Equals = Literal["share", "all"]
PerPerson = Literal["several", "one"]
Employed = Literal["deadline", "result"]
CHOICES: dict[str, tuple[str, ...]] = {
    "tie_break": ("conversation days", "none"),
    "equals": ("share", "all"),
    "per_person": ("several", "one"),
    "employed_at": ("deadline", "result"),
}
LEAST_MEMBERS = 10


@dataclass(frozen=True, order=True)
class Goal:
    """For everybody with so many active contacts at the deadline.

    pro_rata: who joined during the campaign needs the share of the days they were employed, rounded up.
    exempt_groups: they neither reach nor miss it. division: the key of the one it is for; "" for everybody.
    """

    contacts: int
    net_amount: Decimal
    currency: str = "CNY"
    pro_rata: bool = True
    exempt_groups: tuple[str, ...] = ()
    division: str = ""

    def __str__(self) -> str:
        joiners = "pro rata" if self.pro_rata else "in full"
        without = f", without {', '.join(self.exempt_groups)}" if self.exempt_groups else ""
        return f"{_within(self)}{self.contacts}: {self.net_amount:.2f} {self.currency}, {joiners}{without}"


@dataclass(frozen=True)
class PerContact:
    """For each active contact at the deadline, up to `most` of them; division: see Goal."""

    net_amount: Decimal
    most: int
    currency: str = "CNY"
    division: str = ""

    def __str__(self) -> str:
        return f"{_within(self)}{self.net_amount:.2f} {self.currency}, {self.most} at most"


@dataclass(frozen=True, order=True)
class DepartmentPrize:
    """For a department's place; its members at the deadline share it to the cent.

    division: the one whose members alone are compared, with their contacts; "" for everybody.
    """

    place: int
    net_amount: Decimal
    currency: str = "CNY"
    division: str = ""

    def __str__(self) -> str:
        return f"{_within(self)}{self.place}: {self.net_amount:.2f} {self.currency}"


@dataclass(frozen=True)
class Further:
    goals: tuple[Goal, ...] = ()
    per_contact: PerContact | None = None
    departments: tuple[DepartmentPrize, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.goals or self.per_contact or self.departments)

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Self:
        return cls(
            goals=tuple(
                Goal(**_money(each) | {"exempt_groups": tuple(each["exempt_groups"])})
                for each in kept.get("goals", ())
            ),
            per_contact=PerContact(**_money(kept["per_contact"])) if kept.get("per_contact") else None,
            departments=tuple(DepartmentPrize(**_money(each)) for each in kept.get("departments", ())),
        )

    def as_json(self) -> dict[str, Any]:
        """As the campaign keeps it; nothing at all when there is none."""
        kept: dict[str, Any] = {}
        if self.goals:
            kept["goals"] = [
                _plain(goal) | {"exempt_groups": list(goal.exempt_groups)} for goal in self.goals
            ]
        if self.per_contact:
            kept["per_contact"] = _plain(self.per_contact)
        if self.departments:
            kept["departments"] = [_plain(prize) for prize in self.departments]
        return kept

    @property
    def each_contact(self) -> tuple[PerContact, ...]:
        """The prize for each contact, of which there is one or none."""
        return (self.per_contact,) if self.per_contact else ()

    @property
    def lines(self) -> tuple[Goal | PerContact | DepartmentPrize, ...]:
        return (*self.goals, *self.each_contact, *self.departments)

    def currencies(self) -> set[str]:
        return {line.currency for line in self.lines}


def _money(kept: dict[str, Any]) -> dict[str, Any]:
    return kept | {"net_amount": Decimal(kept["net_amount"])}


def _plain(line: Goal | PerContact | DepartmentPrize) -> dict[str, Any]:
    """division: left out where none is named."""
    values = vars(line) | {"net_amount": f"{line.net_amount:.2f}"}
    return {key: value for key, value in values.items() if key != "division" or value}


def _within(line: Goal | PerContact | DepartmentPrize) -> str:
    return f"{line.division} " if line.division else ""


@dataclass(frozen=True, kw_only=True)
class Awarding:
    """How prizes are given.

    tie_break: what tells equals by score apart at a place with a prize. equals: who is still equal shares the
    places and their prizes, or all get the prize of the first of them. per_person: every prize somebody won, or
    one (that of a place, else the largest). employed_at: who has left by then is passed over. excluded_groups:
    they take part and win nothing. department_level: 0, the department people belong to; 1, its topmost one; 2,
    the one below. department_members: with fewer, a department does not compete.
    """

    tie_break: TieBreak = "conversation days"
    equals: Equals = "share"
    per_person: PerPerson = "several"
    employed_at: Employed = "deadline"
    excluded_groups: tuple[str, ...] = ()
    department_level: int = 0
    department_members: int = LEAST_MEMBERS

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Self:
        return cls(**kept | {"excluded_groups": tuple(kept.get("excluded_groups", ()))})

    def as_json(self) -> dict[str, Any]:
        """Only what is not as usual."""
        usual = vars(Awarding())
        kept = {key: value for key, value in vars(self).items() if value != usual[key]}
        return kept | ({"excluded_groups": list(self.excluded_groups)} if self.excluded_groups else {})

    def as_dict(self) -> dict[str, Any]:
        return dict(vars(self))
