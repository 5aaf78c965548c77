"""The rule of the design, said a second time: plain, slow Python over lists of facts, nothing from the SQL.

An account is a normalised handle, an employee a number. Periods hold on both of their days; `last` None
means open.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

MAXIMUM_ROOM_SIZE = 2


class Period(NamedTuple):
    first: date
    last: date | None = None

    def holds(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


class Employment(NamedTuple):
    employee: str
    days: Period


class Owner(NamedTuple):
    account: str
    employee: str
    days: Period


class Membership(NamedTuple):
    """kind: entity, department or group; name: of a department its path."""

    employee: str
    kind: str
    name: str
    days: Period


class Event(NamedTuple):
    at: datetime
    sender: str
    recipient: str
    room_size: int = 2
    delivery: int = 0


@dataclass(frozen=True)
class Facts:
    """All that was recorded. same_person: pairs of accounts; own_accounts: (account, employee)."""

    zone: ZoneInfo
    employments: tuple[Employment, ...] = ()
    owners: tuple[Owner, ...] = ()
    memberships: tuple[Membership, ...] = ()
    company_domains: frozenset[str] = frozenset()
    same_person: tuple[tuple[str, str], ...] = ()
    own_accounts: tuple[tuple[str, str], ...] = ()
    not_counted: frozenset[str] = frozenset()
    handed_over: tuple[
        tuple[str, str, date], ...
    ] = ()  # (account, to whom, the first day that counts for them)
    events: tuple[Event, ...] = ()
    withdrawn: frozenset[int] = frozenset()


class Belonging(NamedTuple):
    """Whom a division names; what names nobody has everybody."""

    entities: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Contest:
    """divisions: in order; the last has everybody else."""

    starts_on: date
    window_days: int | None = 30
    min_sent_days: int = 2
    min_received_days: int = 2
    min_active_days: int = 3
    min_mutual_days: int = 0
    new_contacts_only: bool = False
    former_colleague_days: int = 180
    entities: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    opted_out: frozenset[str] = frozenset()
    divisions: tuple[Belonging, ...] = ()


class Talk(NamedTuple):
    """One interaction of an employee with somebody who was nobody's account on that day."""

    at: datetime
    day: date
    employee: str
    contact: str
    by_employee: bool


class Row(NamedTuple):
    rank: int
    employee: str
    active_contacts: int
    conversation_days: int


class Pair(NamedTuple):
    """contact: of a person with several accounts the first in order."""

    employee: str
    contact: str
    sent_days: int
    received_days: int
    active_days: int


@dataclass
class Days:
    sent: set[date] = field(default_factory=set)
    received: set[date] = field(default_factory=set)


def owner_on(facts: Facts, account: str, day: date) -> str | None:
    for owner in facts.owners:
        if owner.account == account and owner.days.holds(day):
            return owner.employee
    return None


def is_at_company(facts: Facts, account: str) -> bool:
    domain = account.rpartition("@")[2] if "@" in account else ""
    return any(domain == ours or domain.endswith("." + ours) for ours in facts.company_domains)


def talks(facts: Facts) -> Iterator[Talk]:
    for event in facts.events:
        day = event.at.astimezone(facts.zone).date()
        sender, recipient = (owner_on(facts, who, day) for who in (event.sender, event.recipient))
        sender_is_staff = sender is not None or is_at_company(facts, event.sender)
        recipient_is_staff = recipient is not None or is_at_company(facts, event.recipient)
        if event.delivery in facts.withdrawn or event.room_size > MAXIMUM_ROOM_SIZE:
            continue
        if sender is not None and not recipient_is_staff:
            yield Talk(event.at, day, sender, event.recipient, by_employee=True)
        if recipient is not None and not sender_is_staff:
            yield Talk(event.at, day, recipient, event.sender, by_employee=False)


def person_of(facts: Facts, account: str) -> frozenset[str]:
    """All accounts of the person whose account this is."""
    person = {account}
    for _ in facts.same_person:  # as often as the longest chain can be
        for one, other in facts.same_person:
            if one in person or other in person:
                person |= {one, other}
    return frozenset(person)


def is_employed(facts: Facts, employee: str, day: date) -> bool:
    return any(job.employee == employee and job.days.holds(day) for job in facts.employments)


def is_colleague(facts: Facts, contest: Contest, person: frozenset[str], day: date) -> bool:
    former = timedelta(days=contest.former_colleague_days)

    def holds_or_held_lately(first: date, last: date | None) -> bool:
        return first <= day and (last is None or (first <= last and day <= last + former))

    for job in facts.employments:
        for owner in facts.owners:
            if owner.account in person and owner.employee == job.employee:
                ends = [last for last in (owner.days.last, job.days.last) if last is not None]
                if holds_or_held_lately(max(owner.days.first, job.days.first), min(ends, default=None)):
                    return True
        for account, employee in facts.own_accounts:
            if account in person and employee == job.employee and holds_or_held_lately(*job.days):
                return True
    return False


