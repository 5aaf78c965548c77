"""Objections: employees say what is wrong, to their own count or in confidence to a prize place; HR answers.

Upholding one is a decision by two people (apps.integrity.decisions) that names it.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from apps.audit.services import record
from apps.campaigns.divisions import NO_DIVISION
from apps.campaigns.models import Campaign
from apps.directory.models import Employee, User
from apps.integrity.hold import hold
from apps.integrity.models import Notice, Objection
from apps.integrity.notices import tell
from apps.integrity.prize_ranks import Bounds, holders, stands_among_them
from apps.integrity.refusals import Refused
from apps.ranking.models import FixedEmployee, Result, Standing
from apps.ranking.services import latest_result
from bonus_tracker.formats import instant

About, State = Objection.About, Objection.State
MOST_CLAIMED = 10_000  # contacts
LONGEST_TEXT = 4_000  # characters


@transaction.atomic
def object_to(
    campaign: Campaign,
    employee: Employee,
    text: str,
    *,
    now: datetime,
    actor: str,
    contacts_claimed: int | None = None,
    place_of: Employee | None = None,
) -> Objection:
    """Take an objection: to one's own count with the number of contacts that should count too, or to a place.

    Raises Refused.
    """
    campaign = hold(campaign)
    result = latest_result(campaign)
    _check_time(campaign, now)
    assert result is not None
    if campaign.objections.filter(employee=employee, state=State.OPEN).exists():
        raise Refused(_("Your last objection is still open; wait for its answer, or withdraw it."))
    _check_content(result, employee, text, contacts_claimed, place_of)
    objection = Objection.objects.create(
        campaign=campaign,
        number=(campaign.objections.aggregate(last=Max("number"))["last"] or 0) + 1,
        employee=employee,
        about=About.PLACE if place_of else About.OWN_COUNT,
        contacts_claimed=contacts_claimed,
        place_of=place_of,
        text=text.strip(),
        made_at=now,
    )
    _note("objection made", objection, actor, now, made_details(objection))
    return objection


def made_details(objection: Objection) -> dict[str, Any]:
    """As the log says it. Words may name people, so they are there as a hash alone, until they are erased."""
    return {
        "about": str(objection.about),
        "contacts claimed": objection.contacts_claimed,
        "employee": objection.employee.number,
        "place of": objection.place_of.number if objection.place_of else None,
    } | _hashed("text sha256", objection.text)


def closed_details(objection: Objection) -> dict[str, Any]:
    return _hashed("answer sha256", objection.answer)


def _hashed(name: str, text: str) -> dict[str, str]:
    return {name: hashlib.sha256(text.encode()).hexdigest()} if text else {}


def is_open_for_objections(campaign: Campaign, *, now: datetime) -> bool:
    provisional = campaign.state == Campaign.State.PROVISIONAL and not campaign.is_rehearsal
    return provisional and now < campaign.objections_end_at


def _check_time(campaign: Campaign, now: datetime) -> None:
    if campaign.is_rehearsal or campaign.state != Campaign.State.PROVISIONAL:
        raise Refused(_("Objections are possible while the result is provisional."))
    if now >= campaign.objections_end_at:
        raise Refused(_("Objections were possible until %s.") % instant(campaign.objections_end_at))


def _check_content(
    result: Result, employee: Employee, text: str, claimed: int | None, place_of: Employee | None
) -> None:
    if not text.strip():
        raise Refused(_("Say what is wrong."))
    if len(text) > LONGEST_TEXT:
        raise Refused(_("Say it in at most %d characters.") % LONGEST_TEXT)
    if (claimed is None) == (place_of is None):
        raise Refused(_("Object either to your own count or to a place."))
    if claimed is not None and not 1 <= claimed <= MOST_CLAIMED:
        raise Refused(_("Say how many more contacts should count: from 1 to %d.") % MOST_CLAIMED)
    if place_of == employee:
        raise Refused(_("Of your own count, say how many contacts are missing."))
    if place_of is not None and place_of.pk not in holders(result):
        raise Refused(_("Only places that win a prize can be objected to."))


@transaction.atomic
def withdraw(objection: Objection, *, now: datetime, actor: str) -> None:
    """At the employee's own wish. Raises Refused."""
    _close(objection, State.WITHDRAWN, now=now, actor=actor)


@transaction.atomic
def refuse(objection: Objection, *, answer: str, by: User, now: datetime) -> None:
    """Answer that nothing changes; the employee reads why. Raises Refused."""
    if not answer.strip():
        raise Refused(_("Write the answer; the employee reads it."))
    result = latest_result(objection.campaign)
    assert result is not None
    if by.employee_id is not None and by.employee_id in (objection.employee_id, objection.place_of_id):
        raise Refused(_("It concerns you, so somebody else must decide."))
    if stands_among_them(by, result):
        raise Refused(_("You stand where a prize is at stake, so somebody else must decide."))
    _close(objection, State.REFUSED, now=now, actor=by.get_username(), answer=answer.strip(), by=by)
    tell(objection.employee_id, objection.campaign, Notice.Kind.ANSWERED, now, objection=objection.number)


def _close(
    objection: Objection, state: str, *, now: datetime, actor: str, answer: str = "", by: User | None = None
) -> None:
    hold(objection.campaign)
    open_ones = Objection.objects.filter(pk=objection.pk, state=State.OPEN)
    if not open_ones.update(state=state, answer=answer, answered_by=by, answered_at=now):
        raise Refused(_("This objection is answered already."))
    objection.answer = answer
    _note(f"objection {state}", objection, actor, now, closed_details(objection))


def could_change_prizes(objections: Iterable[Objection], result: Result) -> list[Objection]:
    """Those of them that, granted in full or in part, could change who gets which prize."""
    objections = list(objections)
    if not objections:
        return []
    holding, bounds = holders(result), Bounds.of(result)
    who = [each.employee_id for each in objections]
    own = {each.employee_id: each for each in Standing.objects.filter(run=result.run_id, employee__in=who)}
    fixed = FixedEmployee.objects.filter(campaign=result.campaign_id, employee__in=who)
    divisions = dict(fixed.values_list("employee_id", "division"))

    def could_change(each: Objection) -> bool:
        """Who takes no part has no division; what is granted them changes nobody's prize."""
        more, division = each.contacts_claimed, divisions.get(each.employee_id, NO_DIVISION)
        return bool(more) and bounds.could_change(own.get(each.employee_id), more or 0, division)

    return [each for each in objections if each.place_of_id in holding or could_change(each)]


def _note(action: str, objection: Objection, actor: str, now: datetime, details: dict[str, Any]) -> None:
    """Under a subject of its own: what is evidence about the campaign names nobody who objected."""
    record(
        action,
        actor=actor,
        subject=f"objection {objection.campaign.slug} {objection.number}",
        at=now,
        details=details,
    )
