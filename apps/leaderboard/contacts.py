"""Which of an employee's contacts count, which nearly do, and what is missing: the ranking's rule in plain Python.

A set of days is an integer here: bit 0 is `last`, the newest day that can count, bit n the day n before
it. That a verdict equals the ranking's is kept by a property-based test (tests/leaderboard).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import NamedTuple

from apps.activity.fields import DAYS_REMEMBERED
from apps.campaigns.rule import Rule, window
from apps.ranking.services import ContactFacts

SOON_DAYS = 7
EVERY_DAY = (1 << DAYS_REMEMBERED) - 1


class TieRow(NamedTuple):
    """A tie as stored: bit strings whose first character is the anchor day, the next the day before it."""

    contact_id: int
    anchor: date
    sent: str
    received: str


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The rule, the campaign's first date, the newest date that can count now and at the deadline.

    is_open: whether a message written now can still change something.
    """

    rule: Rule
    starts_on: date
    last: date
    deadline_last: date
    employed: Sequence[tuple[date, date | None]] = ()  # the employee's employments, last days included
    is_open: bool = True

    def at(self, last: date) -> "Terms":
        return replace(self, last=last)

    @cached_property
    def first(self) -> date:
        return window(self.rule, self.starts_on, self.last)[0]

    @cached_property
    def length(self) -> int:
        """Days in the window, 0 before the campaign starts."""
        return max(0, (self.last - self.first).days + 1)

    @property
    def days_ahead(self) -> int:
        """How far "soon" looks: a week, but never beyond the deadline, and nowhere when it is over."""
        return max(0, min(SOON_DAYS, (self.deadline_last - self.last).days)) if self.is_open else 0

    @cached_property
    def lapsing_days(self) -> int:
        """How many of the window's oldest days leave it within `days_ahead`."""
        ahead = self.at(self.last + timedelta(days=self.days_ahead))
        return max(0, min(self.length, (ahead.first - self.first).days))

    @cached_property
    def ahead(self) -> list["Terms"]:
        """The same on each of the `days_ahead`."""
        return [self.at(self.last + timedelta(days=n)) for n in range(1, self.days_ahead + 1)]

    @cached_property
    def window_mask(self) -> int:
        return (1 << self.length) - 1

    @cached_property
    def employed_mask(self) -> int:
        mask = 0
        for starts_on, ends_on in self.employed:
            newest = max(0, (self.last - min(ends_on or self.last, self.last)).days)
            oldest = (self.last - starts_on).days
            if oldest >= newest:
                mask |= (1 << oldest + 1) - (1 << newest)
        return mask

    @cached_property
    def lapsing_mask(self) -> int:
        """The window's oldest days, which leave it within `days_ahead`."""
        return self.window_mask & ~((1 << self.length - self.lapsing_days) - 1)


class Days(NamedTuple):
    sent: int
    received: int

    def __and__(self, mask: int) -> "Days":
        return Days(self.sent & mask, self.received & mask)

    def __bool__(self) -> bool:
        return bool(self.sent | self.received)


class Missing(NamedTuple):
    """Days that the rule still asks for, in each of its four respects."""

    sent: int
    received: int
    active: int
    mutual: int

    def nothing(self) -> bool:
        return not any(self)


class State(StrEnum):
    LAPSES_SOON = "lapses_soon"
    NEARLY = "nearly"
    COUNTS = "counts"
    NOT = "not"


URGENCY = [State.LAPSES_SOON, State.NEARLY, State.COUNTS, State.NOT]
_URGENCY = {state: n for n, state in enumerate(URGENCY)}


class Contact(NamedTuple):
    """One person outside the company, under one or more accounts, as one employee's rule sees them."""

    contact_id: int  # of the account with the newest day
    accounts: tuple[int, ...]
    days: Days  # as they happened, in the window
    counted: Days  # without the days that are left out
    missing: Missing
    state: State
    handed_on: date | None  # the days before it do not count: until then the contact was a colleague's
    is_left_out: bool  # on the last day this is nobody whom the campaign counts
    lapses_on: date | None  # the first date on which it no longer counts, when nobody writes, within a week

    @property
    def is_active(self) -> bool:
        return self.state in (State.COUNTS, State.LAPSES_SOON)


def judge(ties: Iterable[TieRow], facts: Mapping[int, ContactFacts], terms: Terms) -> list[Contact]:
    """Every contact with a day in the window, what needs attention first.

    facts: of some of the contacts, as of `terms.last`; who is missing is an ordinary outsider.
    """
    contacts = [_contact(group, facts, terms) for group in _people(ties, facts)]
    return sorted((contact for contact in contacts if contact.days), key=_usefulness)


def active_people(
    ties: Iterable[TieRow], facts: Mapping[int, ContactFacts], terms: Terms
) -> set[frozenset[int]]:
    """The accounts of each active contact at `terms.last`; their number is the score."""
    return {
        frozenset(tie.contact_id for tie in group)
        for group in _people(ties, facts)
        if _is_met(_days(group, facts, terms)[1], terms.rule)
    }


