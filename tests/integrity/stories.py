"""A small contest with a provisional result, and the people who decide about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import Permission

from apps.activity.models import Source
from apps.campaigns.models import Campaign
from apps.directory.handles import account_key
from apps.directory.models import Employee, User
from apps.ranking.models import Result, Run
from apps.ranking.sealing import settle
from apps.ranking.services import latest_result
from tests.awards.stories import befriend, deliver
from tests.factories import DEADLINE, make_campaign, make_employee, make_user

GRACE_ENDS = DEADLINE + timedelta(hours=72)
IN_TIME = GRACE_ENDS + timedelta(days=1)  # for an objection
OBJECTIONS_END = GRACE_ENDS + timedelta(days=7)


@dataclass
class Contest:
    campaign: Campaign
    employees: list[Employee]

    @property
    def result(self) -> Result:
        result = latest_result(self.campaign)
        assert result is not None
        return result

    def places(self, run: Run | None = None) -> list[tuple[int, str, int]]:
        """(rank, number, score), best first."""
        standings = (run or self.result.run).standings.order_by("rank", "employee__number")
        return list(standings.values_list("rank", "employee__number", "active_contacts"))


def contest(scores: Sequence[int], *prizes: str, days: Sequence[int] = (), **fields: object) -> Contest:
    """E1, E2, ... with so many friends each, sealed when grace ended; the source is complete.

    days: of talk with each friend, 3 where not given.
    """
    campaign = make_campaign(*(prizes or ("100000.00",)), state=Campaign.State.SETTLING, **fields)
    employees = [make_employee(number=f"E{n}", name=f"Person {n}") for n in range(1, len(scores) + 1)]
    each = dict(enumerate(days))
    deliver(
        [
            event
            for n, (employee, score) in enumerate(zip(employees, scores, strict=True))
            for event in befriend(employee, score, days=each.get(n, 3))
        ]
    )
    Source.objects.update(complete_until=DEADLINE)
    assert settle(campaign, now=GRACE_ENDS)
    campaign.refresh_from_db()
    return Contest(campaign, employees)


def friend(employee: Employee, n: int = 0) -> int:
    """The contact id of one of their friends."""
    return account_key("im", f"{employee.number.lower()}-friend{n}@outside.example")


def decider(name: str = "", **fields: object) -> User:
    """Somebody who may propose, confirm, review and approve."""
    user = make_user(name, **fields)
    permissions = Permission.objects.filter(content_type__app_label__in=["integrity", "awards", "campaigns"])
    user.user_permissions.set(permissions)
    return User.objects.get(pk=user.pk)


def at(instant: datetime, **after: int) -> datetime:
    return instant + timedelta(**after)
