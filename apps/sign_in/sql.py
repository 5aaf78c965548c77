"""Who a session belongs to, in one statement.

By hand, because it is asked at every request: the ORM takes several times as long to write it as PostgreSQL to answer.
"""

from datetime import date
from typing import Any

from django.conf import settings

from apps.directory.models import User

FIND = """
SELECT u.*,
    u.employee_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM directory_employment e
        WHERE e.employee_id = u.employee_id
            AND e.starts_on <= day.today AND (e.ends_on IS NULL OR e.ends_on >= day.today)
    ) AS has_left,
    (SELECT a.id FROM mfa_authenticator a WHERE a.user_id = u.id AND a.type = 'totp') AS second_factor_id
FROM directory_user u
CROSS JOIN (SELECT coalesce(%(today)s::date, (statement_timestamp() AT TIME ZONE %(zone)s)::date) AS today) day
WHERE u.id = %(key)s
"""


def find_user(key: int, *, today: date | None) -> Any:
    """The User with `has_left` (an employee who is not employed today) and `second_factor_id`, or None.

    today: None for the present date on the company's calendar.
    """
    values = {"key": key, "today": today, "zone": settings.COMPANY_TIME_ZONE}
    return next(iter(User.objects.raw(FIND, values)), None)
