"""What one version of a result changes about the one before: who moved, and by which decisions."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from apps.campaigns.rule import Rule
from apps.ranking.corrections import Correction, corrected_relations, employees_of
from apps.ranking.counting import count, count_again
from apps.ranking.instant import Instant
from apps.ranking.models import Result, Run

SHOWN = 50  # moves named; the others are counted


@dataclass(frozen=True)
class Move:
    """One employee before and after; None: without a place. None moved without a new score: others did."""

    number: str
    name: str
    rank_before: int | None
    rank_after: int | None
    contacts_before: int | None
    contacts_after: int | None

    @property
    def is_own(self) -> bool:
        """Whether their own score changed, not only that of others."""
        return self.contacts_before != self.contacts_after


@dataclass(frozen=True)
class Difference:
    """moves: at most SHOWN, those whose own score changed first, then by place; moved: how many in all."""

    moves: list[Move]
    moved: int


# The places of `before` (a run) beside those of `after`, a relation with the same columns.
MOVES = """
    SELECT number, name, before.rank, after.rank, before.active_contacts, after.active_contacts,
        count(*) OVER () AS moved
    FROM (SELECT * FROM ranking_standing WHERE run_id = %(before)s) AS before
    FULL JOIN {after} AS after USING (employee_id)
    JOIN directory_employee AS employee ON employee.id = employee_id
    WHERE (before.rank, before.active_contacts) IS DISTINCT FROM (after.rank, after.active_contacts)
    ORDER BY before.active_contacts IS NOT DISTINCT FROM after.active_contacts,
        least(before.rank, after.rank), number
    LIMIT %(shown)s
"""


def difference(before: Run, after: Run) -> Difference:
    return _moves(before, f"(SELECT * FROM ranking_standing WHERE run_id = {after.pk:d})")


def preview(result: Result, corrections: Sequence[Correction]) -> Difference:
    """What a version with these corrections would change about `result`; nothing is written.

    Most decisions concern one employee, who is counted anew; a version that is sealed counts everybody.
    """
    campaign = result.campaign
    rule = Rule.of(campaign)
    instant = Instant.of(campaign, rule, campaign.deadline)
    with transaction.atomic():
        relations = corrected_relations(campaign, instant, corrections)
        concerned = employees_of(campaign, _unlike(corrections, result.corrections))
        if concerned is None:
            count(campaign, rule, instant, relations)
        else:
            count_again(campaign, rule, instant, relations, run_id=result.run_id, employees=concerned)
        found = _moves(result.run, "counted")
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE counted")
    return found


def _unlike(these: Sequence[Correction], those: Sequence[Correction]) -> list[Correction]:
    """What is among the ones and not among the others."""
    return [each for each in these if each not in those] + [each for each in those if each not in these]


def _moves(before: Run, after: str) -> Difference:
    with connection.cursor() as cursor:
        cursor.execute(MOVES.format(after=after), {"before": before.pk, "shown": SHOWN})
        rows = cursor.fetchall()
    return Difference([Move(*row[:-1]) for row in rows], rows[0][-1] if rows else 0)
