"""The rule as SQL: one text for the live board, any past instant, what-if and the sealed result.

It reads three relations, each written out by its caller:
ties      (employee_id, contact_id, anchor, recent_sent, recent_received, earlier_sent, earlier_received):
          days relative to the tie's anchor, as activity_tie keeps them;
contacts  (contact_id, person_id, outside_days): the few of whom more is known. person_id: the contact
          under which a merged person's ties are put together, or null; outside_days: the days of the
          window on which the person was no colleague; no day at all when it does not count;
partial   (employee_id, employed_days): employees not employed on every day of the window;
handed    (employee_id, contact_id, handed_on): pairs whose days count from a date on; such contacts stand in
          `contacts`, too. There is no such relation when there are no such pairs.
Days of contacts and partial are relative to the last day counted.

Millions of ties are ordinary: nothing special is known of contact or employee. They are counted as numbers,
in one scan without a join. The few others are found by their ids, and counted as sets of 384 days.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol, Self

from apps.activity.fields import EARLIER_DAYS, RECENT_DAYS
from apps.activity.sql import BITS, EVERY_DAY, NO_DAY, days
from apps.campaigns.rule import Rule

# The ones of a period, relative to the last day counted: from day `since` to day `until`, both included.
PERIOD_BITS = f"""
    CASE WHEN least({{until}}, %(last_day)s) < greatest({{since}}, %(last_day)s - {{reach}}) THEN {NO_DAY}
    ELSE ({EVERY_DAY} >> (%(last_day)s - least({{until}}, %(last_day)s)))
        & ~({EVERY_DAY} >> (%(last_day)s - greatest({{since}}, %(last_day)s - {{reach}}) + 1)) END
"""

SIDES_OF = {"active": "|", "mutual": "&"}
WITH_CONTACT = "{ties} AS tie {join} {contacts} AS contact ON contact.contact_id = tie.contact_id"
WITH_PARTIAL = " LEFT JOIN {partial} AS partial ON partial.employee_id = tie.employee_id"
OUTSIDE = f"coalesce(contact.outside_days, {EVERY_DAY})"
EMPLOYED = f"coalesce(partial.employed_days, {EVERY_DAY})"
WITH_HANDED = (
    " LEFT JOIN {handed} AS handed ON handed.employee_id = tie.employee_id"
    " AND handed.contact_id = tie.contact_id"
)


def days_since(day: str) -> str:
    """The days from a date on, as a set that begins at the last day counted; every day when it is null."""
    since = f"~({EVERY_DAY} >> greatest(%(last_day)s - {day} + 1, 0))"
    return f"CASE WHEN {day} IS NULL THEN {EVERY_DAY} ELSE {since} END"


@dataclass(frozen=True)
class Special:
    """Ids of employees and contacts of whom more is known; merged: contacts that are put together with others.

    Texts carry them, so that an index finds their ties. None, of contacts: there are too many for that.
    """

    employees: tuple[int, ...]
    alone: tuple[int, ...] | None
    merged: tuple[int, ...] | None


class Form(Protocol):
    """How SQL counts the days in the window: "sent", "received", "active" (either) or "mutual" (both)."""

    def count(self, days: str) -> str: ...

    def at_least(self, n: int, days: str) -> str: ...


class Numbers:
    """Of a tie whose anchor is no later than the last day counted, of whom nothing special is known.

    %(aligned)s is the date at which a tie's number would hold the window's days and none before them; of a
    tie with a later anchor all of the number counts, and the first of the days before it.
    """

    def __init__(self, window_days: int) -> None:
        self.is_long = window_days > RECENT_DAYS

    def count(self, days: str) -> str:
        if not self.is_long:
            return self._count_recent(days)
        if days == "active":
            return f"({self.count('sent')} + {self.count('received')} - {self.count('mutual')})"
        return f"({self._count_recent(days)} + coalesce(bit_count({self._earlier(days)}), 0))"

    def at_least(self, n: int, days: str) -> str:
        """One and two recent days are told without counting, and earlier ones matter only when these are too few."""
        recent = self._recent(days)
        tests = {1: f"{recent} <> 0", 2: f"{recent} & ({recent} - 1) <> 0"}
        enough = tests.get(n, f"{self._count_recent(days)} >= {n:d}")
        return f"({enough} OR {self.count(days)} >= {n:d})" if self.is_long else enough

    def _count_recent(self, days: str) -> str:
        return f"bit_count({self._recent(days)}::bit(64))"

    def _recent(self, days: str) -> str:
        shift = "%(aligned)s - tie.anchor"
        number = f"tie.recent_{days}"
        if days in SIDES_OF:
            number = f"(tie.recent_sent {SIDES_OF[days]} tie.recent_received)"
        return f"({number} >> ({f'greatest({shift}, 0)' if self.is_long else shift}))"

    def _earlier(self, days: str) -> str:
        """Null when there are none, as the operators and bit_count pass on."""
        earlier = f"tie.earlier_{days}"
        if days == "mutual":
            sent, received = (f"tie.earlier_{side}::bit({EARLIER_DAYS})" for side in ("sent", "received"))
            earlier = f"({sent} & {received})"
        return f"substring({earlier}, 1, greatest(tie.anchor - %(aligned)s, 0))"


class AnyTie:
    """Of any tie: two sets of days within the window."""

    def __init__(self, sent: str, received: str) -> None:
        self.sides = {"sent": sent, "received": received}

    @classmethod
    def on(cls, allowed: str) -> Self:
        return cls(moved_to_last_day("sent", allowed), moved_to_last_day("received", allowed))

    def count(self, days: str) -> str:
        if days in SIDES_OF:
            return f"bit_count({self.sides['sent']} {SIDES_OF[days]} {self.sides['received']})"
        return f"bit_count({self.sides[days]})"

    def at_least(self, n: int, days: str) -> str:
        return f"{self.count(days)} >= {n:d}"


class Ordinary:
    """Of ties of whom nothing special is known: numbers, but for those with days after the last day counted."""

    def __init__(self, window_days: int, may_be_newer: bool) -> None:
        self.numbers, self.sets = Numbers(window_days), AnyTie.on(EVERY_DAY)
        self.may_be_newer = may_be_newer

    def count(self, days: str) -> str:
        return self._by_age(self.numbers.count(days), self.sets.count(days))

    def met(self, rule: Rule) -> str:
        return self._by_age(rule_met(rule, self.numbers), rule_met(rule, self.sets))

    def _by_age(self, older: str, newer: str) -> str:
        if not self.may_be_newer:
            return older
        return f"CASE WHEN tie.anchor > %(last_day)s THEN {newer} ELSE {older} END"


def moved_to_last_day(side: str, allowed: str) -> str:
    """One side's days on which it is allowed to count; the first bit is the last day counted."""
    return f"(({days('tie', side)} << (tie.anchor - %(last_day)s)) & %(window)s::{BITS} & {allowed})"


