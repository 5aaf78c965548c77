"""Reads one employee's contacts for a campaign and judges them: now, a day ago, and at the deadline.

Until the input is fixed the ties answer; from then on the fixed input does, and nothing else. Between a
deadline in the middle of a day and the fixing of the input, that day is still counted as a whole. A
campaign that was called off stays as it was last ranked.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from apps.activity import models as activity
from apps.activity.fields import DAYS_REMEMBERED, Days
from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule, first_date, last_date
from apps.directory.models import AccountOwner, Employment
from apps.leaderboard import sql
from apps.leaderboard.contacts import Contact, Terms, TieRow, active_people, judge
from apps.ranking.instant import next_midnight
from apps.ranking.models import Board, FixedContact, FixedEmployee, FixedTie
from apps.ranking.services import ContactFacts, contact_facts, takes_part
from bonus_tracker import clock

State = Campaign.State


class Stage(StrEnum):
    """How far the counting is: what a score means to whoever reads it."""

    AHEAD = "ahead"  # counting has not begun
    LIVE = "live"
    SETTLING = "settling"  # the deadline has passed, late data may still arrive
    SEALED = "sealed"
    CALLED_OFF = "called_off"  # as it stood when the campaign was last ranked


@dataclass(frozen=True)
class Picture:
    """An employee's contacts and what they amount to."""

    contacts: list[Contact]
    terms: Terms
    score: int
    sure_at_deadline: int  # active at the deadline even if nobody writes again
    gained: list[frozenset[int]]  # accounts of contacts that became active since yesterday
    lost: list[frozenset[int]]
    stage: Stage

    @property
    def is_live(self) -> bool:
        """Whether a message written now can change something for the employee."""
        return self.stage == Stage.LIVE and self.terms.is_open

    @cached_property
    def names(self) -> dict[int, tuple[str, str]]:
        """(masked hint, platform) of each contact by its `contact_id`; hints that are alike are numbered."""
        found = hints(contact.contact_id for contact in self.contacts)
        alike = Counter(found.values())
        met: Counter[tuple[str, str]] = Counter()
        for contact_id, (hint, platform) in sorted(found.items()):
            if alike[hint, platform] > 1:
                met[hint, platform] += 1
                found[contact_id] = (f"{hint} · {met[hint, platform]}", platform)
        return found


class Reason(NamedTuple):
    """Why a contact is left out: set aside by HR, or one of the staff since a date."""

    set_aside: bool
    joined_on: date | None


def stage_of(campaign: Campaign, *, now: datetime) -> Stage:
    """By the dates, even before the next tick takes the campaign's state there."""
    if campaign.state == State.VOID:
        return Stage.CALLED_OFF
    if campaign.state in (State.PROVISIONAL, State.FINAL, State.PAID):
        return Stage.SEALED
    if now >= campaign.deadline:
        return Stage.SETTLING
    return Stage.LIVE if now >= campaign.starts_at else Stage.AHEAD


def picture(campaign: Campaign, employee_id: int, *, now: datetime) -> Picture:
    """Of who takes no part nothing lapses or is near, for nothing depends on what they write."""
    stage = stage_of(campaign, now=now)
    if stage == Stage.SEALED or (stage == Stage.CALLED_OFF and campaign.results.exists()):
        return _sealed_picture(campaign, employee_id, stage)
    as_of = _last_ranked(campaign) if stage == Stage.CALLED_OFF else live_instant(campaign, now)
    return _open_picture(campaign, employee_id, as_of, stage)


def _open_picture(campaign: Campaign, employee_id: int, as_of: datetime, stage: Stage) -> Picture:
    ties = [
        TieRow(*row)
        for row in activity.Tie.objects.filter(employee_id=employee_id).values_list(
            "contact_id",
            "anchor",
            Days("recent_sent", "earlier_sent"),
            Days("recent_received", "earlier_received"),
        )
    ]
    zone = clock.company_zone()
    deadline_last = last_date(campaign.deadline, zone)
    terms = Terms(
        rule=Rule.of(campaign),
        starts_on=first_date(campaign.starts_at, zone),
        last=last_date(as_of, zone),
        deadline_last=deadline_last,
        employed=_employments(employee_id),
        is_open=stage in (Stage.AHEAD, Stage.LIVE) and takes_part(campaign, employee_id, as_of=as_of),
    )
    yesterday = terms.at(terms.last - timedelta(days=1))
    instants = [as_of, _midnight_before(as_of), campaign.deadline]
    facts, facts_before, facts_at_deadline = contact_facts(campaign, employee_id, instants)
    contacts = judge(ties, facts, terms)
    active = {frozenset(contact.accounts) for contact in contacts if contact.is_active}
    before = active_people(ties, facts_before, yesterday)
    sure = active_people(ties, facts_at_deadline, terms.at(deadline_last))
    gained, lost = active - before, before - active
    return Picture(
        contacts, terms, len(active), len(sure), sorted(gained, key=sorted), sorted(lost, key=sorted), stage
    )


