"""Two people stand for a result."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from apps.audit.services import record
from apps.awards.models import Approval, Award
from apps.campaigns import lifecycle
from apps.campaigns.models import Campaign
from apps.directory.models import User
from apps.integrity.hold import hold
from apps.ranking.models import Result
from apps.ranking.services import latest_result
from bonus_tracker.clock import company_zone

APPROVALS_NEEDED = 2


class NotApprovable(Exception):
    """The result cannot be approved now or by this person; the sentence says why."""


@transaction.atomic
def approve(result: Result, approver: User, *, now: datetime, comment: str = "") -> bool:
    """Add one person's approval; the second one makes the result final and its awards approved.

    Returns whether this approval made it final. Doing it again is harmless. Raises NotApprovable.
    """
    campaign = hold(result.campaign)
    if result.approvals.filter(approver=approver).exists():
        return False
    _check_approvable(campaign, result, approver, now)
    Approval.objects.create(result=result, approver=approver, comment=comment, at=now)
    record(
        "result approved",
        actor=approver.get_username(),
        subject=f"campaign {campaign.slug}",
        at=now,
        details={"version": result.version, "sha256": result.sha256, "comment": comment},
    )
    if result.approvals.count() < APPROVALS_NEEDED:
        return False
    lifecycle.make_final(campaign, now=now, actor=approver.get_username())
    result.awards.update(state=Award.State.APPROVED)
    return True


def _check_approvable(campaign: Campaign, result: Result, approver: User, now: datetime) -> None:
    if campaign.is_rehearsal:
        raise NotApprovable(_("A rehearsal is never approved."))
    if campaign.state != Campaign.State.PROVISIONAL:
        raise NotApprovable(
            _("The campaign is %s; only a provisional result is approved.") % campaign.get_state_display()
        )
    if result != latest_result(campaign):
        raise NotApprovable(_("There is a newer version of the result; approve that one."))
    if now < campaign.objections_end_at:
        ends = campaign.objections_end_at.astimezone(company_zone())
        raise NotApprovable(_("Objections are open until %s; approve it then.") % f"{ends:%Y-%m-%d %H:%M %Z}")
    if not approver.is_active or not approver.has_perm("awards.add_approval"):
        raise NotApprovable(_("You may not approve results."))
    if approver.employee_id and result.awards.filter(employee=approver.employee_id).exists():
        raise NotApprovable(_("You stand among the winners, so somebody else must approve."))
