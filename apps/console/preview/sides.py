"""What two rules amount to, beside each other."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from apps.awards.prizes.budget import Budget
from apps.awards.prizes.rule_costs import costs_of
from apps.campaigns.divisions import name_of
from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule, first_date
from apps.campaigns.words import who_counts
from apps.console.guide.forms import preset_choices, preset_of
from apps.console.monitor.people import Place
from apps.directory.models import Employee
from apps.ranking.models import WhatIf
from apps.ranking.what_ifs import OPEN
from bonus_tracker.clock import company_zone
from bonus_tracker.formats import number
from bonus_tracker.plots import Plot, Series


@dataclass
class Side:
    """kind: the preset's name; question: the newest about this rule, if any; top: the first ten, once answered."""

    name: str | Promise
    kind: str | Promise
    words: str
    question: WhatIf | None
    top: list[Place] = field(default_factory=list)

    @property
    def figures(self) -> dict[str, Any] | None:
        return self.question.figures if self.question else None

    @property
    def costs(self) -> Budget | None:
        """What its prizes would cost; None before it is answered."""
        return costs_of(self.question) if self.question else None

    @property
    def is_open(self) -> bool:
        return self.question is not None and self.question.state in OPEN

    @property
    def percent(self) -> int:
        """Of those who take part, how many have an active contact."""
        figures = self.figures or {}
        return round(100 * figures["counted"] / figures["participants"]) if figures.get("participants") else 0


def sides(campaign: Campaign) -> list[Side]:
    """The campaign's own rule, then the other one that was asked about last for the same days, if any was."""
    own, asked = Rule.of(campaign), list(campaign.what_ifs.all())
    mine = next((each for each in asked if each.rule == own.as_dict()), None)
    other = next((each for each in asked if mine and _compares(each, mine)), None)
    found = [_side(_("This campaign's rule"), campaign, own, mine)]
    if other:
        found.append(_side(_("Another rule"), campaign, Rule(**other.rule), other))
    _fill_in_places(campaign, found)
    return found


def _compares(one: WhatIf, mine: WhatIf) -> bool:
    return one.rule != mine.rule and (one.as_of, one.starts_at) == (mine.as_of, mine.starts_at)


def _side(name: str, campaign: Campaign, rule: Rule, question: WhatIf | None) -> Side:
    begun = question.starts_at if question else None
    words = who_counts(rule, first_date(begun or campaign.starts_at, company_zone()))
    return Side(name, dict(preset_choices())[preset_of(rule)], words, question)


def _fill_in_places(campaign: Campaign, found: Iterable[Side]) -> None:
    answered = [(side, side.figures) for side in found if side.figures]
    numbers = {row[1] for _side, figures in answered for row in figures["top"]}
    names = dict(Employee.objects.filter(number__in=numbers).values_list("number", "name")) if numbers else {}
    for side, figures in answered:
        for rank, who, contacts, *division in figures["top"]:
            place = Place(rank, names.get(who, ""), who, None, contacts)
            side.top.append(place._replace(division=name_of(campaign, division[0])) if division else place)


def distribution(found: Iterable[Side]) -> Plot | None:
    """People by their active contacts, a series for each rule that is answered; None without any."""
    answered = [(side, side.figures["histogram"][1:]) for side in found if side.figures]
    if not answered:
        return None
    lows = [low for low, _people in answered[0][1]]
    used = max(
        (n + 1 for _side, bins in answered for n, (_low, people) in enumerate(bins) if people), default=1
    )
    series = [Series(side.name, [people for _low, people in bins[:used]]) for side, bins in answered]
    title = _("How many people would have so many active contacts")
    labels = [_label(low, following) for low, following in zip(lows, [*lows[1:], None], strict=True)]
    return Plot("distribution", title, "bar", labels[:used], series, _("active contacts"))


def _label(low: int, following: int | None) -> str:
    if following is None:
        return f"{number(low)}+"
    return number(low) if following == low + 1 else f"{number(low)}–{number(following - 1)}"
