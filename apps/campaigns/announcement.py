"""What a campaign announces, as a plain value: what files, forms and the database have in common."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from apps.campaigns.divisions import Division, divisions_of
from apps.campaigns.further import Awarding, Further
from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule

# May change after the start too: they decide nothing.
FREE_AFTER_THE_START = frozenset({"name", "public_places", "contact"})


@dataclass(frozen=True, order=True)
class PrizeLine:
    place: int
    net_amount: Decimal
    currency: str
    min_score: int = 0
    division: str = ""  # its key

    def __str__(self) -> str:
        least = f" >= {self.min_score}" if self.min_score else ""
        within = f"{self.division} " if self.division else ""
        return f"{within}{self.place}: {self.net_amount:.2f} {self.currency}{least}"


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """Instants are in UTC. Names of entities, departments (paths) and groups are sorted, each once.

    divisions: in their order; () for one board for all.
    """

    slug: str
    starts_at: datetime
    deadline: datetime
    name: dict[str, str] = field(default_factory=dict)
    freeze_at: datetime | None = None
    grace_hours: int = 72
    objection_days: int = 7
    public_places: int = 100
    contact: str = ""
    rule: Rule = field(default_factory=Rule)
    prizes: tuple[PrizeLine, ...] = ()
    further: Further = field(default_factory=Further)
    awarding: Awarding = field(default_factory=Awarding)
    entities: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    divisions: tuple[Division, ...] = ()

    @classmethod
    def of(cls, campaign: Campaign) -> Self:
        values: dict[str, Any] = {name: getattr(campaign, name) for name in PLAIN}
        values |= {name: tuple(getattr(campaign, name)) for name in PARTICIPANTS}
        prizes = (
            PrizeLine(p.place, p.net_amount, p.currency, p.min_score, p.division)
            for p in campaign.prizes.all()
        )
        return cls(
            **values,
            rule=Rule.of(campaign),
            prizes=tuple(sorted(prizes)),
            further=Further.of(campaign.further),
            awarding=Awarding.of(campaign.awarding),
            divisions=divisions_of(campaign),
        )

    def columns(self) -> dict[str, Any]:
        """As the columns of a Campaign; prizes are rows of their own."""
        return (
            {name: getattr(self, name) for name in PLAIN}
            | {name: list(getattr(self, name)) for name in PARTICIPANTS}
            | self.rule.as_dict()
            | {"further": self.further.as_json(), "awarding": self.awarding.as_json()}
            | {"divisions": [division.as_json() for division in self.divisions]}
        )

    def promised(self) -> list[str]:
        """Every prize with its amount, a line each, for the log."""
        further = self.further
        return [
            *(f"place {prize}" for prize in self.prizes),
            *(f"goal {goal}" for goal in further.goals),
            *(f"contact {each}" for each in further.each_contact),
            *(f"department {prize}" for prize in further.departments),
        ]

    def keys(self) -> dict[str, Any]:
        """Every key of a campaign file with its value, in the order of the file; no divisions where there are none."""
        values: dict[str, Any] = {}
        for each in fields(self):
            if each.name == "rule":
                values |= {f"rule.{name}": value for name, value in self.rule.as_dict().items()}
            elif each.name == "further":
                further = self.further
                values |= {"goals": further.goals, "per_contact": further.per_contact}
                values["department_prizes"] = further.departments
            elif each.name == "awarding":
                values |= {f"awarding.{name}": value for name, value in self.awarding.as_dict().items()}
            elif each.name in PARTICIPANTS:
                values[f"participants.{each.name}"] = getattr(self, each.name)
            elif each.name != "divisions" or self.divisions:
                values[each.name] = getattr(self, each.name)
        return values


PLAIN = (
    "slug",
    "starts_at",
    "deadline",
    "name",
    "freeze_at",
    "grace_hours",
    "objection_days",
    "public_places",
    "contact",
)
PARTICIPANTS = ("entities", "departments", "groups")


@dataclass(frozen=True)
class Change:
    """One key that differs; `before` is None for a new campaign."""

    key: str
    before: Any
    after: Any


def changes(before: Announcement, after: Announcement) -> list[Change]:
    old, new = before.keys(), after.keys()
    differing = [key for key in old | new if old.get(key, ()) != new.get(key, ())]
    return [Change(key, old.get(key, ()), new.get(key, ())) for key in differing]
