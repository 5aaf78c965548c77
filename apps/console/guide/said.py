"""What a campaign means, said beside its form while it is typed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.awards.approvals import APPROVALS_NEEDED
from apps.awards.prizes.budget import budget
from apps.campaigns.announcement import Announcement
from apps.campaigns.lifecycle import approvers
from apps.campaigns.models import Campaign
from apps.campaigns.problems import InvalidCampaign
from apps.campaigns.rule import first_date, last_date
from apps.campaigns.services import as_if_saved
from apps.campaigns.sheet_words import Section, sections
from apps.campaigns.validation import warnings
from bonus_tracker.clock import company_zone
from bonus_tracker.formats import day, instant

APPROVED = (Campaign.State.FINAL, Campaign.State.PAID, Campaign.State.VOID)


@dataclass(frozen=True)
class Said:
    """when: what each date means; sheet: the rules sheet in the reader's language; costs: people and budget."""

    when: list[str]
    sheet: list[Section]
    costs: list[str]
    warnings: list[str]


def said(it: Announcement, campaign: Campaign | None, *, is_rehearsal: bool, now: datetime) -> Said | None:
    """None while the dates are so that nothing can be said. campaign: what there is of it already."""
    try:
        with as_if_saved(it, campaign, is_rehearsal=is_rehearsal, now=now) as trial:
            return said_of(trial, now=now)
    except InvalidCampaign:
        return None


def said_of(campaign: Campaign, *, now: datetime) -> Said:
    return Said(
        when=list(when_sentences(campaign)),
        sheet=sections(campaign),
        costs=budget(campaign, now=now).sentences(),
        warnings=all_warnings(campaign, now=now),
    )


def all_warnings(campaign: Campaign, *, now: datetime) -> list[str]:
    """What somebody can still do something about: not of what stays, and not of approvals that were given."""
    rehearses, is_approved = campaign.is_rehearsal, campaign.state in APPROVED
    changeable = not campaign.is_fixed(now=now)
    return [
        *(warnings(Announcement.of(campaign), now=now, is_rehearsal=rehearses) if changeable else ()),
        *(() if rehearses or is_approved else _too_few_approvers(len(approvers()))),
    ]


def _too_few_approvers(there_are: int) -> Iterator[str]:
    if there_are < APPROVALS_NEEDED:
        yield (
            ngettext(
                "Only %d person may approve the result, and two are needed before the deadline passes.",
                "Only %d people may approve the result, and two are needed before the deadline passes.",
                there_are,
            )
            % there_are
        )


def when_sentences(it: Campaign) -> Iterator[str]:
    zone = company_zone()
    first, last = first_date(it.starts_at, zone), last_date(it.deadline, zone)
    days = (last - first).days + 1
    yield ngettext(
        "The first day that counts is %(first)s, the last is %(last)s: %(days)d day.",
        "The first day that counts is %(first)s, the last is %(last)s: %(days)d days.",
        days,
    ) % {"first": day(first), "last": day(last), "days": days}
    if (it.deadline - timedelta(microseconds=1)).astimezone(zone).date() == it.deadline.astimezone(
        zone
    ).date():
        yield _("On the last day only what is written before %s counts.") % instant(it.deadline)
    if it.freeze_at:
        yield _("From %s everybody sees places that stand still; HR goes on seeing the live ones.") % instant(
            it.freeze_at
        )
    else:
        yield _("The board never freezes: everybody sees the live places up to the end.")
    yield _("Late data is waited for until %s; then the provisional result is published.") % instant(
        it.grace_ends_at
    )
    yield _("Everybody may object until %s; after that two people can approve the result.") % instant(
        it.grace_ends_at + timedelta(days=it.objection_days)
    )