def rule_met(rule: Rule, form: Form) -> str:
    """The rule on one tie's days in the window; tests that others imply are left out."""
    tests = []
    if rule.min_received_days:
        tests.append(form.at_least(rule.min_received_days, "received"))
    if rule.min_sent_days:
        tests.append(form.at_least(rule.min_sent_days, "sent"))
    if rule.min_active_days > max(rule.min_sent_days, rule.min_received_days):
        tests.append(form.at_least(rule.min_active_days, "active"))
    if rule.min_mutual_days:
        tests.append(form.at_least(rule.min_mutual_days, "mutual"))
    return " AND ".join(tests)


@dataclass(frozen=True)
class Source:
    """What pairs are counted from.

    ties, contacts, partial: the relations. may_be_newer: whether ties may have days after the last day
    counted. only: a condition on tie, such as a range of employees.
    """

    ties: str
    contacts: str
    partial: str
    special: Special
    window_days: int
    may_be_newer: bool
    only: str = "true"
    handed: str | None = None

    @property
    def in_window(self) -> str:
        return f"tie.anchor >= %(first_day)s AND ({self.only})"

    @property
    def ordinary(self) -> "Ordinary":
        return Ordinary(self.window_days, self.may_be_newer)

    def known(self, join: str) -> str:
        """Ties with what is known of contact, employee and pair."""
        known = WITH_CONTACT.format(ties=self.ties, join=join, contacts=self.contacts)
        known += WITH_PARTIAL.format(partial=self.partial)
        return known + WITH_HANDED.format(handed=self.handed) if self.handed else known

    @property
    def allowed(self) -> str:
        """The days on which what is known lets a tie count."""
        allowed = f"{OUTSIDE} & {EMPLOYED}"
        return f"{allowed} & {days_since('handed.handed_on')}" if self.handed else allowed


def active_pairs(rule: Rule, source: Source) -> list[str]:
    """Queries that together give every active contact.

    Each: (employee_id, contact_id, sent_days, received_days, mutual_days). Parameters: first_day, last_day,
    aligned, window (as bits).
    """
    special, most = source.special, source.ordinary
    queries = [
        f"""
        SELECT tie.employee_id, tie.contact_id, {_counts(most.count)} FROM {source.ties} AS tie
        WHERE {source.in_window} AND {_is_nobody_special(source)} AND {most.met(rule)}
        """
    ]
    if special.employees or special.alone != ():
        both = AnyTie.on(source.allowed)
        queries.append(
            f"""
            SELECT tie.employee_id, tie.contact_id, {_counts(both.count)} FROM {source.known("LEFT JOIN")}
            WHERE {source.in_window} AND {_is_special(special, special.alone)}
                AND contact.person_id IS NULL AND {rule_met(rule, both)}
            """
        )
    if special.merged != ():
        queries.append(_of_persons(rule, source))
    return queries


