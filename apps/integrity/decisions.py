"""Decide about a provisional result: one proposes, another confirms, and the next version is sealed.

A version is computed from the fixed input and the decisions that stand, never from what is recorded now.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from apps.audit.services import record
from apps.campaigns.models import Campaign
from apps.directory.models import User
from apps.integrity.differences import Difference, difference, preview
from apps.integrity.drafts import Draft
from apps.integrity.hold import hold
from apps.integrity.models import Decision, Notice, Objection
from apps.integrity.notices import tell
from apps.integrity.prize_ranks import stands_among_them
from apps.integrity.refusals import Refused
from apps.ranking.corrections import Correction
from apps.ranking.models import Board, Result
from apps.ranking.sealing import seal
from apps.ranking.services import latest_result

Kind = Decision.Kind
WITHOUT_EFFECT = (Kind.GAP,)  # on the ranking


@transaction.atomic
def propose(draft: Draft, *, proposer: User, now: datetime) -> Decision:
    """Write down what one person wants decided. Raises Refused."""
    campaign = hold(draft.campaign)
    decision = _written(draft, _checked(draft, campaign, proposer), proposer, now)
    decision.save()
    _note("decision proposed", decision, proposer, now, said_of(decision))
    return decision


def preview_of_draft(draft: Draft, *, proposer: User, now: datetime) -> Difference:
    """What it would change about the newest version, were it proposed and confirmed now; nothing is written.

    Raises Refused as `propose` does.
    """
    result = _checked(draft, draft.campaign, proposer)
    return preview(result, corrections_of(_with(_written(draft, result, proposer, now))))


def _checked(draft: Draft, campaign: Campaign, proposer: User) -> Result:
    result = _provisional(campaign)
    _check_person(proposer, draft.employee_id, result)
    draft.check(result, standing(campaign))
    return result


def _written(draft: Draft, result: Result, proposer: User, now: datetime) -> Decision:
    return Decision(
        campaign=result.campaign,
        number=_next_number(result.campaign),
        kind=draft.kind,
        employee=draft.employee,
        corrections=draft.corrections(),
        facts=draft.facts(result),
        source=draft.source,
        objection=draft.objection,
        undoes=draft.undoes,
        reason=draft.reason.strip(),
        evidence=draft.evidence.strip(),
        proposed_by=proposer,
        proposed_at=now,
    )


@transaction.atomic
def confirm(decision: Decision, *, confirmer: User, seen_version: int, now: datetime) -> Result | None:
    """The second person agrees; what was decided counts from the next version on, which is sealed here.

    seen_version: the version that the preview was shown over. Returns the new version, or None when it
    changes no ranking. Raises Refused.
    """
    campaign = hold(decision.campaign)
    result = _provisional(campaign)
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    _check_confirmable(decision, confirmer, result, seen_version)
    decision.confirmed_by, decision.confirmed_at = confirmer, now
    version = None
    if decision.kind not in WITHOUT_EFFECT:
        decision.save(update_fields=["confirmed_by", "confirmed_at"])
        version = decision.result = _next_version(campaign, result, confirmer, now)
    decision.save(update_fields=["confirmed_by", "confirmed_at", "result"])
    _note("decision confirmed", decision, confirmer, now, _effect(result, version))
    _close_objection(decision, confirmer, now)
    _tell_employee(decision, now)
    return version


@transaction.atomic
def reject(decision: Decision, *, by: User, reason: str, now: datetime) -> None:
    """Say no to a proposal, or take one's own back; it stays on record. Raises Refused."""
    hold(decision.campaign)
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    if not decision.is_open:
        raise Refused(_("This decision is settled already."))
    result = latest_result(decision.campaign)
    if by.pk != decision.proposed_by_id and result is not None:
        _check_person(by, decision.employee_id, result)
    if not reason.strip():
        raise Refused(_("Give the reason; it stays with the decision."))
    decision.rejected_by, decision.rejected_at, decision.rejection_reason = by, now, reason.strip()
    decision.save(update_fields=["rejected_by", "rejected_at", "rejection_reason"])
    _note("decision rejected", decision, by, now, {"reason": decision.rejection_reason})


def standing(campaign: Campaign) -> list[Decision]:
    """Confirmed and not undone, in the order of their numbers."""
    confirmed = list(campaign.decisions.filter(confirmed_at__isnull=False).order_by("number"))
    undone = {decision.undoes_id for decision in confirmed}
    return [each for each in confirmed if each.kind != Kind.UNDO and each.pk not in undone]