def missing_days(days: Days, rule: Rule) -> Missing:
    return Missing(
        max(0, rule.min_sent_days - days.sent.bit_count()),
        max(0, rule.min_received_days - days.received.bit_count()),
        max(0, rule.min_active_days - (days.sent | days.received).bit_count()),
        max(0, rule.min_mutual_days - (days.sent & days.received).bit_count()),
    )


def _is_met(days: Days, rule: Rule) -> bool:
    """Whether nothing is missing, said sooner."""
    sent, received = days
    return (
        sent.bit_count() >= rule.min_sent_days
        and received.bit_count() >= rule.min_received_days
        and (sent | received).bit_count() >= rule.min_active_days
        and (sent & received).bit_count() >= rule.min_mutual_days
    )


def days_back(bits: str, anchor: date, last: date) -> int:
    """A stored bit string that begins at `anchor`, as an integer that begins at `last`; later days fall away."""
    days, shift = _as_number(bits), (last - anchor).days
    return days << shift if shift >= 0 else days >> -shift


@lru_cache(10_000)  # the same ties are judged on several days
def _as_number(bits: str) -> int:
    return int(bits[::-1], 2)


def dates(days: int, last: date) -> list[date]:
    """The days of a set, oldest first."""
    return [last - timedelta(days=n) for n in range(days.bit_length() - 1, -1, -1) if days >> n & 1]


def _people(ties: Iterable[TieRow], facts: Mapping[int, ContactFacts]) -> list[list[TieRow]]:
    groups: dict[int, list[TieRow]] = defaultdict(list)
    for tie in ties:
        known = facts.get(tie.contact_id)
        groups[(known.person_id if known else None) or tie.contact_id].append(tie)
    return list(groups.values())


def _contact(group: list[TieRow], facts: Mapping[int, ContactFacts], terms: Terms) -> Contact:
    days, counted = _days(group, facts, terms)
    missing = missing_days(counted, terms.rule)
    lapses_on = _lapses_on(counted, terms) if missing.nothing() else None
    left_out = all(not _outside(tie, facts) & 1 for tie in group)
    return Contact(
        contact_id=max(group, key=lambda tie: (tie.anchor, tie.contact_id)).contact_id,
        accounts=tuple(sorted(tie.contact_id for tie in group)),
        days=days,
        counted=counted,
        missing=missing,
        state=_state(missing, lapses_on, is_within_reach=terms.is_open and not left_out),
        handed_on=_handed_on(group, facts, terms),
        is_left_out=left_out,
        lapses_on=lapses_on,
    )


def _state(missing: Missing, lapses_on: date | None, *, is_within_reach: bool) -> State:
    if missing.nothing():
        return State.LAPSES_SOON if lapses_on else State.COUNTS
    # One more day of each is a matter of a day or two; more is not near.
    return State.NEARLY if max(missing) == 1 and is_within_reach else State.NOT


def _lapses_on(counted: Days, terms: Terms) -> date | None:
    if not counted & terms.lapsing_mask:
        return None
    for days, later in enumerate(terms.ahead, start=1):
        kept = Days(counted.sent << days, counted.received << days) & later.window_mask
        if not _is_met(kept, terms.rule):
            return later.last
    return None


def _days(group: list[TieRow], facts: Mapping[int, ContactFacts], terms: Terms) -> tuple[Days, Days]:
    """The days in the window as they happened, and those of them that count."""
    sent = received = counted_sent = counted_received = 0
    for tie in group:
        mine = days_back(tie.sent, tie.anchor, terms.last)
        theirs = days_back(tie.received, tie.anchor, terms.last)
        sent |= mine
        received |= theirs
        outside = _outside(tie, facts)
        if outside & 1:  # a colleague on the last day counts for nobody
            counted_sent |= mine & outside
            counted_received |= theirs & outside
    window = terms.window_mask
    counting = window & terms.employed_mask
    return Days(sent & window, received & window), Days(counted_sent & counting, counted_received & counting)


def _handed_on(group: list[TieRow], facts: Mapping[int, ContactFacts], terms: Terms) -> date | None:
    """Only when there are days of the window before it."""
    known = (facts[tie.contact_id].handed_on for tie in group if tie.contact_id in facts)
    return max((day for day in known if day and day > terms.first), default=None)


def _outside(tie: TieRow, facts: Mapping[int, ContactFacts]) -> int:
    known = facts.get(tie.contact_id)
    return EVERY_DAY if known is None else _as_number(known.outside_days)


def _usefulness(contact: Contact) -> tuple[int, date, int, int, int]:
    """What can be lost first, then what can be won, then what counts, then the rest by its newest day."""
    either = contact.days.sent | contact.days.received
    newest = (either & -either).bit_length()
    return (
        _URGENCY[contact.state],
        contact.lapses_on or date.max,
        sum(contact.missing) if contact.state == State.NEARLY else 0,
        newest,
        contact.contact_id,
    )