def was_a_colleagues(facts: Facts, employee: str, person: frozenset[str], day: date) -> bool:
    return any(
        account in person and taker == employee and day < since for account, taker, since in facts.handed_over
    )


def belongs(facts: Facts, named: Contest | Belonging, employee: str, day: date) -> bool:
    def is_within(kind: str, names: tuple[str, ...]) -> bool:
        mine = [
            m.name
            for m in facts.memberships
            if (m.employee, m.kind) == (employee, kind) and m.days.holds(day)
        ]
        below = tuple(f"{name} / " for name in names) if kind == "department" else ()
        return not names or any(name in names or name.startswith(below) for name in mine)

    return (
        is_within("entity", named.entities)
        and is_within("department", named.departments)
        and is_within("group", named.groups)
    )


def takes_part(facts: Facts, contest: Contest, employee: str, day: date) -> bool:
    return (
        is_employed(facts, employee, day)
        and employee not in contest.opted_out
        and belongs(facts, contest, employee, day)
    )


def division_of(facts: Facts, contest: Contest, employee: str, day: date) -> int:
    """Of somebody who takes part: the first that fits, counted from 1; 0 where there are none."""
    fitting = (n for n, named in enumerate(contest.divisions, 1) if belongs(facts, named, employee, day))
    return next(fitting, 0)


def last_day(facts: Facts, as_of: datetime) -> date:
    return (as_of - timedelta(microseconds=1)).astimezone(facts.zone).date()


def active_contacts(
    facts: Facts, contest: Contest, as_of: datetime
) -> dict[tuple[str, frozenset[str]], Days]:
    """(employee, person) of every active contact of a participant, with the days that count."""
    last = last_day(facts, as_of)
    first = contest.starts_on
    if contest.window_days is not None:
        first = max(first, last - timedelta(days=contest.window_days - 1))
    days: dict[tuple[str, frozenset[str]], Days] = defaultdict(Days)
    met_on: dict[frozenset[str], date] = {}
    for talk in talks(facts):
        person = person_of(facts, talk.contact)
        met_on[person] = min(talk.day, met_on.get(person, talk.day))
        if (
            talk.at < as_of
            and first <= talk.day <= last
            and is_employed(facts, talk.employee, talk.day)
            and not is_colleague(facts, contest, person, talk.day)
            and not was_a_colleagues(facts, talk.employee, person, talk.day)
        ):
            of_pair = days[talk.employee, person]
            (of_pair.sent if talk.by_employee else of_pair.received).add(talk.day)
    return {
        (employee, person): of_pair
        for (employee, person), of_pair in days.items()
        if len(of_pair.sent) >= contest.min_sent_days
        and len(of_pair.received) >= contest.min_received_days
        and len(of_pair.sent | of_pair.received) >= contest.min_active_days
        and len(of_pair.sent & of_pair.received) >= contest.min_mutual_days
        and not is_colleague(facts, contest, person, last)
        and not person & facts.not_counted
        and not any(is_at_company(facts, account) for account in person)
        and not (contest.new_contacts_only and met_on[person] < contest.starts_on)
        and takes_part(facts, contest, employee, last)
    }


def standings(facts: Facts, contest: Contest, as_of: datetime) -> list[Row]:
    """One division after the other, each with ranks of its own."""
    counts: dict[str, int] = defaultdict(int)
    conversation_days: dict[str, int] = defaultdict(int)
    for (employee, _person), days in active_contacts(facts, contest, as_of).items():
        counts[employee] += 1
        conversation_days[employee] += len(days.sent & days.received)
    day, rows = last_day(facts, as_of), []
    for division in range(len(contest.divisions) + 1):
        within = {e: n for e, n in counts.items() if division_of(facts, contest, e, day) == division}
        rows += sorted(
            Row(1 + sum(more > n for more in within.values()), employee, n, conversation_days[employee])
            for employee, n in within.items()
        )
    return rows


def pairs(facts: Facts, contest: Contest, as_of: datetime) -> list[Pair]:
    return sorted(
        Pair(employee, min(person), len(days.sent), len(days.received), len(days.sent | days.received))
        for (employee, person), days in active_contacts(facts, contest, as_of).items()
    )


class Tie(NamedTuple):
    first_date: date
    sent: frozenset[date]
    received: frozenset[date]


def ties(facts: Facts, days_remembered: int) -> dict[tuple[str, str], Tie]:
    """(employee, contact) -> all days of talk, as far back from the newest one as a tie remembers."""
    of_pairs: dict[tuple[str, str], list[Talk]] = defaultdict(list)
    for talk in talks(facts):
        of_pairs[talk.employee, talk.contact].append(talk)
    remembered = {}
    for pair, of_pair in of_pairs.items():
        newest, oldest = max(talk.day for talk in of_pair), min(talk.day for talk in of_pair)
        kept = [talk for talk in of_pair if (newest - talk.day).days < days_remembered]
        remembered[pair] = Tie(
            oldest,
            frozenset(talk.day for talk in kept if talk.by_employee),
            frozenset(talk.day for talk in kept if not talk.by_employee),
        )
    return remembered
