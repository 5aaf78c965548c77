"""Who is to be told what by mail, found by state; nothing before everybody concerned could read it on their page."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import F, Max, Q, QuerySet

from apps.awards.models import Approval, Award, Mail
from apps.campaigns.models import Campaign, LaterDeadline
from apps.directory.models import User
from apps.directory.queries import employed_on
from apps.integrity.approvers import doubts
from apps.integrity.models import Decision, FinalResult, Notice
from apps.ranking.models import Result
from bonus_tracker.clock import company_zone

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
    """Only to people with a sign-in that is open and has an address; that of who has left is closed."""
    today = now.astimezone(company_zone()).date()
    yield from _winners(today)
    yield from _final_winners(now, today)
    yield from _told(now, today)
    yield from _second_people(today)


def _winners(today: date) -> Iterator[Due]:
    newest = Award.objects.alias(newest=Max("campaign__results__version")).filter(result__version=F("newest"))
    awards = newest.filter(campaign__state=Campaign.State.PROVISIONAL, campaign__is_rehearsal=False)
    yield from _of_awards(awards, Kind.WON, today)


def _final_winners(now: datetime, today: date) -> Iterator[Due]:
    made = FinalResult.objects.filter(at__gt=now - OLD, campaign__state__in=("final", "paid"))
    awards = Award.objects.filter(result__in=made.values("result")).exclude(state=Award.State.PROPOSED)
    yield from _of_awards(awards, Kind.FINAL, today)


def _of_awards(awards: QuerySet[Award], kind: str, today: date) -> Iterator[Due]:
    winners = awards.select_related("employee__user", "campaign").order_by("pk")
    for award in winners.filter(_reachable(today)):
        yield Due(award.employee.user, kind, f"campaign {award.campaign_id}", award.campaign)


def _told(now: datetime, today: date) -> Iterator[Due]:
    """What waits unread on somebody's page."""
    unread = Notice.objects.filter(seen_at=None, at__gt=now - OLD).exclude(campaign__state="void")
    for notice in (
        unread.filter(_reachable(today)).select_related("employee__user", "campaign").order_by("pk")
    ):
        yield Due(notice.employee.user, Kind.TOLD, f"notice {notice.pk}", notice.campaign, notice.kind)


def _second_people(today: date) -> Iterator[Due]:
    open_decisions = Decision.objects.filter(
        confirmed_at=None, rejected_at=None, campaign__state="provisional"
    )
    for decision in open_decisions.select_related("campaign"):
        for user in _who_may("integrity.change_decision", today):
            if user.pk != decision.proposed_by_id and user.employee_id != (decision.employee_id or -1):
                yield Due(user, Kind.SECOND, f"decision {decision.pk}", decision.campaign)
    open_deadlines = LaterDeadline.objects.filter(
        confirmed_at=None, rejected_at=None, campaign__state="running"
    )
    for proposal in open_deadlines.select_related("campaign"):
        for user in _who_may("campaigns.change_campaign", today):
            if user.pk != proposal.proposed_by_id:
                yield Due(user, Kind.SECOND, f"later deadline {proposal.pk}", proposal.campaign)
    yield from _second_approvers(today)


def _second_approvers(today: date) -> Iterator[Due]:
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
        for user in _who_may("awards.add_approval", today):
            if user.pk not in approved and not any(doubts(user, result)):
                yield Due(user, Kind.SECOND, f"result {result.pk}", result.campaign)


def _who_may(permission: str, today: date) -> QuerySet[User]:
    open_ones = Q(is_active=True, email__contains="@") & (
        Q(employee=None) | Q(employee__in=employed_on(today))
    )
    return User.objects.with_perm(permission, backend=BACKEND).filter(open_ones).order_by("pk")


def _reachable(today: date) -> Q:
    """Of what concerns an employee: whether a mail reaches somebody who can still sign in."""
    is_open = Q(employee__user__is_active=True, employee__user__email__contains="@")
    return is_open & Q(employee__in=employed_on(today))
