from typing import Any

from django.db import models

DAYS_REMEMBERED = 384  # of a tie: the longest window, 365 days, and 19 days of looking back


class DayBits(models.Field):
    """bit(384): the first bit is the tie's anchor date, the n-th the day n - 1 before it."""

    description = "a set of days"

    def db_type(self, connection: Any) -> str:  # noqa: ARG002
        return f"bit({DAYS_REMEMBERED})"
