"""The winner's check: before a prize is final, people confirm a sample of each winner's contacts.

What was confirmed for a contact holds in later versions too; once a fake was found, all contacts are checked.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils.translation import gettext as _

from apps.activity.models import Contact
from apps.audit.services import record
from apps.campaigns.models import Campaign
from apps.directory.handles import normalise, pseudonym
from apps.directory.models import User
from apps.integrity.hold import hold
from apps.integrity.models import Check, CheckItem, Notice, Tick
from apps.integrity.notices import tell
from apps.integrity.prize_ranks import Stake, stakes, stands_among_them
from apps.integrity.refusals import Refused
from apps.integrity.sampling import drawing_order, sample_size
from apps.ranking.corrections import accounts_of
from apps.ranking.models import Result
from apps.ranking.sealing import sealed_contacts
from apps.ranking.services import latest_result

REVIEWERS_NEEDED = 2
OF_ITEM = ("owner__result__campaign", "owner__employee")
Latest = dict[int, Tick]  # reviewer -> their latest word


@dataclass(frozen=True)
class ItemState:
    """Where one contact stands."""

    item: CheckItem
    is_matched: bool
    ticks: list[Tick]  # the latest of each reviewer

    @property
    def is_fake(self) -> bool:
        return any(tick.how == Tick.How.FAKE for tick in self.ticks)

    @property
    def is_confirmed(self) -> bool:
        return self.is_matched and not self.is_fake and len(self.ticks) >= REVIEWERS_NEEDED


@transaction.atomic
def draw(campaign: Campaign, *, now: datetime) -> list[Check]:
    """Draw the sample of every winner of the newest version, once; everybody else gets []."""
    campaign = hold(campaign)
    result = latest_result(campaign)
    if campaign.state != Campaign.State.PROVISIONAL or campaign.is_rehearsal or result is None:
        return []
    known = set(result.checks.values_list("employee_id", flat=True))
    return [_draw(result, stake, now) for stake in stakes(result) if stake.employee_id not in known]


def _draw(result: Result, stake: Stake, now: datetime) -> Check:
    contacts = sealed_contacts(result, stake.employee_id)
    is_full = _found_fakes(result.campaign, stake.employee_id)
    size = len(contacts) if is_full else sample_size(len(contacts), stake.margin)
    check = Check.objects.create(
        result=result,
        employee_id=stake.employee_id,
        population=len(contacts),
        margin=stake.margin,
        size=size,
        is_full=is_full,
        drawn_at=now,
    )
    _add(check, drawing_order(result.sha256, stake.employee.number, contacts)[:size])
    record(
        "winner's check drawn",
        actor="system",
        subject=f"campaign {result.campaign.slug}",
        at=now,
        details={
            "version": result.version,
            "employee": stake.employee.number,
            "contacts counted": len(contacts),
            "margin": stake.margin,
            "to confirm": size,
        },
    )
    tell(stake.employee_id, result.campaign, Notice.Kind.CHECK, now, version=result.version, contacts=size)
    return check


def states(check: Check) -> list[ItemState]:
    """Every contact of a check in the order of the draw, with what was found of it in any version."""
    return _states(check, check.items.order_by("position"))


def state_of(item: CheckItem) -> ItemState:
    return _states(item.owner, CheckItem.objects.filter(pk=item.pk))[0]


def _states(check: Check, items: QuerySet[CheckItem]) -> list[ItemState]:
    in_any_version = CheckItem.objects.filter(
        owner__employee=check.employee_id,
        owner__result__campaign=check.result.campaign_id,
        contact_id__in=items.values("contact_id"),
    )
    matched = set(in_any_version.filter(matched_at__isnull=False).values_list("contact_id", flat=True))
    found: defaultdict[int, Latest] = defaultdict(dict)
    for tick in (
        Tick.objects.filter(item__in=in_any_version).select_related("item", "reviewer").order_by("id")
    ):
        found[tick.item.contact_id][tick.reviewer_id] = tick
    return [
        ItemState(item, item.contact_id in matched, list(found[item.contact_id].values())) for item in items
    ]


def is_done(check: Check) -> bool:
    return all(state.is_confirmed for state in states(check))


@transaction.atomic
def type_handle(item: CheckItem, *, platform: str, handle: str, actor: str, now: datetime) -> bool:
    """The winner types the handle of a contact; True when it is this contact's. Raises Refused.

    The handle is hashed and kept nowhere; the log has the contact's pseudonym.
    """
    item = CheckItem.objects.select_for_update().select_related(*OF_ITEM).get(pk=item.pk)
    _check_open(item.owner)
    try:
        typed = pseudonym(platform, normalise(handle))
    except ValueError as error:
        raise Refused(str(error)) from error
    contact = Contact.objects.filter(pk=typed.key).first()
    is_same = contact is not None and bytes(contact.digest) == typed.digest
    if is_same and typed.key in accounts_of(item.owner.result, item.contact_id):
        name(item, actor=actor, now=now)
        return True
    CheckItem.objects.filter(pk=item.pk).update(attempts=F("attempts") + 1)
    return False


@transaction.atomic
def name(item: CheckItem, *, actor: str, now: datetime) -> None:
    """Note that the winner has named this contact; once."""
    if CheckItem.objects.filter(pk=item.pk, matched_at=None).update(matched_at=now):
        _note("contact named", item, actor, now)


@transaction.atomic
def tick(item: CheckItem, how: str, *, reviewer: User, now: datetime, note: str = "") -> Tick:
    """One reviewer's word on a contact; a fake makes the check a full one. Raises Refused."""
    hold(item.owner.result.campaign)
    item = CheckItem.objects.select_related(*OF_ITEM).get(pk=item.pk)
    check = item.owner
    _check_open(check)
    if stands_among_them(reviewer, check.result):
        raise Refused(_("You stand where a prize is at stake, so somebody else must review."))
    if how != Tick.How.FAKE and not state_of(item).is_matched:
        raise Refused(_("The winner has not typed the handle of this contact yet."))
    written = Tick.objects.create(item=item, reviewer=reviewer, how=how, note=note.strip(), at=now)
    _note("contact reviewed", item, reviewer.get_username(), now, how=str(how))
    if how == Tick.How.FAKE and not check.is_full:
        _make_full(check, now)
    return written