def live_instant(campaign: Campaign, now: datetime) -> datetime:
    """The instant the live score describes: the coming midnight, at most the deadline."""
    return min(next_midnight(now), campaign.deadline)


def _last_ranked(campaign: Campaign) -> datetime:
    """The instant of the last ranking; without one the start, before which nothing counts."""
    as_of = Board.objects.filter(campaign=campaign).values_list("live_run__as_of", flat=True).first()
    return as_of or campaign.starts_at


def hints(contact_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """(masked hint, platform) of contacts, in one query."""
    return {pk: (hint, platform) for pk, hint, platform in sql.hints(list(contact_ids))}


def reasons(contacts: Iterable[Contact]) -> dict[int, Reason]:
    """Why contacts are left out, by account, in two queries; none when none is."""
    accounts = [account for contact in contacts if contact.is_left_out for account in contact.accounts]
    found: dict[int, Reason] = {}
    if not accounts:
        return found
    staff = AccountOwner.objects.filter(account_id__in=accounts).order_by("starts_on")
    for account_id, starts_on in staff.values_list("account_id", "starts_on"):
        found[account_id] = Reason(set_aside=False, joined_on=starts_on)
    known = activity.ContactFact.objects.filter(contact_id__in=accounts, revoked_at=None)
    for contact_id, kind in known.values_list("contact_id", "kind"):
        if kind == activity.ContactFact.Kind.NOT_COUNTED:
            found[contact_id] = Reason(set_aside=True, joined_on=None)
    return found


def _sealed_picture(campaign: Campaign, employee_id: int, stage: Stage) -> Picture:
    zone = clock.company_zone()
    last = last_date(campaign.deadline, zone)
    fixed = FixedTie.objects.filter(campaign=campaign, employee_id=employee_id)
    rows = list(fixed.values_list("contact_id", "sent", "received", "handed_on"))
    ties = [TieRow(contact_id, last, sent, received) for contact_id, sent, received, _handed in rows]
    handed = {contact_id: handed_on for contact_id, *_days, handed_on in rows if handed_on}
    facts = {
        contact_id: _fixed_facts(person_id, outside_days, handed.get(contact_id), last)
        for contact_id, person_id, outside_days in FixedContact.objects.filter(
            campaign=campaign, contact_id__in=fixed.values("contact_id")
        ).values_list("contact_id", "person_id", "outside_days")
    }
    terms = Terms(
        rule=Rule.of(campaign),
        starts_on=first_date(campaign.starts_at, zone),
        last=last,
        deadline_last=last,
        employed=_fixed_employments(campaign, employee_id, last),
        is_open=False,
    )
    score = len(active_people(ties, facts, terms))
    return Picture(judge(ties, facts, terms), terms, score, score, [], [], stage)


def _fixed_facts(
    person_id: int | None, outside_days: str, handed_on: date | None, last: date
) -> ContactFacts:
    if handed_on:
        allowed = max(0, (last - handed_on).days + 1)
        outside_days = outside_days[:allowed].ljust(DAYS_REMEMBERED, "0")
    return ContactFacts(person_id, outside_days, handed_on)


def _employments(employee_id: int) -> list[tuple[date, date | None]]:
    return list(Employment.objects.filter(employee_id=employee_id).values_list("starts_on", "ends_on"))


def _fixed_employments(campaign: Campaign, employee_id: int, last: date) -> list[tuple[date, date | None]]:
    """The fixed days of employment as periods of single days; all days when none were fixed as left out."""
    row = FixedEmployee.objects.filter(campaign=campaign, employee_id=employee_id).values_list(
        "employed_days", flat=True
    )
    bits = row.first()
    if bits is None:
        return [(last - timedelta(days=DAYS_REMEMBERED), None)]
    days = (last - timedelta(days=n) for n, bit in enumerate(bits) if bit == "1")
    return [(day, day) for day in days]


def _midnight_before(as_of: datetime) -> datetime:
    """The last midnight before `as_of` (strictly)."""
    here = (as_of - timedelta(microseconds=1)).astimezone(clock.company_zone())
    return datetime.combine(here.date(), time.min, here.tzinfo)