def scores(rule: Rule, source: Source) -> str:
    """(employee_id, active_contacts, conversation_days) of everybody with an active contact.

    All ties are counted as ordinary ones, which asks nothing of millions but their days; then what was wrong
    of the few special ones is put right. Each part is added up by itself: the planner expects so few rows that
    it would not let workers add up all.
    """
    special = source.special
    if special.alone is None or special.merged is None:
        parts = [_added_up(query) for query in active_pairs(rule, source)]
    else:
        parts = [_all_as_ordinary(rule, source)]
        if special.employees or special.alone or special.merged:
            parts.append(_put_right(rule, source, [*special.alone, *special.merged]))
        if special.merged:
            parts.append(_added_up(_of_persons(rule, source)))
    return f"""
        SELECT employee_id, sum(contacts)::integer AS active_contacts, sum(days)::integer AS conversation_days
        FROM ({" UNION ALL ".join(parts)}) AS part GROUP BY employee_id HAVING sum(contacts) > 0
    """


def _added_up(query: str) -> str:
    return (
        f"SELECT employee_id, count(*) AS contacts, sum(mutual_days::integer) AS days FROM ({query}) AS active "
        "GROUP BY employee_id"
    )


def _all_as_ordinary(rule: Rule, source: Source) -> str:
    most = source.ordinary
    return f"""
        SELECT tie.employee_id, count(*) AS contacts, sum({most.count("mutual")}::integer) AS days
        FROM {source.ties} AS tie WHERE {source.in_window} AND {most.met(rule)} GROUP BY tie.employee_id
    """


def _put_right(rule: Rule, source: Source, contacts: Collection[int]) -> str:
    """What special ties count, but for those of merged persons, less what they counted as ordinary ones.

    OFFSET 0 lets PostgreSQL work out the sets of days once, and not in each place that names them.
    """
    ordinary, both = source.ordinary, AnyTie("sent", "received")
    sent, received = (moved_to_last_day(side, source.allowed) for side in ("sent", "received"))
    counts = f"(is_alone AND {rule_met(rule, both)})"
    days = f"CASE WHEN {counts} THEN {both.count('mutual')} ELSE 0 END"
    wrong_days = f"CASE WHEN was_counted THEN {ordinary.count('mutual')} ELSE 0 END"
    return f"""
        SELECT employee_id, sum({counts}::integer - was_counted::integer) AS contacts,
            sum(({days} - {wrong_days})::integer) AS days
        FROM (
            SELECT tie.*, {sent} AS sent, {received} AS received, contact.person_id IS NULL AS is_alone,
                {ordinary.met(rule)} AS was_counted
            FROM {source.known("LEFT JOIN")} WHERE {source.in_window} AND {_is_special(source.special, contacts)}
            OFFSET 0
        ) AS tie GROUP BY employee_id
    """


def _of_persons(rule: Rule, source: Source) -> str:
    sent, received = (moved_to_last_day(side, source.allowed) for side in ("sent", "received"))
    person, merged = AnyTie("sent", "received"), source.special.merged
    named = "true" if merged is None else _is_one_of("tie.contact_id", merged)
    return f"""
        SELECT employee_id, person_id AS contact_id, {_counts(person.count)} FROM (
            SELECT tie.employee_id, contact.person_id, bit_or({sent}) AS sent, bit_or({received}) AS received
            FROM {source.known("JOIN")} WHERE {source.in_window} AND {named} AND contact.person_id IS NOT NULL
            GROUP BY tie.employee_id, contact.person_id
        ) AS person WHERE {rule_met(rule, person)}
    """


def _is_special(special: Special, contacts: Collection[int] | None) -> str:
    is_known = (
        "contact.contact_id IS NOT NULL" if contacts is None else _is_one_of("tie.contact_id", contacts)
    )
    return f"({_is_one_of('tie.employee_id', special.employees)} OR {is_known})"


def _is_nobody_special(source: Source) -> str:
    special = source.special
    if special.alone is None or special.merged is None:
        nobody = (
            f"NOT EXISTS (SELECT FROM {source.contacts} AS contact WHERE contact.contact_id = tie.contact_id)"
        )
    else:
        nobody = f"NOT {_is_one_of('tie.contact_id', [*special.alone, *special.merged])}"
    return f"NOT {_is_one_of('tie.employee_id', special.employees)} AND {nobody}"


def _counts(count: Callable[[str], str]) -> str:
    return ", ".join(f"{count(days)} AS {days}_days" for days in ("sent", "received", "mutual"))


def _is_one_of(column: str, ids: Collection[int]) -> str:
    """As a literal, which PostgreSQL hashes, or looks up in an index."""
    return f"({column} = ANY('{{{', '.join(f'{each:d}' for each in sorted(ids))}}}'))" if ids else "false"
