"""Who stands where a prize is at stake."""

from collections.abc import Callable

from django.db.models import Max

from apps.directory.models import User
from apps.ranking.models import Result, Standing

# For apps further right, which know prizes that are no places: employees who would get one.
ALSO_HOLDING: list[Callable[[Result], frozenset[int]]] = []


def last_place(result: Result) -> int:
    """The worst place with a prize; 0 when there is none."""
    return result.campaign.prizes.aggregate(last=Max("place"))["last"] or 0


def holders(result: Result) -> frozenset[int]:
    """Ids of everybody at a rank with a prize, equals at the last one included, and of who else gets one."""
    at_places = Standing.objects.filter(run=result.run_id, rank__lte=last_place(result))
    ids = frozenset(at_places.values_list("employee_id", flat=True))
    return ids.union(*(further(result) for further in ALSO_HOLDING))


def stands_among_them(user: User, result: Result) -> bool:
    return user.employee_id is not None and user.employee_id in holders(result)
