"""Who reached a goal, who did not, and whom it does not concern: for HR, which decides what follows."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.audit.services import record
from apps.awards.prizes.give import EXEMPT, NOT_REACHED, REACHED, contacts_needed, outcome
from apps.awards.prizes.sources import people_now, people_of, promises
from apps.awards.sheets import WRITERS, Cell
from apps.campaigns.divisions import name_of
from apps.campaigns.further import Further, Goal
from apps.campaigns.models import Campaign
from apps.directory.models import Employee, User
from apps.ranking.models import Result
from apps.ranking.services import latest_result, live_run
from bonus_tracker.cells import harmless

HEADER = (
    gettext_lazy("employee number"),
    gettext_lazy("employee name"),
    gettext_lazy("goal"),
    gettext_lazy("days employed in the campaign"),
    gettext_lazy("contacts needed"),
    gettext_lazy("active contacts"),
    gettext_lazy("outcome"),
)
DIVISION = gettext_lazy("division")
WORDS = {
    REACHED: gettext_lazy("reached"),
    NOT_REACHED: gettext_lazy("not reached"),
    EXEMPT: gettext_lazy("exempt"),
}
SEE = "awards.view_payrollexport"


class NoOutcomes(Exception):
    """There is nothing to tell, or not to this person; one sentence."""


@transaction.atomic
def take_outcomes(campaign: Campaign, kind: str, *, by: User, now: datetime) -> bytes:
    """Everybody's outcome for every goal as a file (see apps.awards.sheets); taking it is in the audit log."""
    if not by.is_active or not by.has_perm(SEE):
        raise NoOutcomes(_("You may not do this; somebody with the right must."))
    result = latest_result(campaign)
    if result is None or not Further.of(campaign.further).goals:
        raise NoOutcomes(_("%s has no goal that was measured yet.") % campaign.slug)
    record(
        "goal outcomes taken",
        actor=by.get_username(),
        subject=f"campaign {campaign.slug}",
        at=now,
        details={"version": result.version, "format": kind},
    )
    titles = [*HEADER, DIVISION] if _is_divided(campaign) else HEADER
    return WRITERS[kind]("goals", [harmless(str(title)) for title in titles], rows(result))


def _is_divided(campaign: Campaign) -> bool:
    """Whether a goal is one division's alone; then a last column says whose each is."""
    return any(goal.division for goal in Further.of(campaign.further).goals)


class Reached(NamedTuple):
    """How many people a goal has which outcome for; of its division alone, if it names one."""

    goal: Goal
    division: str  # its name; empty: for everybody
    reached: int
    not_reached: int
    exempt: int


def goals_so_far(campaign: Campaign, *, now: datetime) -> list[Reached]:
    """From the newest result, else from the live places; [] without goals or before the first ranking."""
    promised = promises(campaign)
    if not promised.further.goals:
        return []
    result = latest_result(campaign)
    run = result.run if result else live_run(campaign)
    if run is None:
        return []
    people = people_of(result) if result else people_now(run, now=now)
    scores = dict(run.standings.values_list("employee_id", "active_contacts"))
    made = []
    for goal in promised.further.goals:
        found = Counter(
            outcome(goal, each, scores.get(each.employee_id, 0), promised)
            for each in people.values()
            if promised.concerns(goal, each)
        )
        division = name_of(campaign, goal.division) if goal.division else ""
        made.append(Reached(goal, division, found[REACHED], found[NOT_REACHED], found[EXEMPT]))
    return made


def rows(result: Result) -> Iterator[list[Cell]]:
    """By goal, then number; a goal of a division has rows of its members alone."""
    campaign, promised = result.campaign, promises(result.campaign)
    people = people_of(result)
    scores = dict(result.run.standings.values_list("employee_id", "active_contacts"))
    employees = Employee.objects.filter(pk__in=people).order_by("number")
    divided = _is_divided(campaign)
    for goal in promised.further.goals:
        of = [harmless(name_of(campaign, goal.division) if goal.division else "")]
        for employee in employees:
            person, score = people[employee.pk], scores.get(employee.pk, 0)
            if not promised.concerns(goal, person):
                continue
            yield [
                harmless(employee.number),
                harmless(employee.name),
                Decimal(goal.contacts),
                Decimal(person.days_employed),
                Decimal(contacts_needed(goal, person, promised.campaign_days)),
                Decimal(score),
                str(WORDS[outcome(goal, person, score, promised)]),
                *(of if divided else ()),
            ]
