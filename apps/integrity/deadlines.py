"""The one amendment while a campaign runs: a later deadline, by two people, before the deadline."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.activity.sql import note_arrival
from apps.audit.services import record
from apps.campaigns.announcement import Announcement
from apps.campaigns.models import Campaign, LaterDeadline
from apps.campaigns.rules_sheet import keep_sheet, noted
from apps.campaigns.validation import problems
from apps.directory.models import User
from apps.integrity.hold import hold
from apps.integrity.prize_ranks import down_to, last_places
from apps.integrity.refusals import Refused
from apps.ranking.models import Board, Standing
from bonus_tracker.clock import company_zone
from bonus_tracker.formats import limit


def open_proposal(campaign: Campaign) -> LaterDeadline | None:
    return campaign.later_deadlines.filter(confirmed_at=None, rejected_at=None).first()


@transaction.atomic
def propose_deadline(
    campaign: Campaign, deadline: datetime, *, reason: str, proposer: User, now: datetime
) -> LaterDeadline:
    """Raises Refused."""
    campaign = hold(campaign)
    _check_time(campaign, now)
    _check_person(campaign, proposer)
    if open_proposal(campaign):
        raise Refused(_("Another deadline is proposed already; confirm or reject that first."))
    if not reason.strip():
        raise Refused(_("Give the reason; everybody reads it on the board."))
    if deadline <= campaign.deadline:
        raise Refused(
            _("Only a later deadline is possible; this one is not after %s.") % limit(campaign.deadline)
        )
    moved = replace(Announcement.of(campaign), deadline=deadline)
    wrong = [
        each.text for each in problems(moved, zone=company_zone(), now=now) if each.key.startswith("rule")
    ]
    if wrong:
        raise Refused("\n".join(wrong))
    proposal = LaterDeadline.objects.create(
        campaign=campaign,
        deadline_before=campaign.deadline,
        deadline=deadline,
        reason=reason.strip(),
        proposed_by=proposer,
        proposed_at=now,
    )
    _note("later deadline proposed", proposal, proposer, now)
    return proposal


@transaction.atomic
def confirm_deadline(proposal: LaterDeadline, *, confirmer: User, now: datetime) -> None:
    """The second person agrees: the deadline moves at once, and the board says so. Raises Refused."""
    campaign = hold(proposal.campaign)
    proposal = _still_open(proposal)
    _check_time(campaign, now)
    if proposal.proposed_by_id == confirmer.pk:
        raise Refused(_("You have proposed it, so somebody else must confirm it."))
    _check_person(campaign, confirmer)
    LaterDeadline.objects.filter(pk=proposal.pk).update(confirmed_by=confirmer, confirmed_at=now)
    said = {
        "before": _utc(proposal.deadline_before),
        "deadline": _utc(proposal.deadline),
        "at": _utc(now),
        "reason": proposal.reason,
    }
    Campaign.objects.filter(pk=campaign.pk).update(
        deadline=proposal.deadline, amendments=[*campaign.amendments, said]
    )
    note_arrival()
    campaign.refresh_from_db()
    _note("deadline moved", proposal, confirmer, now, noted(keep_sheet(campaign, now=now)))


@transaction.atomic
def reject_deadline(proposal: LaterDeadline, *, by: User, now: datetime) -> None:
    """Say no, or take one's own proposal back; the deadline stays. Raises Refused."""
    hold(proposal.campaign)
    proposal = _still_open(proposal)
    LaterDeadline.objects.filter(pk=proposal.pk).update(rejected_by=by, rejected_at=now)
    _note("later deadline rejected", proposal, by, now)


def _still_open(proposal: LaterDeadline) -> LaterDeadline:
    current = LaterDeadline.objects.select_for_update().get(pk=proposal.pk)
    if current.confirmed_at or current.rejected_at:
        raise Refused(_("This proposal is settled already."))
    return current


def _check_time(campaign: Campaign, now: datetime) -> None:
    if campaign.is_rehearsal:
        raise Refused(_("A rehearsal decides nothing; change its file instead."))
    if campaign.state != Campaign.State.RUNNING or now >= campaign.deadline:
        raise Refused(_("A deadline moves while the campaign runs, before it has passed."))


def _check_person(campaign: Campaign, person: User) -> None:
    """Who stands at a prize now could win by the days that are added, or by their lack."""
    board = Board.objects.filter(campaign=campaign).first()
    if board is None or person.employee_id is None:
        return
    at_places = Standing.objects.filter(down_to(last_places(campaign)), run=board.live_run_id)
    at_a_prize = at_places.filter(employee=person.employee_id)
    if at_a_prize.exists():
        raise Refused(_("You stand where a prize is at stake, so somebody else must decide."))


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()


def _note(
    action: str, proposal: LaterDeadline, actor: User, now: datetime, more: dict[str, Any] | None = None
) -> None:
    record(
        action,
        actor=actor.get_username(),
        subject=f"campaign {proposal.campaign.slug}",
        at=now,
        details={
            "before": _utc(proposal.deadline_before),
            "deadline": _utc(proposal.deadline),
            "reason": proposal.reason,
            **(more or {}),
        },
    )
