"""What prizes are given from: a sealed result, or the live places."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import islice

from django.db import connection
from django.db.models import QuerySet

from apps.awards.prizes import people as prize_people
from apps.awards.prizes.give import (
    DepartmentContacts,
    Form,
    Placed,
    Promises,
    Share,
    competing,
    give,
    wins,
)
from apps.awards.prizes.people import Person
from apps.campaigns.announcement import Announcement
from apps.campaigns.divisions import NO_DIVISION, UNDIVIDED, keys_by_number
from apps.campaigns.further import Awarding, Further
from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule
from apps.integrity.prize_ranks import down_to, last_places
from apps.ranking import facts
from apps.ranking.corrections import corrected_relations
from apps.ranking.counting import Relations, live_relations, pairs_sql
from apps.ranking.instant import Instant
from apps.ranking.models import FixedEmployee, Result, Run, Standing
from bonus_tracker.clock import company_zone


class FactsMissing(Exception):
    """The input was fixed without what its prizes need."""


def promises(campaign: Campaign) -> Promises:
    announced, (first, last) = Announcement.of(campaign), campaign_dates(campaign)
    days, divisions = (last - first).days + 1, keys_by_number(campaign)
    return Promises(announced.prizes, announced.further, announced.awarding, days, divisions)


def campaign_dates(campaign: Campaign) -> tuple[date, date]:
    """Its first and last date, both included."""
    instant = Instant.of(campaign, Rule.of(campaign), campaign.deadline)
    return instant.starts_on, instant.last_day


def shares_of(result: Result) -> list[Share]:
    """From the fixed input and the decisions that a version stands on, and from nothing recorded since."""
    campaign, promised = result.campaign, promises(result.campaign)
    if not prize_people.needed(campaign):
        return give(promised, placed(result.run, promised), None)
    instant = Instant.of(campaign, Rule.of(campaign), campaign.deadline)
    relations = corrected_relations(campaign, instant, result.corrections)
    people = fixed_people(result, relations)
    contacts = None
    if promised.further.departments:
        contacts = department_contacts(campaign, Rule.of(campaign), instant, relations, people)
    return give(promised, placed(result.run, promised), people, contacts)


def fixed_people(result: Result, relations: Relations) -> dict[int, Person]:
    """Everybody who takes part after the decisions, by id."""
    people = prize_people.fixed_people(result.campaign)
    if not people and FixedEmployee.objects.filter(campaign=result.campaign).exists():
        raise FactsMissing(f"{result.campaign.slug} was settled without what its prizes need.")
    with connection.cursor() as cursor:
        division = "division" if result.campaign.divisions else f"{NO_DIVISION:d}"
        cursor.execute(f"SELECT employee_id, {division} FROM {relations.participants} AS participant")
        divisions = dict(cursor.fetchall())
    return {
        each.employee_id: each._replace(division=divisions[each.employee_id])
        for each in people
        if each.employee_id in divisions
    }


def people_of(result: Result) -> dict[int, Person]:
    """Everybody who takes part after the decisions of a version, by id."""
    instant = Instant.of(result.campaign, Rule.of(result.campaign), result.campaign.deadline)
    return fixed_people(result, corrected_relations(result.campaign, instant, result.corrections))


def people_now(run: Run, *, now: datetime) -> dict[int, Person]:
    """Everybody who takes part as a live run has it, by id."""
    instant = Instant.of(run.campaign, Rule.of(run.campaign), run.as_of)
    today = now.astimezone(company_zone()).date()
    return {p.employee_id: p for p in prize_people.live_people(run.campaign, as_of=instant, today=today)}


def next_in_line(result: Result, count: int = 3) -> list[Placed]:
    """Who would win the last places if somebody before them did not: the first ones able that win none.

    So many of each division with a prize, one division after the other.
    """
    promised = promises(result.campaign)
    shares = shares_of(result)
    winners = {share.employee_id for share in shares if share.form == Form.PLACE}
    people = {each.employee_id: each for each in prize_people.fixed_people(result.campaign)}
    rows = Standing.objects.filter(run=result.run_id).exclude(employee__in=winners)
    return [
        each
        for number in last_places(result.campaign)
        for each in islice(
            (
                one
                for one in _placed(rows.filter(division=number))
                if wins(people.get(one.employee_id), promised.awarding)
            ),
            count,
        )
    ]


def shares_now(run: Run, *, now: datetime) -> list[Share]:
    """What would be given if a live run were the result."""
    campaign, promised = run.campaign, promises(run.campaign)
    if not prize_people.needed(campaign):
        return give(promised, placed(run, promised), None)
    rule = Rule.of(campaign)
    instant = Instant.of(campaign, rule, run.as_of)
    people = people_now(run, now=now)
    contacts = None
    if promised.further.departments:
        with live_relations(campaign, rule, instant) as relations:
            # What comes in meanwhile may be newer.
            newer = replace(relations, may_be_newer=True)
            contacts = department_contacts(campaign, rule, instant, newer, people)
    return give(promised, placed(run, promised), people, contacts)


def placed(run: Run, promised: Promises) -> list[Placed]:
    """As far down as places with a prize can reach, or everybody when more than places decides."""
    rows = Standing.objects.filter(run=run)
    if not promised.further and promised.awarding == Awarding():
        rows = rows.filter(down_to(last_places(run.campaign)))
    return list(_placed(rows))


def _placed(rows: QuerySet[Standing]) -> Iterator[Placed]:
    columns = (
        "rank",
        "active_contacts",
        "conversation_days",
        "employee_id",
        "employee__number",
        "division",
    )
    best_first = rows.order_by("division", "rank", "-conversation_days", "employee__number")
    return (Placed(*row) for row in best_first.values_list(*columns).iterator(chunk_size=2000))


def department_contacts(
    campaign: Campaign, rule: Rule, instant: Instant, relations: Relations, people: dict[int, Person]
) -> DepartmentContacts:
    """Different active contacts of a department's members; somebody who is contact of several counts once.

    Of all its members, and of those of each division that has a prize for departments.
    """
    level = Awarding.of(campaign.awarding).department_level
    names = {each.employee_id: competing(each.department, level) for each in people.values()}
    keys = keys_by_number(campaign)
    named = {prize.division for prize in Further.of(campaign.further).departments}
    members = [
        (one, name, key)
        for one, name in names.items()
        if name
        for key in {UNDIVIDED, keys[people[one].division]} & named
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT member.division, member.name, count(DISTINCT active.contact_id) "
            f"FROM ({' UNION ALL '.join(pairs_sql(rule, relations))}) AS active "
            f"JOIN {relations.participants} AS participant USING (employee_id) "
            "JOIN unnest(%(ids)s::bigint[], %(names)s::text[], %(divisions)s::text[]) "
            "AS member (employee_id, name, division) USING (employee_id) GROUP BY 1, 2",
            facts.parameters(campaign, rule, instant)
            | {
                "ids": [one for one, _name, _key in members],
                "names": [name for _one, name, _key in members],
                "divisions": [key for _one, _name, key in members],
            },
        )
        return {(key, name): count for key, name, count in cursor.fetchall()}
