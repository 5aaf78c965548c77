"""Sources with a gap, and who at a prize rank used them."""

from typing import Any

from django.db import connection

from apps.activity.models import Source
from apps.activity.sql import RESOLVED, STANDING_ROWS, calendar
from apps.integrity.prize_ranks import holders
from apps.ranking.models import Result, Standing

# Interactions with strangers that came through one source, a row an employee.
ROWS = STANDING_ROWS.format(
    condition="i.delivery_id IN (SELECT id FROM activity_delivery WHERE source_id = %(source)s) "
    "AND i.occurred_at < %(deadline)s AND i.occurred_at >= %(since)s"
)
USED = f"""
    SELECT coalesce(sender_employee, recipient_employee) AS employee_id, count(*)
    FROM ({RESOLVED.format(source=f"({ROWS})")}) AS resolved
    WHERE (sender_employee IS NULL) <> (recipient_employee IS NULL) AND day >= %(first_day)s
        AND coalesce(sender_employee, recipient_employee) = ANY(%(employees)s)
    GROUP BY 1
"""


def who_used(source: Source, result: Result) -> list[list[Any]]:
    """[rank, number, interactions] of everybody at a prize rank; 0 for those who used other sources alone."""
    at_stake = holders(result)
    with connection.cursor() as cursor:
        cursor.execute(
            USED,
            calendar()
            | {
                "source": source.pk,
                "deadline": result.run.as_of,
                "since": result.campaign.starts_at,
                "first_day": result.rule["first_day"],
                "employees": list(at_stake),
            },
        )
        used = dict(cursor.fetchall())
    places = Standing.objects.filter(run=result.run_id, employee__in=at_stake).select_related("employee")
    return [
        [place.rank, place.employee.number, used.get(place.employee_id, 0)]
        for place in places.order_by("rank", "employee__number")
    ]
