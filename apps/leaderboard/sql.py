"""What is read for every reader: a place with those around it in one statement, and the hints of all contacts."""

from typing import NamedTuple

from django.db import connection

from apps.activity.sql import array
from apps.campaigns.divisions import NO_DIVISION
from apps.leaderboard.places import Place
from apps.ranking.models import Run

# Kept apart (MATERIALIZED), and compared with single values, so that each part is found by an index however new
# the run is, whose number no statistics know yet.
NEAR = """
    SELECT other.rank, other.employee_id FROM ranking_standing AS other
    WHERE other.run_id = %(run)s {{within}}
        AND (other.rank, other.employee_id) {side} ((SELECT rank FROM mine), (SELECT employee_id FROM mine))
        AND NOT EXISTS (SELECT FROM campaigns_appearance AS hidden WHERE hidden.campaign_id = %(campaign)s
            AND hidden.employee_id = other.employee_id AND hidden.mode = 'hidden')
    ORDER BY other.rank {order}, other.employee_id {order} LIMIT %(neighbours)s
"""
AROUND = f"""
WITH mine AS MATERIALIZED (
    SELECT rank, employee_id FROM ranking_standing WHERE run_id = %(run)s AND employee_id = %(employee)s
), near AS MATERIALIZED (
    TABLE mine
    UNION ALL ({NEAR.format(side="<", order="DESC")})
    UNION ALL ({NEAR.format(side=">", order="ASC")})
)
SELECT standing.rank, standing.employee_id, standing.active_contacts, standing.conversation_days,
    employee.number, employee.name,
    (SELECT department.name FROM directory_departmentmembership AS member
        JOIN directory_department AS department ON department.id = member.department_id
        WHERE member.employee_id = standing.employee_id AND member.starts_on <= %(day)s
            AND (member.ends_on IS NULL OR member.ends_on >= %(day)s) LIMIT 1),
    (SELECT before.rank FROM ranking_standing AS before
        WHERE before.run_id = %(previous)s AND before.employee_id = standing.employee_id
            AND before.division = standing.division),
    EXISTS (SELECT FROM ranking_standing AS equal WHERE equal.run_id = %(run)s
        AND equal.rank = standing.rank AND equal.division = standing.division
        AND equal.employee_id <> standing.employee_id),
    shown.mode, shown.alias
FROM near
JOIN ranking_standing AS standing ON standing.run_id = %(run)s AND standing.employee_id = near.employee_id
    AND standing.rank = near.rank
JOIN directory_employee AS employee ON employee.id = standing.employee_id
LEFT JOIN campaigns_appearance AS shown ON shown.campaign_id = %(campaign)s AND shown.employee_id = employee.id
ORDER BY standing.rank, standing.employee_id
"""


def around(
    run: Run, previous: Run | None, employee_id: int, *, division: int, neighbours: int
) -> list[Place]:
    """The employee's place and so many on each side in their division, best first; [] when there is none.

    Who is hidden is passed over, and whole rows are answered: what the reader may see of them is not decided here.
    Departments are those of the last day counted, movement is since `previous`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            AROUND.format(within=_within(division)),
            {
                "run": run.pk,
                "campaign": run.campaign_id,
                "day": run.last_date,
                "previous": previous.pk if previous else None,
                "employee": employee_id,
                "neighbours": neighbours,
            },
        )
        return [Place(*row) for row in cursor.fetchall()]


TO_REACH = """
    (SELECT %({name})s AS which, rank, active_contacts FROM ranking_standing
    WHERE run_id = %(run)s {within} {only} ORDER BY rank DESC LIMIT 1)
"""


class Reached(NamedTuple):
    """A rank, and the score of who has it."""

    rank: int
    score: int


def to_reach(
    run: Run, *, division: int, rank: int | None, prize_place: int | None
) -> tuple[Reached | None, Reached | None]:
    """The last rank better than `rank`, without one the last of all; and the last within `prize_place`."""
    within = _within(division)
    parts = [TO_REACH.format(name="next", within=within, only="" if rank is None else "AND rank < %(rank)s")]
    if prize_place is not None:
        parts.append(TO_REACH.format(name="prize", within=within, only="AND rank <= %(prize_place)s"))
    known = {"run": run.pk, "rank": rank, "prize_place": prize_place, "next": 0, "prize": 1}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), known)
        found = {which: Reached(*row) for which, *row in cursor.fetchall()}
    return found.get(0), found.get(1)


def _within(division: int) -> str:
    """As a number in the text, which the index of divisions asks for."""
    return "" if division == NO_DIVISION else f"AND division = {division:d}"


def hints(contact_ids: list[int]) -> list[tuple[int, str, str]]:
    """(contact, masked hint, platform); in one array, for the ORM writes each of hundreds as a parameter."""
    if not contact_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, hint, platform FROM activity_contact WHERE id = ANY (%s::bigint[])",
            [array(contact_ids)],
        )
        return cursor.fetchall()
