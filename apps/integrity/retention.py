"""Drops what its time is over for and no campaign needs; says what would go and what holds the rest."""

from collections.abc import Callable
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from apps.activity import retention
from apps.activity.gate import close_gate
from apps.activity.models import Cut
from apps.activity.parts import Month
from apps.activity.retention import Hold
from apps.activity.unmet import forget_contacts_without_trace
from apps.audit.services import record
from apps.campaigns.models import Campaign
from apps.campaigns.rule import first_date
from apps.integrity.models import Decision
from bonus_tracker.clock import company_zone

State = Campaign.State
OPEN = (State.DRAFT, State.SCHEDULED, State.RUNNING, State.SETTLING, State.PROVISIONAL, State.FINAL)
NOT_SEALED = (State.DRAFT, State.SCHEDULED, State.RUNNING, State.SETTLING)


def holds() -> list[Hold]:
    """Who needs which days: every campaign that is neither paid nor void, or has a decision open.

    A rehearsal needs them until it is sealed; before a start nothing counts, but whose contact was new may matter.
    """
    undecided = Decision.objects.filter(campaign=OuterRef("pk"), confirmed_at=None, rejected_at=None)
    needing = Campaign.objects.filter(
        Q(state__in=NOT_SEALED) | Q(state__in=OPEN, is_rehearsal=False) | Exists(undecided)
    )
    return [_hold(campaign) for campaign in needing.order_by("starts_at", "pk")]


def _hold(campaign: Campaign) -> Hold:
    starts_on = first_date(campaign.starts_at, company_zone())
    asks_who_is_new = campaign.new_contacts_only and campaign.state in NOT_SEALED
    return Hold(f"campaign {campaign.slug}", starts_on, date.min if asks_who_is_new else starts_on)


def preview(*, now: datetime) -> list[str]:
    """A sentence for everything that would go, and for what holds the rest."""
    needed = holds()
    said = []
    for fate in retention.months(needed, now=now):
        about = f"The ledger of {fate.month.name} (about {fate.month.rows:,} rows)"
        said.append(f"{about} stays: {fate.held_by}." if fate.held_by else f"{about} would go.")
    cut, held_by = retention.ties_cut(needed, now=now)
    if cut:
        said.append(f"{retention.ties_before(cut):,} ties that ended before {cut} would go.")
    if held_by:
        said.append(f"Later ties stay: {held_by}." if cut else f"All ties stay: {held_by}.")
    return said


def apply(*, now: datetime, actor: str = "system", goes_on: Callable[[], bool] = lambda: True) -> list[str]:
    """Drop what is due, the oldest first; a sentence for each thing done. Safe at any time, twice, or at once."""
    done = []
    for fate in retention.months(holds(), now=now):
        if fate.held_by or not goes_on():
            continue
        if outcome := _drop_if_still_due(fate.month, now=now, actor=actor):
            done.append(outcome)
    _move_ties_cut(now=now, actor=actor)
    if ties := retention.forget_ties():
        done.append(f"{ties:,} ties were forgotten.")
    if goes_on() and (contacts := _forget_contacts(now)):
        done.append(f"{contacts:,} contacts of whom nothing is known any more were forgotten.")
    return done


@transaction.atomic
def _drop_if_still_due(month: Month, *, now: datetime, actor: str) -> str:
    """Looked at again with everybody kept out: no batch on its way, no campaign about to be announced."""
    close_gate()
    _keep_campaigns_still()
    due = [fate.month.begins for fate in retention.months(holds(), now=now) if not fate.held_by]
    if month.begins not in due:
        return ""
    if not retention.drop_month(month, now=now, actor=actor):
        return f"The ledger of {month.name} is being read; it goes next time."
    return f"The ledger of {month.name} was dropped."


@transaction.atomic
def _move_ties_cut(*, now: datetime, actor: str) -> None:
    close_gate()
    _keep_campaigns_still()
    cut, _held_by = retention.ties_cut(holds(), now=now)
    if cut:
        retention.move_ties_cut(cut, now=now, actor=actor)


def _keep_campaigns_still() -> None:
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE campaigns_campaign, integrity_decision IN SHARE MODE")


def _forget_contacts(now: datetime) -> int:
    """Once after each cut, since it reads the whole ledger."""
    cuts = list(Cut.objects.filter(contacts_forgotten_at=None).values_list("pk", flat=True))
    if not cuts:
        return 0
    gone = forget_contacts_without_trace()
    with transaction.atomic():
        taken = Cut.objects.filter(pk__in=cuts, contacts_forgotten_at=None).update(contacts_forgotten_at=now)
        if taken and gone:
            record(
                "contacts forgotten", actor="system", subject="contacts", at=now, details={"contacts": gone}
            )
    return gone
