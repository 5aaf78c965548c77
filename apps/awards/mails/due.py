"""Who is to be told what by mail, found by state; nothing before everybody concerned could read it on their page."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import F, Max, QuerySet

from apps.awards.models import Approval, Award, Mail
from apps.campaigns.models import Campaign, LaterDeadline
from apps.directory.models import User
from apps.integrity.approvers import doubts
from apps.integrity.models import Decision, FinalResult, Notice
from apps.ranking.models import Result

Kind = Mail.Kind
OLD = timedelta(days=14)  # what is older was read, or is history
BACKEND = "django.contrib.auth.backends.ModelBackend"


class Due(NamedTuple):
    """key: see Mail; with user and kind it is told once. what: of a notice its kind."""

    user: User
    kind: str
    key: str
    campaign: Campaign
    what: str = ""


def due(*, now: datetime) -> Iterator[Due]:
    """Only to people with a sign-in that is open and has an address."""
    yield from _winners()
    yield from _final_winners(now)
    yield from _told(now)
    yield from _second_people()


def _winners() -> Iterator[Due]:
    newest = Award.objects.alias(newest=Max("campaign__results__version")).filter(result__version=F("newest"))
    awards = newest.filter(campaign__state=Campaign.State.PROVISIONAL, campaign__is_rehearsal=False)
    yield from _of_awards(awards, Kind.WON)


def _final_winners(now: datetime) -> Iterator[Due]:
    made = FinalResult.objects.filter(at__gt=now - OLD, campaign__state__in=("final", "paid"))
    awards = Award.objects.filter(result__in=made.values("result")).exclude(state=Award.State.PROPOSED)
    yield from _of_awards(awards, Kind.FINAL)


def _of_awards(awards: QuerySet[Award], kind: str) -> Iterator[Due]:
    winners = awards.select_related("employee__user", "campaign").order_by("pk")
    for award in winners.filter(**_reachable("employee__user")):
        yield Due(award.employee.user, kind, f"campaign {award.campaign_id}", award.campaign)


def _told(now: datetime) -> Iterator[Due]:
    """What waits unread on somebody's page."""
    unread = Notice.objects.filter(seen_at=None, at__gt=now - OLD).exclude(campaign__state="void")
    for notice in (
        unread.filter(**_reachable("employee__user"))
        .select_related("employee__user", "campaign")
        .order_by("pk")
    ):
        yield Due(notice.employee.user, Kind.TOLD, f"notice {notice.pk}", notice.campaign, notice.kind)


def _second_people() -> Iterator[Due]:
    open_decisions = Decision.objects.filter(
        confirmed_at=None, rejected_at=None, campaign__state="provisional"
    )
    for decision in open_decisions.select_related("campaign"):
        for user in _who_may("integrity.change_decision"):
            if user.pk != decision.proposed_by_id and user.employee_id != (decision.employee_id or -1):
                yield Due(user, Kind.SECOND, f"decision {decision.pk}", decision.campaign)
    open_deadlines = LaterDeadline.objects.filter(
        confirmed_at=None, rejected_at=None, campaign__state="running"
    )
    for proposal in open_deadlines.select_related("campaign"):
        for user in _who_may("campaigns.change_campaign"):
            if user.pk != proposal.proposed_by_id:
                yield Due(user, Kind.SECOND, f"later deadline {proposal.pk}", proposal.campaign)
    yield from _second_approvers()


def _second_approvers() -> Iterator[Due]:
    """Once somebody has approved the newest version; never who may not, or stands at a prize."""
    campaigns = Campaign.objects.filter(state="provisional", is_rehearsal=False)
    for result in (
        Result.objects.filter(campaign__in=campaigns)
        .alias(newest=Max("campaign__results__version"))
        .filter(version=F("newest"), approvals__isnull=False)
        .select_related("campaign", "run")
        .distinct()
    ):
        approved = set(Approval.objects.filter(result=result).values_list("approver_id", flat=True))
        for user in _who_may("awards.add_approval"):
            if user.pk not in approved and not any(doubts(user, result)):
                yield Due(user, Kind.SECOND, f"result {result.pk}", result.campaign)


def _who_may(permission: str) -> QuerySet[User]:
    return User.objects.with_perm(permission, backend=BACKEND).filter(**_reachable()).order_by("pk")


def _reachable(user: str = "") -> dict[str, object]:
    prefix = f"{user}__" if user else ""
    return {f"{prefix}is_active": True, f"{prefix}email__contains": "@"}
