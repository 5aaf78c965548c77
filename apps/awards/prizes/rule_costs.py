"""What the prizes would cost under another rule: counted with a what-if, in its snapshot, kept with its figures."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db import connection

from apps.awards.prizes import people as prize_people
from apps.awards.prizes.budget import Budget, Line, budget_of, by_form, participants
from apps.awards.prizes.give import Placed, give
from apps.awards.prizes.sources import department_contacts, promises
from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule
from apps.ranking.counting import Relations
from apps.ranking.instant import Instant
from apps.ranking.models import WhatIf

NAME = "prize costs"  # among what is counted further


def count_costs(campaign: Campaign, rule: Rule, instant: Instant, relations: Relations) -> dict[str, Any]:
    """What would be given if the instant were the deadline, of everybody who is in the table `counted`."""
    promised, people, contacts = promises(campaign), None, None
    if prize_people.needed(campaign):
        found = prize_people.live_people(campaign, as_of=instant, today=instant.last_day)
        people = {each.employee_id: each for each in found}
        if promised.further.departments:
            contacts = department_contacts(campaign, rule, instant, relations, people)
    shares = give(promised, list(_placed()), people, contacts)
    amounts = by_form((share.form, share.net_amount) for share in shares)
    return _as_json(budget_of(promised, participants(campaign, rule, instant), amounts))


def costs_of(question: WhatIf) -> Budget | None:
    """None of what is not answered, or was before costs were counted with it."""
    said = question.further.get(NAME)
    if said is None:
        return None
    lines = tuple(Line(form, Decimal(now), Decimal(ceiling)) for form, now, ceiling in said["lines"])
    return Budget(said["participants"], said["currency"], lines)


def _as_json(costs: Budget) -> dict[str, Any]:
    lines = [[str(line.form), str(line.now), str(line.ceiling)] for line in costs.lines]
    return {"participants": costs.participants, "currency": costs.currency, "lines": lines}


def _placed() -> Iterator[Placed]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rank, active_contacts, conversation_days, employee_id, number, division FROM counted "
            "JOIN directory_employee AS employee ON employee.id = employee_id "
            "ORDER BY division, rank, conversation_days DESC, number"
        )
        yield from (Placed(*row) for row in cursor.fetchall())
