"""Places of the past, as the last ranking of each day left them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection

# Of several rankings kept of one day (the board that froze is one) the newest; sealed ones describe no day.
HISTORIES = """
SELECT one.id, run.last_date, coalesce(standing.active_contacts, 0),
    CASE WHEN %(ranks_until)s::timestamptz IS NULL OR run.as_of <= %(ranks_until)s THEN standing.rank END,
    standing.division
FROM (
    SELECT DISTINCT ON (last_date) id, last_date, as_of FROM ranking_run AS kept
    WHERE campaign_id = %(campaign)s AND keep
        AND (%(until)s::timestamptz IS NULL OR as_of <= %(until)s)
        AND NOT EXISTS (SELECT FROM ranking_result WHERE run_id = kept.id)
    ORDER BY last_date, id DESC
) AS run
CROSS JOIN unnest(%(employees)s::bigint[]) AS one (id)
LEFT JOIN ranking_standing AS standing ON standing.run_id = run.id AND standing.employee_id = one.id
ORDER BY one.id, run.last_date
"""


class Day(NamedTuple):
    """One employee at the end of one day; rank: None without a place, or when it is not to be told.

    division: the number of the one in which that rank was; None without a place.
    """

    day: date
    active_contacts: int
    rank: int | None
    division: int | None = None


def histories(
    campaign_id: int,
    employee_ids: Sequence[int],
    *,
    until: datetime | None = None,
    ranks_until: datetime | None = None,
) -> dict[int, list[Day]]:
    """Each employee's days, oldest first, in one query.

    until: rankings of later instants are left out, such as those after a freeze. ranks_until: scores of later
    ones are told, places are not.
    """
    found: dict[int, list[Day]] = {employee_id: [] for employee_id in employee_ids}
    if not found:
        return found
    with connection.cursor() as cursor:
        cursor.execute(
            HISTORIES,
            {
                "campaign": campaign_id,
                "employees": list(found),
                "until": until,
                "ranks_until": ranks_until,
            },
        )
        for employee_id, *day in cursor.fetchall():
            found[employee_id].append(Day(*day))
    return found
