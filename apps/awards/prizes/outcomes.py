"""Who reached a goal, who did not, and whom it does not concern: for HR, which decides what follows."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.audit.services import record
from apps.awards.prizes.give import EXEMPT, NOT_REACHED, REACHED, contacts_needed, outcome
from apps.awards.prizes.sources import fixed_people, promises
from apps.awards.sheets import WRITERS, Cell
from apps.campaigns.further import Further
from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule
from apps.directory.models import Employee, User
from apps.ranking.corrections import corrected_relations
from apps.ranking.instant import Instant
from apps.ranking.models import Result
from apps.ranking.services import latest_result
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
    return WRITERS[kind]("goals", [harmless(str(title)) for title in HEADER], rows(result))


def rows(result: Result) -> Iterator[list[Cell]]:
    """By goal, then number."""
    campaign, promised = result.campaign, promises(result.campaign)
    instant = Instant.of(campaign, Rule.of(campaign), campaign.deadline)
    people = fixed_people(result, corrected_relations(campaign, instant, result.corrections))
    scores = dict(result.run.standings.values_list("employee_id", "active_contacts"))
    employees = Employee.objects.filter(pk__in=people).order_by("number")
    for goal in promised.further.goals:
        for employee in employees:
            person, score = people[employee.pk], scores.get(employee.pk, 0)
            yield [
                harmless(employee.number),
                harmless(employee.name),
                Decimal(goal.contacts),
                Decimal(person.days_employed),
                Decimal(contacts_needed(goal, person, promised.campaign_days)),
                Decimal(score),
                str(WORDS[outcome(goal, person, score, promised)]),
            ]
