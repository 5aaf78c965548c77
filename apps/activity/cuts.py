"""Until when the past is gone: days the ledger no longer has, and days whose ties were forgotten.

What the ledger no longer has is a fact of the ties: it is neither derived again nor compared. A month goes under
a lock that every reader of the ledger shares, in the transaction that writes the cut down; so whoever takes the
lock first and then looks here sees a ledger that is as this says.
"""

from datetime import date

from django.db import connection
from django.db.models import Max

from apps.activity.models import Cut


def hold_ledger_still() -> None:
    """No month goes until the transaction ends; take it before the transaction's first look."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE activity_interaction IN ACCESS SHARE MODE")


def whole_from() -> date | None:
    """The first day, on the company's calendar, of which the ledger has everything; None: of all days."""
    day: date | None = Cut.objects.aggregate(day=Max("whole_from"))["day"]
    return day


def ties_from() -> date | None:
    """Ties whose newest day is before this were forgotten; None: none were."""
    day: date | None = Cut.objects.aggregate(day=Max("ties_from"))["day"]
    return day
