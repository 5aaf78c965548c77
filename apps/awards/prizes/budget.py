"""What a campaign costs: as things stand, and at most. Net; before tax it depends on each winner."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.awards.models import Award
from apps.awards.prizes.give import Promises
from apps.awards.prizes.sources import promises, shares_now
from apps.awards.tax.schedules import ScheduleRefused, schedule
from apps.awards.tax.steps import percent
from apps.campaigns.divisions import NO_DIVISION, UNDIVIDED
from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule
from apps.ranking import facts
from apps.ranking.instant import Instant, next_midnight
from apps.ranking.services import latest_result, live_run
from bonus_tracker.formats import number, plain_money

Form = Award.Form
USUAL_SCHEDULE = "cn-comprehensive-income"


@dataclass(frozen=True)
class Line:
    """One form of prize. now: None when nothing is counted yet."""

    form: str
    now: Decimal | None
    ceiling: Decimal


@dataclass(frozen=True)
class Budget:
    """participants: who takes part today; the ceilings are for so many."""

    participants: int
    currency: str
    lines: tuple[Line, ...]

    @property
    def now(self) -> Decimal | None:
        known = [line.now for line in self.lines if line.now is not None]
        return sum(known, Decimal(0)) if known or not self.lines else None

    @property
    def ceiling(self) -> Decimal:
        return sum((line.ceiling for line in self.lines), Decimal(0))

    def sentences(self) -> list[str]:
        people = ngettext("%s person takes part today.", "%s people take part today.", self.participants)
        said = [people % number(self.participants)] + [
            _("%(what)s: %(costs)s")
            % {"what": _what_for(line.form), "costs": _said(line.now, line.ceiling, self.currency)}
            for line in self.lines
        ]
        if len(self.lines) > 1:
            said.append(_("Altogether: %s") % _said(self.now, self.ceiling, self.currency))
        if self.lines:
            said.append(_("These amounts are after tax, as promised."))
        return [*said, *_before_tax(self)]


def _what_for(form: str) -> str:
    return {
        Form.PLACE: _("For places"),
        Form.GOAL: _("For everybody who reaches a goal"),
        Form.CONTACTS: _("For each contact"),
        Form.DEPARTMENT: _("For the best departments"),
    }[Form(form)]


def budget(campaign: Campaign, *, now: datetime) -> Budget:
    """From the newest result, else from the live places, else the ceilings alone."""
    rule = Rule.of(campaign)
    instant = Instant.of(campaign, rule, min(next_midnight(now), campaign.deadline))
    return budget_of(promises(campaign), participants(campaign, rule, instant), _amounts(campaign, now))


def budget_of(
    promised: Promises, by_division: Mapping[int, int], amounts: Mapping[str, Decimal] | None
) -> Budget:
    """by_division: how many take part; amounts: by form, None when nothing is counted yet."""
    lines = tuple(
        Line(form, None if amounts is None else amounts.get(form, Decimal(0)), ceiling)
        for form, ceiling in _ceilings(promised, by_division)
    )
    currencies = {prize.currency for prize in promised.prizes} | promised.further.currencies()
    return Budget(sum(by_division.values()), min(currencies, default=""), lines)


def participants(campaign: Campaign, rule: Rule, instant: Instant) -> dict[int, int]:
    """Division -> how many take part as of the instant."""
    with connection.cursor() as cursor:
        division = "division" if campaign.divisions else f"{NO_DIVISION}"
        cursor.execute(
            f"SELECT {division}, count(*) FROM ({facts.participants(campaign)}) AS participant GROUP BY 1",
            facts.parameters(campaign, rule, instant),
        )
        return dict(cursor.fetchall())


def _amounts(campaign: Campaign, now: datetime) -> dict[str, Decimal] | None:
    result = latest_result(campaign)
    if result is not None:
        return by_form(result.awards.values_list("form", "net_amount"))
    run = live_run(campaign)
    if run is None:
        return None
    return by_form((share.form, share.net_amount) for share in shares_now(run, now=now))


def by_form(amounts: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    together: dict[str, Decimal] = {}
    for form, amount in amounts:
        together[form] = together.get(form, Decimal(0)) + amount
    return together


def _ceilings(promised: Promises, by_division: Mapping[int, int]) -> Iterator[tuple[str, Decimal]]:
    """The most that can be given to so many; with one prize each it may be less. by_division: who takes part."""
    all_get_it, further = promised.awarding.equals == "all", promised.further
    # A form may show what it costs while a division is still misspelt: nobody belongs to that one.
    taking_part = {key: by_division.get(number, 0) for number, key in promised.divisions.items()}
    taking_part[UNDIVIDED] = sum(by_division.values())
    if promised.prizes:
        yield Form.PLACE, sum(_most_for_places(promised, by_division, all_get_it), Decimal(0))
    if further.departments:
        yield Form.DEPARTMENT, sum(_most_for_departments(promised, taking_part, all_get_it), Decimal(0))
    if goals := [goal.net_amount * taking_part.get(goal.division, 0) for goal in further.goals]:
        yield Form.GOAL, sum(goals, Decimal(0))
    if each := further.per_contact:
        yield Form.CONTACTS, each.net_amount * each.most * taking_part.get(each.division, 0)


def _most_for_departments(
    promised: Promises, taking_part: Mapping[str, int], all_get_it: bool
) -> Iterator[Decimal]:
    for key, people in taking_part.items():
        if amounts := [prize.net_amount for prize in promised.further.departments if prize.division == key]:
            yield _most(amounts, people // promised.awarding.department_members if all_get_it else None)


def _most_for_places(
    promised: Promises, by_division: Mapping[int, int], all_get_it: bool
) -> Iterator[Decimal]:
    for division, key in promised.divisions.items():
        if amounts := [prize.net_amount for prize in promised.prizes if prize.division == key]:
            yield _most(amounts, by_division.get(division, 0) if all_get_it else None)


def _most(amounts: list[Decimal], equals: int | None) -> Decimal:
    """Shared prizes cost what was announced; given to all equals, every one may be the largest."""
    together = sum(amounts, Decimal(0))
    return together if equals is None else max(together, max(amounts) * equals)


def _said(now: Decimal | None, ceiling: Decimal, currency: str) -> str:
    most = plain_money(ceiling, currency)
    if now is None:
        return _("%s at most.") % most
    if now == ceiling:
        return _("%s as things stand, which is the most it can be.") % most
    return _("%(now)s as things stand, %(ceiling)s at most.") % {
        "now": plain_money(now, currency),
        "ceiling": most,
    }


def _before_tax(it: Budget) -> Iterator[str]:
    """A bound: above the top band each further yuan is taxed at the top rate, and nowhere more."""
    try:
        usual = schedule(USUAL_SCHEDULE)
    except ScheduleRefused:
        return
    if usual.currency == it.currency:
        top = usual.bands[-1].rate
        gross = (it.ceiling / (1 - top)).quantize(Decimal("0.01"))
        yield _("Before tax that is at most %(gross)s, if every winner pays the top rate of %(rate)s.") % {
            "gross": plain_money(gross, it.currency),
            "rate": percent(top),
        }
