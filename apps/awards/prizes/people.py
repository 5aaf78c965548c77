"""What decides prizes besides contacts, of everybody who takes part: live, or as it was fixed."""

import hashlib
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from apps.awards.models import PrizeFacts
from apps.campaigns.divisions import NO_DIVISION
from apps.campaigns.further import Awarding, Further
from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule
from apps.ranking import facts
from apps.ranking.instant import Instant

PEOPLE = """
    SELECT participant.employee_id,
        coalesce((
            SELECT department.path FROM directory_departmentmembership AS member
            JOIN directory_department AS department ON department.id = member.department_id
            WHERE member.employee_id = participant.employee_id
                AND %(last_day)s BETWEEN member.starts_on AND coalesce(member.ends_on, 'infinity')
        ), '') AS department,
        ARRAY(
            SELECT DISTINCT named.name FROM directory_groupmembership AS member
            JOIN directory_group AS named ON named.id = member.group_id
            WHERE member.employee_id = participant.employee_id AND named.name = ANY(%(named_groups)s)
                AND %(last_day)s BETWEEN member.starts_on AND coalesce(member.ends_on, 'infinity')
            ORDER BY 1
        )::varchar[] AS groups,
        (
            SELECT coalesce(sum(
                least(coalesce(job.ends_on, 'infinity'), %(last_day)s) - greatest(job.starts_on, %(starts_on)s) + 1
            ), 0) FROM directory_employment AS job
            WHERE job.employee_id = participant.employee_id AND job.starts_on <= %(last_day)s
                AND coalesce(job.ends_on, 'infinity') >= %(starts_on)s
        ) AS days_employed,
        EXISTS (
            SELECT FROM directory_employment AS job WHERE job.employee_id = participant.employee_id
                AND %(today)s BETWEEN job.starts_on AND coalesce(job.ends_on, 'infinity')
        ) AS is_employed, {division} AS division
    FROM ({participants}) AS participant ORDER BY 1
"""
FIXED = "SELECT employee_id FROM ranking_fixedemployee WHERE campaign_id = %(campaign)s"


class Person(NamedTuple):
    """See PrizeFacts."""

    employee_id: int
    department: str
    groups: frozenset[str]
    days_employed: int
    is_employed: bool
    division: int = NO_DIVISION  # not of PrizeFacts: fixed with the input, see apps.campaigns.divisions


def needed(campaign: Campaign) -> bool:
    """Whether prizes depend on more than the places of a run."""
    awarding = Awarding.of(campaign.awarding)
    named = bool(awarding.excluded_groups) or awarding.employed_at == "result"
    return named or bool(Further.of(campaign.further))


def live_people(campaign: Campaign, *, as_of: Instant, today: date) -> list[Person]:
    parameters, participants = _parameters(campaign, as_of, today), facts.participants(campaign)
    with connection.cursor() as cursor:
        division = "division" if campaign.divisions else NO_DIVISION
        cursor.execute(PEOPLE.format(participants=participants, division=division), parameters)
        return [_person(*row) for row in cursor.fetchall()]


def fix_people(campaign: Campaign, *, today: date) -> str:
    """Keep it for every participant whose input was fixed; answers a SHA-256 over what was kept."""
    at_deadline = Instant.of(campaign, Rule.of(campaign), campaign.deadline)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO awards_prizefacts (campaign_id, employee_id, department, groups, days_employed, is_employed) "
            "SELECT %(campaign)s, employee_id, department, groups, days_employed, is_employed "
            f"FROM ({PEOPLE.format(participants=FIXED, division=NO_DIVISION)}) AS people",
            _parameters(campaign, at_deadline, today),
        )
    digest = hashlib.sha256()
    for person in fixed_people(campaign):
        known = (person.days_employed, person.is_employed)
        digest.update(f"{person[:2]} {sorted(person.groups)} {known}\n".encode())
    return digest.hexdigest()


def fixed_people(campaign: Campaign) -> list[Person]:
    rows = PrizeFacts.objects.filter(campaign=campaign).order_by("employee_id")
    columns = ("employee_id", "department", "groups", "days_employed", "is_employed")
    return [_person(*row) for row in rows.values_list(*columns)]


def _person(employee_id: int, department: str, groups: list[str], *known: Any) -> Person:
    return Person(employee_id, department, frozenset(groups), *known)


def _parameters(campaign: Campaign, instant: Instant, today: date) -> dict[str, Any]:
    goals = Further.of(campaign.further).goals
    named = {name for goal in goals for name in goal.exempt_groups}
    named.update(Awarding.of(campaign.awarding).excluded_groups)
    known = facts.parameters(campaign, Rule.of(campaign), instant)
    return known | {"named_groups": sorted(named), "today": today}
