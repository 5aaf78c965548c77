"""Two people stand for a result."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from apps.audit.services import record
from apps.awards.models import Approval, Award
from apps.awards.prizes.proposing import propose_awards
from apps.campaigns.models import Campaign
from apps.directory.models import User
from apps.integrity.approvers import doubts
from apps.integrity.blockers import MISSING_APPROVALS, Blocker, blockers
from apps.integrity.hold import hold
from apps.integrity.outcome import make_final
from apps.ranking.models import Result
from apps.ranking.services import latest_result

logger = logging.getLogger(__name__)


class NotApprovable(Exception):
    """The result cannot be approved now or by this person; the sentence says why."""


@transaction.atomic
def approve(result: Result, approver: User, *, now: datetime, comment: str = "") -> bool:
    """Add one person's approval; the second one makes the result final and its awards approved.

    Returns whether this approval made it final. Doing it again is harmless. Raises NotApprovable, with every
    reason that keeps the result from being final.
    """
    campaign = hold(result.campaign)
    propose_awards(campaign, now=now)  # of a version that no tick has seen yet
    if result.approvals.filter(approver=approver).exists():
        return False
    _check_approvable(campaign, result, approver, now)
    Approval.objects.create(result=result, approver=approver, comment=comment, at=now)
    record(
        "result approved",
        actor=approver.get_username(),
        subject=f"campaign {campaign.slug}",
        at=now,
        details={
            "version": result.version,
            "sha256": result.sha256,
            "comment": comment,
            "before": {"approvals": result.approvals.count() - 1},
            "after": {"approvals": result.approvals.count()},
        },
    )
    found = make_final(result, by=approver, now=now)
    _raise_for(found, campaign)
    if found:
        return False
    _approve_awards(result, approver, now)
    return True


def _raise_for(found: list[Blocker], campaign: Campaign) -> None:
    """For what another approval cannot mend; this one is undone, so that both can approve when it is mended."""
    if stop := [blocker.text for blocker in found if blocker.name != MISSING_APPROVALS]:
        logger.warning("%s cannot become final: %s", campaign.slug, " ".join(stop))
        raise NotApprovable("\n".join(stop))


def _approve_awards(result: Result, approver: User, now: datetime) -> None:
    """The log gets their states before and after, and how many and how much they are together."""
    sums = (
        result.awards.order_by("currency")
        .values("currency")
        .annotate(awards=Count("pk"), net=Sum("net_amount"))
    )
    together = {
        "awards": sum(each["awards"] for each in sums),
        "net": [f"{each['net']} {each['currency']}" for each in sums],
    }
    states = sorted(set(result.awards.values_list("state", flat=True)))
    if not states:
        return
    result.awards.update(state=Award.State.APPROVED)
    record(
        "awards approved",
        actor=approver.get_username(),
        subject=f"campaign {result.campaign.slug}",
        at=now,
        details={
            "version": result.version,
            "before": {"state": states, **together},
            "after": {"state": [Award.State.APPROVED.value], **together},
        },
    )


def _check_approvable(campaign: Campaign, result: Result, approver: User, now: datetime) -> None:
    if campaign.is_rehearsal:
        raise NotApprovable(_("A rehearsal is never approved."))
    if campaign.state != Campaign.State.PROVISIONAL:
        raise NotApprovable(
            _("The campaign is %s; only a provisional result is approved.") % campaign.get_state_display()
        )
    if result != latest_result(campaign):
        raise NotApprovable(_("There is a newer version of the result; approve that one."))
    for doubt in doubts(approver, result):
        raise NotApprovable(doubt.text)
    _raise_for(blockers(campaign, now=now), campaign)
