"""From a provisional result to awards that two people stand for."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from django.db import transaction
from django.utils.translation import gettext as _

from apps.audit.services import record
from apps.awards.models import Approval, Award
from apps.campaigns import lifecycle
from apps.campaigns.models import Campaign
from apps.directory.models import User
from apps.ranking.models import Result, Standing
from apps.ranking.services import latest_result, lock_campaign
from bonus_tracker.clock import company_zone

APPROVALS_NEEDED = 2
CENT = Decimal("0.01")


class NotApprovable(Exception):
    """The result cannot be approved now or by this person; the sentence says why."""


@transaction.atomic
def propose_awards(campaign: Campaign, *, now: datetime) -> list[Award]:
    """Turn the prizes into proposed awards, once per version of the result.

    Call it twice or from two workers at once: whoever comes first does the work, everyone else gets [].
    A rehearsal gives no awards.
    """
    campaign = _hold(campaign)
    result = latest_result(campaign)
    provisional = campaign.state == Campaign.State.PROVISIONAL
    if campaign.is_rehearsal or not provisional or result is None or result.awards.exists():
        return []
    awards = Award.objects.bulk_create(_awards(result, now))
    for award in awards:
        record(
            "award proposed",
            actor="system",
            subject=f"campaign {campaign.slug}",
            at=now,
            details={
                "employee": award.employee.number,
                "place": award.place,
                "shared by": award.shared_by,
                "net": f"{award.net_amount} {award.currency}",
                "version": result.version,
            },
        )
    return awards


def _hold(campaign: Campaign) -> Campaign:
    """The campaign as it is now; until the transaction ends nobody seals, voids or changes it.

    The row comes before the audit log, as everywhere: who held the log and waited for the row, and who held
    the row and waited for the log, would wait in a circle.
    """
    lock_campaign(campaign)
    return Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)


def _awards(result: Result, now: datetime) -> Iterator[Award]:
    """Equals by rank are told apart by conversation days; who is still equal shares the places and their prizes."""
    prizes = {prize.place: prize for prize in result.campaign.prizes.all()}
    best = (
        Standing.objects.filter(run=result.run_id, rank__lte=max(prizes, default=0))
        .select_related("employee")
        .order_by("rank", "-conversation_days", "employee__number")
    )
    place = 1
    for _key, group in groupby(best, key=lambda standing: (standing.rank, standing.conversation_days)):
        equals = list(group)
        won = [prizes[p] for p in range(place, place + len(equals)) if p in prizes]
        shares = split_evenly(sum((prize.net_amount for prize in won), Decimal(0)), len(equals))
        for standing, share in zip(equals, shares, strict=True):
            if share:
                yield Award(
                    campaign=result.campaign,
                    result=result,
                    employee=standing.employee,
                    place=place,
                    shared_by=len(equals),
                    net_amount=share,
                    currency=won[0].currency,
                    created_at=now,
                )
        place += len(equals)


def split_evenly(amount: Decimal, people: int) -> list[Decimal]:
    """Shares to the cent that add up to `amount`; the first ones get the cents that are left over."""
    cents = int(amount / CENT)
    share, left_over = divmod(cents, people)
    return [CENT * (share + (1 if n < left_over else 0)) for n in range(people)]


@transaction.atomic
def approve(result: Result, approver: User, *, now: datetime, comment: str = "") -> bool:
    """Add one person's approval; the second one makes the result final and its awards approved.

    Returns whether this approval made it final. Doing it again is harmless. Raises NotApprovable.
    """
    campaign = _hold(result.campaign)
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
