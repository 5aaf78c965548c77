"""Who looks, and where they may not decide because they have something to win."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest

from apps.audit.models import Entry
from apps.awards.models import Award
from apps.campaigns.models import Campaign
from apps.integrity.prize_ranks import stands_among_them
from apps.ranking.models import Result


class Viewer:
    """user: somebody with a role. waiting: how much waits for them; None where it was not counted."""

    waiting: int | None = None

    def __init__(self, user: Any) -> None:
        self.user = user
        self.username: str = user.get_username()
        self.employee_id: int | None = user.employee_id

    @classmethod
    def of(cls, request: HttpRequest) -> "Viewer":
        """The same one for all that a page asks."""
        found: Viewer | None = getattr(request, "console_viewer", None)
        if found is None:
            found = cls(request.user)
            request.console_viewer = found  # type: ignore[attr-defined]
        return found

    def may(self, permission: str) -> bool:
        return bool(self.user.has_perm(permission))

    @cached_property
    def stands_in(self) -> frozenset[int]:
        """Campaigns with a provisional result that names them where a prize is at stake."""
        if self.employee_id is None:
            return frozenset()
        return frozenset(
            result.campaign_id for result in newest_results() if stands_among_them(self.user, result)
        )

    @cached_property
    def wins_in(self) -> frozenset[int]:
        """Campaigns with an award of theirs."""
        if self.employee_id is None:
            return frozenset()
        return frozenset(Award.objects.filter(employee=self.employee_id).values_list("campaign", flat=True))

    @cached_property
    def too_late_for(self) -> frozenset[int]:
        """Provisional campaigns whose deadline had passed when they became an approver, by the log."""
        provisional = Campaign.objects.filter(state=Campaign.State.PROVISIONAL)
        keys = {f"campaign {slug}": pk for slug, pk in provisional.values_list("slug", "pk")}
        entries = Entry.objects.filter(subject__in=keys, action="campaign settling").only(
            "subject", "details"
        )
        return frozenset(
            keys[entry.subject]
            for entry in entries
            if "approvers" in entry.details and self.user.pk not in dict(entry.details["approvers"])
        )


def newest_results() -> list[Result]:
    """The newest version of every provisional campaign."""
    provisional = Result.objects.filter(campaign__state=Campaign.State.PROVISIONAL)
    newest = provisional.select_related("campaign", "run").order_by("campaign_id", "-version")
    return list(newest.distinct("campaign_id"))
