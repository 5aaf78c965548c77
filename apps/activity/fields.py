from typing import Any

from django.db import models
from django.db.models import Func

DAYS_REMEMBERED = 384  # of a tie: the longest window, 365 days, and 19 days of looking back
RECENT_DAYS = 63  # of these in a bigint, whose sign bit stays unused
EARLIER_DAYS = DAYS_REMEMBERED - RECENT_DAYS


class DayBits(models.Field):
    """bit(n): the first bit is the newest day, the n-th the day n - 1 before it; bit(384) unless said.

    is_cut: bit varying(n), which ends with the oldest day that is set.
    """

    description = "a set of days"

    def __init__(self, *args: Any, days: int = DAYS_REMEMBERED, is_cut: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days, self.is_cut = days, is_cut

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        own = {} if self.days == DAYS_REMEMBERED else {"days": self.days}
        return name, path, args, kwargs | own | ({"is_cut": True} if self.is_cut else {})

    def db_type(self, connection: Any) -> str:  # noqa: ARG002
        return f"bit varying({self.days})" if self.is_cut else f"bit({self.days})"


class Days(Func):
    """Days(recent, earlier): a tie's days on one side as one bit(384)."""

    function = "activity_days"
    output_field = DayBits()
