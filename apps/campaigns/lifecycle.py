"""A campaign's life, one step at a time: docs/decisions/0004.

The steps that time brings (start, begin_settling, publish_provisional) answer whether this call took
them; called early, late, twice or from two workers at once, they are taken once and when due. The steps
that people take say in one sentence why not (apps.campaigns.problems), and False when they were taken before.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.activity.sql import note_arrival
from apps.audit.models import Entry
from apps.audit.services import record
from apps.campaigns.announcement import Announcement
from apps.campaigns.models import Campaign, OptOut
from apps.campaigns.problems import (
    ContestClosed,
    InvalidCampaign,
    NotDueYet,
    OnlyARehearsal,
    ReasonMissing,
    WrongState,
)
from apps.campaigns.querysets import CampaignQuerySet
from apps.campaigns.rules_sheet import keep_sheet, noted
from apps.campaigns.validation import problems
from apps.directory.models import Employee, User
from bonus_tracker.clock import company_zone
from bonus_tracker.formats import instant

State = Campaign.State
SYSTEM = "system"
APPROVER_PERMISSION = "awards.add_approval"
# What the log names when somebody's access is given or changed.
ACCESS = ["groups", "is_superuser", "is_active"]


def due_campaigns(now: datetime) -> dict[State, CampaignQuerySet]:
    """Which campaigns wait to enter which state; the longest overdue first."""
    oldest_first = Campaign.objects.order_by("deadline", "pk")
    return {
        State.RUNNING: oldest_first.due_to_start(now),
        State.SETTLING: oldest_first.due_to_settle(now),
        State.PROVISIONAL: oldest_first.due_for_a_result(now),
        State.FINAL: oldest_first.due_to_become_final(now),
    }


def start(campaign: Campaign, *, now: datetime) -> bool:
    return _enter(State.RUNNING, campaign, Campaign.objects.due_to_start(now), actor=SYSTEM, now=now)


def begin_settling(campaign: Campaign, *, now: datetime) -> bool:
    """The deadline has passed; from here on, only what arrives late is waited for.

    The log says who could approve then: whoever becomes an approver later does not stand for this result.
    """
    if now < campaign.deadline:  # asked every minute
        return False
    due, note = Campaign.objects.due_to_settle(now), {"approvers": _approvers_since_before(campaign.deadline)}
    return _enter(State.SETTLING, campaign, due, actor=SYSTEM, now=now, note=note)


def approvers() -> list[list[Any]]:
    """[id, username] of each who may approve a result now."""
    may = User.objects.with_perm(APPROVER_PERMISSION, backend="django.contrib.auth.backends.ModelBackend")
    return [list(each) for each in may.order_by("pk").values_list("pk", "username")]


def _approvers_since_before(deadline: datetime) -> list[list[Any]]:
    """Without those whose access was changed since: workers that stood still notice a deadline late."""
    access = Entry.objects.filter(at__gte=deadline, details__has_any_keys=ACCESS)
    changed = set(access.filter(subject__startswith="user ").values_list("subject", flat=True))
    return [[pk, name] for pk, name in approvers() if f"user {name}" not in changed]


def publish_provisional(campaign: Campaign, *, now: datetime) -> bool:
    """The caller seals the result in the same transaction."""
    due = Campaign.objects.due_for_a_result(now)
    return _enter(State.PROVISIONAL, campaign, due, actor=SYSTEM, now=now, provisional_at=now)


@transaction.atomic
def schedule(campaign: Campaign, *, actor: str, now: datetime) -> bool:
    """Announce a draft. Raises InvalidCampaign, or WrongState after voiding."""
    campaign.refresh_from_db(from_queryset=Campaign.objects.select_for_update(no_key=True))
    sheet = None
    if campaign.state == State.DRAFT:
        wrong = problems(
            Announcement.of(campaign), zone=company_zone(), now=now, is_rehearsal=campaign.is_rehearsal
        )
        if wrong:
            raise InvalidCampaign(wrong)
        sheet = keep_sheet(campaign, now=now)
    return _by_hand(State.DRAFT, State.SCHEDULED, campaign, actor=actor, now=now, note=noted(sheet))


@transaction.atomic
def make_final(campaign: Campaign, *, now: datetime, actor: str = SYSTEM) -> bool:
    """The caller has checked who approves and what. Raises OnlyARehearsal, NotDueYet, WrongState."""
    campaign.refresh_from_db()
    if campaign.is_rehearsal:
        raise OnlyARehearsal(_("A rehearsal stays provisional; it decides nothing."))
    if campaign.state == State.PROVISIONAL and now < campaign.objections_end_at:
        ends = instant(campaign.objections_end_at)
        raise NotDueYet(_("Objections are open until %s; make it final then.") % ends)
    return _by_hand(State.PROVISIONAL, State.FINAL, campaign, actor=actor, now=now)


@transaction.atomic
def mark_paid(campaign: Campaign, *, now: datetime, actor: str) -> bool:
    """Payroll has confirmed the prizes. Raises WrongState."""
    return _by_hand(State.FINAL, State.PAID, campaign, actor=actor, now=now)


@transaction.atomic
def take_back_paid(campaign: Campaign, *, now: datetime, actor: str) -> bool:
    """A payment came back, so the prizes of a paid campaign are being paid again."""
    return _enter(State.FINAL, campaign, Campaign.objects.filter(state=State.PAID), actor=actor, now=now)


# For apps further right: a sentence that says why a campaign may not be voided, or nothing.
WHY_NOT_VOID: list[Callable[[Campaign], str]] = []


@transaction.atomic
def void_campaign(campaign: Campaign, *, reason: str, now: datetime, actor: str) -> bool:
    """End a campaign without a result, for good. Raises ReasonMissing, or WrongState once money is on its way.

    One that is still a draft was never announced, and stays unknown to employees.
    """
    if not reason.strip():
        raise ReasonMissing(_("Voiding a campaign needs a reason; everybody will read it."))
    Campaign.objects.select_for_update(no_key=True).get(
        pk=campaign.pk
    )  # until then nothing starts to be paid
    for sentence in filter(None, (why_not(campaign) for why_not in WHY_NOT_VOID)):
        raise WrongState(sentence)
    open_ones = Campaign.objects.exclude(state__in=[State.PAID, State.VOID])
    drafts, said = open_ones.filter(state=State.DRAFT), reason.strip()
    if _enter(
        State.VOID, campaign, drafts, actor=actor, now=now, void_reason=said, was_voided_as_draft=True
    ) or _enter(State.VOID, campaign, open_ones, actor=actor, now=now, void_reason=said):
        return True
    if campaign.state == State.PAID:
        raise WrongState(_("Campaign %s is paid; it can no longer be voided.") % campaign.slug)
    return False


@transaction.atomic
def _enter(
    state: State,
    campaign: Campaign,
    where: CampaignQuerySet,
    *,
    actor: str,
    now: datetime,
    note: dict[str, Any] | None = None,
    **values: Any,
) -> bool:
    """Change the state if the campaign is still among `where`; the row decides, not what the caller holds.

    values: further columns; note: what else the log says, beside what all of them were before and are now.
    """
    row = where.filter(pk=campaign.pk).select_for_update(no_key=True)
    before = row.values("state", *values).first()  # held until this transaction ends
    if before is not None:
        Campaign.objects.filter(pk=campaign.pk).update(state=state, **values)
        record(
            f"campaign {state.value}",
            actor=actor,
            subject=f"campaign {campaign.slug}",
            at=now,
            details={key: str(value) for key, value in values.items()}
            | (note or {})
            | {"promised": Announcement.of(campaign).promised()}
            | {"before": _plain(before), "after": _plain({"state": state.value, **values})},
        )
    campaign.refresh_from_db()
    return before is not None


def _plain(columns: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value if value is None or isinstance(value, bool) else str(value)
        for name, value in columns.items()
    }


LIFE = (
    State.DRAFT,
    State.SCHEDULED,
    State.RUNNING,
    State.SETTLING,
    State.PROVISIONAL,
    State.FINAL,
    State.PAID,
)


def _by_hand(
    source: State,
    target: State,
    campaign: Campaign,
    *,
    actor: str,
    now: datetime,
    note: dict[str, Any] | None = None,
) -> bool:
    if _enter(target, campaign, Campaign.objects.filter(state=source), actor=actor, now=now, note=note):
        return True
    if campaign.state in LIFE[LIFE.index(target) :]:
        return False
    raise WrongState(
        _("Campaign %(slug)s is %(state)s; only a %(source)s one becomes %(target)s.")
        % {
            "slug": campaign.slug,
            "state": campaign.get_state_display(),
            "source": source.label,
            "target": target.label,
        }
    )


@transaction.atomic
def leave_contest(campaign: Campaign, employee: Employee, now: datetime, *, actor: str = "") -> bool:
    """Take somebody off the board, at their wish; True when they were on it. Raises ContestClosed."""
    _refuse_when_closed(campaign, now)
    _, left = OptOut.objects.get_or_create(campaign=campaign, employee=employee, defaults={"left_at": now})
    if left:
        _note("contest left", campaign, employee, actor, now, takes_part=False)
    return left


@transaction.atomic
def rejoin_contest(campaign: Campaign, employee: Employee, now: datetime, *, actor: str = "") -> bool:
    """Undo leaving; all days count again. True when they had left. Raises ContestClosed."""
    _refuse_when_closed(campaign, now)
    deleted, _by_model = OptOut.objects.filter(campaign=campaign, employee=employee).delete()
    if deleted:
        _note("contest rejoined", campaign, employee, actor, now, takes_part=True)
    return bool(deleted)


def is_open_to_choice(campaign: Campaign, *, now: datetime) -> bool:
    """Whether people may still leave the contest and come back."""
    return campaign.state in {State.SCHEDULED, State.RUNNING} and now < campaign.deadline


def _refuse_when_closed(campaign: Campaign, now: datetime) -> None:
    current = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    if not is_open_to_choice(current, now=now):
        raise ContestClosed(_("Leaving and coming back are possible from the announcement to the deadline."))


def _note(
    action: str, campaign: Campaign, employee: Employee, actor: str, now: datetime, *, takes_part: bool
) -> None:
    note_arrival()
    record(
        action,
        actor=actor or employee.number,
        subject=f"employee {employee.number}",
        at=now,
        details={
            "campaign": campaign.slug,
            "before": {"takes part": not takes_part},
            "after": {"takes part": takes_part},
        },
    )