def _note(action: str, item: CheckItem, actor: str, now: datetime, **more: str) -> None:
    check = item.owner
    details = {
        "version": check.result.version,
        "employee": check.employee.number,
        "contact": str(item.contact_id),
    }
    subject = f"campaign {check.result.campaign.slug}"
    record(action, actor=actor, subject=subject, at=now, details=details | more)


def _make_full(check: Check, now: datetime) -> None:
    contacts = drawing_order(
        check.result.sha256, check.employee.number, sealed_contacts(check.result, check.employee_id)
    )
    known = set(check.items.values_list("contact_id", flat=True))
    _add(check, [contact for contact in contacts if contact not in known])
    Check.objects.filter(pk=check.pk).update(is_full=True, size=len(contacts))
    record(
        "winner's check made full",
        actor="system",
        subject=f"campaign {check.result.campaign.slug}",
        at=now,
        details={
            "version": check.result.version,
            "employee": check.employee.number,
            "to confirm": len(contacts),
        },
    )


def _add(check: Check, contacts: list[int]) -> None:
    last = check.items.aggregate(last=Max("position"))["last"] or 0
    CheckItem.objects.bulk_create(
        CheckItem(owner=check, position=position, contact_id=contact)
        for position, contact in enumerate(contacts, start=last + 1)
    )


def _found_fakes(campaign: Campaign, employee_id: int) -> bool:
    return Tick.objects.filter(
        how=Tick.How.FAKE, item__owner__employee=employee_id, item__owner__result__campaign=campaign
    ).exists()


def _check_open(check: Check) -> None:
    campaign = check.result.campaign
    if campaign.state != Campaign.State.PROVISIONAL or check.result != latest_result(campaign):
        raise Refused(_("This check is closed; only the newest provisional version is checked."))
