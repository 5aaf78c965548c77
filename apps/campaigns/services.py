"""Create or change a campaign from an announcement."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from apps.activity.sql import note_arrival
from apps.audit.services import record
from apps.campaigns.announcement import FREE_AFTER_THE_START, Announcement, Change, PrizeLine, changes
from apps.campaigns.divisions import Division
from apps.campaigns.further import DepartmentPrize, Goal, PerContact
from apps.campaigns.models import Campaign, Prize, RulesSheet
from apps.campaigns.problems import CampaignIsFixed, InvalidCampaign
from apps.campaigns.rules_sheet import keep_sheet, noted
from apps.campaigns.validation import problems, warnings
from bonus_tracker.clock import company_zone

State = Campaign.State
CAMPAIGN_LOCK = 0x43414D50  # "CAMP": one announcement of a slug at a time


@dataclass(frozen=True)
class Outcome:
    """What `announce` did; with neither created nor changed, the campaign was so already."""

    campaign: Campaign
    created: bool
    changed: bool
    changes: list[Change]
    warnings: list[str]


@transaction.atomic
def announce(
    announcement: Announcement, *, actor: str, now: datetime, is_rehearsal: bool = False, draft: bool = False
) -> Outcome:
    """Make the campaign of this slug what the announcement says; the same content again changes nothing.

    A new one is scheduled, or a draft when asked. One that has begun keeps rule, dates, prizes and
    participants; a rehearsal may change until its result is sealed, and then begins anew.
    Raises InvalidCampaign with every problem, CampaignIsFixed with one sentence.
    """
    _wait_for_turn(announcement.slug)
    campaign = Campaign.objects.filter(slug=announcement.slug).first()
    changed = changes(Announcement.of(campaign), announcement) if campaign else _everything(announcement)
    state = _next_state(campaign, changed, draft=draft)
    as_asked = campaign and (campaign.state, campaign.is_rehearsal) == (state, is_rehearsal)
    if campaign and as_asked and not changed and draft == (state == State.DRAFT):
        return Outcome(campaign, created=False, changed=False, changes=[], warnings=[])
    if campaign:
        _refuse_what_is_fixed(campaign, changed, is_rehearsal=is_rehearsal, draft=draft, now=now)
    wrong = problems(announcement, zone=company_zone(), now=now, is_rehearsal=is_rehearsal)
    if campaign and campaign.is_fixed(now=now):  # the rest was right when it was announced
        wrong = [problem for problem in wrong if problem.key in FREE_AFTER_THE_START]
    if wrong:
        raise InvalidCampaign(wrong)
    before = _noted(campaign) if campaign else None
    saved = _save(campaign, announcement, state=state, is_rehearsal=is_rehearsal, now=now)
    note_arrival()
    sheet = None if state == State.DRAFT else keep_sheet(saved, now=now)
    _record(saved, before, changed, sheet, actor=actor, now=now)
    return Outcome(
        saved,
        created=campaign is None,
        changed=campaign is not None,
        changes=changed,
        warnings=warnings(announcement, now=now, is_rehearsal=is_rehearsal),
    )


class _Undone(Exception):
    """Ends a trial."""


@contextmanager
def as_if_saved(
    announcement: Announcement, campaign: Campaign | None, *, is_rehearsal: bool, now: datetime
) -> Iterator[Campaign]:
    """The campaign as an announcement would have it, as long as the block runs; nothing of it stays.

    campaign: what there is of it already. Raises InvalidCampaign when the database could not keep it.
    """
    try:
        with transaction.atomic():
            state = campaign.state if campaign else State.DRAFT
            try:
                with transaction.atomic():
                    trial = Campaign.objects.get(pk=campaign.pk) if campaign else None
                    saved = _save(trial, announcement, state=state, is_rehearsal=is_rehearsal, now=now)
            except (IntegrityError, DataError) as error:
                raise InvalidCampaign([]) from error
            yield saved
            raise _Undone
    except _Undone:
        pass


def _wait_for_turn(slug: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [CAMPAIGN_LOCK, slug])
        cursor.execute("SELECT FROM campaigns_campaign WHERE slug = %s FOR UPDATE", [slug])


def _everything(announcement: Announcement) -> list[Change]:
    return [Change(key, None, value) for key, value in announcement.keys().items()]


def _next_state(campaign: Campaign | None, changed: list[Change], *, draft: bool) -> str:
    """A draft is announced; a changed rehearsal begins anew; everything else stays where it is."""
    if campaign is None or campaign.state == State.DRAFT:
        return State.DRAFT if draft else State.SCHEDULED
    if campaign.is_rehearsal and changed and campaign.state in {State.RUNNING, State.SETTLING}:
        return State.SCHEDULED
    return campaign.state


def _refuse_what_is_fixed(
    campaign: Campaign, changed: list[Change], *, is_rehearsal: bool, draft: bool, now: datetime
) -> None:
    words = {"slug": campaign.slug, "state": campaign.get_state_display()}
    if campaign.state != State.DRAFT:
        if campaign.is_rehearsal and not is_rehearsal:
            raise CampaignIsFixed(
                _("Campaign %(slug)s is a rehearsal and stays one; announce the real one under another slug.")
                % words
            )
        if is_rehearsal and not campaign.is_rehearsal:
            raise CampaignIsFixed(
                _("Campaign %(slug)s is real and cannot become a rehearsal; rehearse under another slug.")
                % words
            )
        if draft:
            raise CampaignIsFixed(
                _("Campaign %(slug)s is %(state)s already and no draft; leave out --draft.") % words
            )
    fixed = [change.key for change in changed if change.key not in FREE_AFTER_THE_START]
    if campaign.state == State.VOID or (fixed and campaign.is_fixed(now=now)):
        keys = ", ".join(fixed or [change.key for change in changed])
        raise CampaignIsFixed(
            _(
                "Campaign %(slug)s is %(state)s and what was announced stays, so %(keys)s cannot change; "
                "announce another campaign under another slug."
            )
            % (words | {"keys": keys})
        )


def _save(
    campaign: Campaign | None, announcement: Announcement, *, state: str, is_rehearsal: bool, now: datetime
) -> Campaign:
    saved = campaign or Campaign(created_at=now)
    prizes_change = campaign is None or Announcement.of(campaign).prizes != announcement.prizes
    for name, value in announcement.columns().items():
        setattr(saved, name, value)
    saved.state, saved.is_rehearsal = state, is_rehearsal
    saved.save()
    if prizes_change:
        saved.prizes.all().delete()
        Prize.objects.bulk_create(
            Prize(
                campaign=saved,
                place=p.place,
                net_amount=p.net_amount,
                currency=p.currency,
                min_score=p.min_score,
                division=p.division,
            )
            for p in announcement.prizes
        )
    return saved


def _record(
    saved: Campaign,
    before: dict[str, Any] | None,
    changed: list[Change],
    sheet: RulesSheet | None,
    *,
    actor: str,
    now: datetime,
) -> None:
    record(
        "campaign changed" if before else "campaign created",
        actor=actor,
        subject=f"campaign {saved.slug}",
        at=now,
        details={
            "state": saved.state,
            "rehearsal": saved.is_rehearsal,
            "changes": {
                change.key: [plain(change.before), plain(change.after)] if before else plain(change.after)
                for change in changed
            },
            **noted(sheet),
            "before": before,
            "after": _noted(saved),
        },
    )


def _noted(campaign: Campaign) -> dict[str, Any]:
    return {"state": campaign.state, "promised": Announcement.of(campaign).promised()}


def plain(value: Any) -> Any:
    """As JSON has it: instants and money as text."""
    if isinstance(value, Division):
        return value.as_json()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal | PrizeLine | Goal | PerContact | DepartmentPrize):
        return str(value)
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return value