def corrections_of(decisions: Sequence[Decision]) -> list[Correction]:
    """As a version keeps them: each with the number of its decision."""
    return [{"decision": each.number} | part for each in decisions for part in each.corrections]


def preview_of(decision: Decision) -> Difference:
    """What confirming it now would change about the newest version."""
    result = latest_result(decision.campaign)
    assert result is not None
    return preview(result, corrections_of(_with(decision)))


def _with(decision: Decision) -> list[Decision]:
    decided = [each for each in standing(decision.campaign) if each.pk != decision.undoes_id]
    return decided if decision.kind == Kind.UNDO else [*decided, decision]


def _next_version(campaign: Campaign, before: Result, actor: User, now: datetime) -> Result:
    result = seal(
        campaign,
        now=now,
        cutoff=before.cutoff,
        corrections=corrections_of(standing(campaign)),
        actor=actor.get_username(),
    )
    Board.objects.filter(campaign=campaign).update(public_run=result.run, live_run=result.run)
    return result


def _provisional(campaign: Campaign) -> Result:
    result = latest_result(campaign)
    if campaign.is_rehearsal:
        raise Refused(_("A rehearsal decides nothing, so nothing is decided about it."))
    if campaign.state != Campaign.State.PROVISIONAL or result is None:
        raise Refused(
            _("The campaign is %s; decisions are made about a provisional result.")
            % campaign.get_state_display()
        )
    return result


def _check_person(person: User, about: int | None, result: Result) -> None:
    if about is not None and person.employee_id == about:
        raise Refused(_("It concerns you, so somebody else must decide."))
    if stands_among_them(person, result):
        raise Refused(_("You stand where a prize is at stake, so somebody else must decide."))


def _check_confirmable(decision: Decision, confirmer: User, result: Result, seen_version: int) -> None:
    if not decision.is_open:
        raise Refused(_("This decision is settled already."))
    if decision.proposed_by_id == confirmer.pk:
        raise Refused(_("You have proposed it, so somebody else must confirm it."))
    if result.version != seen_version:
        raise Refused(_("There is a newer version of the result; look at the preview again."))
    _check_person(confirmer, decision.employee_id, result)


def _next_number(campaign: Campaign) -> int:
    return (campaign.decisions.aggregate(last=Max("number"))["last"] or 0) + 1


def said_of(decision: Decision) -> dict[str, Any]:
    """For the log: evidence may name people, so it is there as a hash alone."""
    return {
        "kind": str(decision.kind),
        "employee": decision.employee.number if decision.employee else None,
        "corrections": decision.corrections,
        "facts": decision.facts,
        "undoes": decision.undoes.number if decision.undoes else None,
        "objection": decision.objection.number if decision.objection else None,
        "source": decision.source.name if decision.source else None,
        "reason": decision.reason,
        "evidence sha256": hashlib.sha256(decision.evidence.encode()).hexdigest(),
    }


def _effect(before: Result, after: Result | None) -> dict[str, Any]:
    if after is None:
        return {"version": before.version}
    moved = difference(before.run, after.run)
    own = [
        [move.number, move.rank_before, move.rank_after, move.contacts_before, move.contacts_after]
        for move in moved.moves
        if move.is_own
    ]
    return {"version before": before.version, "version": after.version, "moved": moved.moved, "own": own}


def _note(action: str, decision: Decision, actor: User, now: datetime, details: dict[str, Any]) -> None:
    record(
        action,
        actor=actor.get_username(),
        subject=f"campaign {decision.campaign.slug}",
        at=now,
        details={"decision": decision.number} | details,
    )


def _close_objection(decision: Decision, confirmer: User, now: datetime) -> None:
    objection = decision.objection
    if objection is None or objection.state != Objection.State.OPEN:
        return
    objection.state, objection.answer = Objection.State.UPHELD, decision.reason
    objection.answered_by, objection.answered_at = confirmer, now
    objection.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    tell(objection.employee_id, decision.campaign, Notice.Kind.ANSWERED, now, objection=objection.number)


def _tell_employee(decision: Decision, now: datetime) -> None:
    about = decision.undoes if decision.undoes else decision
    if about.employee_id is None:
        return
    kind = Notice.Kind.UNDONE if decision.undoes else Notice.Kind.DECIDED
    tell(about.employee_id, decision.campaign, kind, now, decision=decision.number)
