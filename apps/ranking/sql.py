"""The rule as SQL: one text for the live board, any past instant, what-if and the sealed result.

It reads three relations, each written out by its caller:
ties      (employee_id, contact_id, anchor, recent_sent, recent_received, earlier_sent, earlier_received):
          days relative to the tie's anchor, as activity_tie keeps them;
contacts  (contact_id, person_id, outside_days): the few of whom more is known. person_id: the contact
          under which a merged person's ties are put together, or null; outside_days: the days of the
          window on which the person was no colleague; no day at all when it does not count;
partial   (employee_id, employed_days): employees not employed on every day of the window.
Days of contacts and partial are relative to the last day counted.

Millions of ties are ordinary: nothing special is known of contact or employee, and nothing is newer than
the last day counted. Their days are counted as numbers. All others are counted as sets of 384 days; those
that fail as ordinary ones are left out beforehand, since what is special about a tie only takes days away.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Protocol, Self

from apps.activity.fields import RECENT_DAYS
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
WITH_PARTIAL = " {join} {partial} AS partial ON partial.employee_id = tie.employee_id"
IS_ORDINARY = "(contact.contact_id IS NULL AND tie.anchor <= %(last_day)s)"
OUTSIDE = f"coalesce(contact.outside_days, {EVERY_DAY})"
EMPLOYED = f"coalesce(partial.employed_days, {EVERY_DAY})"


class Form(Protocol):
    """How SQL counts the days in the window: "sent", "received", "active" (either) or "mutual" (both)."""

    def count(self, days: str) -> str: ...

    def at_least(self, n: int, days: str) -> str: ...


class Ordinary:
    """Of an ordinary tie, whose anchor may be some days before the last day counted.

    %(aligned)s is the date at which a tie's number would hold the window's days and none before them; of a
    tie with a later anchor all of the number counts, and the first of the days before it.
    """

    def __init__(self, window_days: int) -> None:
        self.is_long = window_days > RECENT_DAYS

    def count(self, days: str) -> str:
        if not self.is_long:
            return f"bit_count({self._recent(days)}::bit(64))"
        if days == "active":
            return f"({self.count('sent')} + {self.count('received')} - {self.count('mutual')})"
        return f"(bit_count({self._recent(days)}::bit(64)) + coalesce(bit_count({self._earlier(days)}), 0))"

    def at_least(self, n: int, days: str) -> str:
        """One and two are told without counting."""
        if n > 2 or self.is_long:
            return f"{self.count(days)} >= {n:d}"
        recent = self._recent(days)
        return f"{recent} <> 0" if n == 1 else f"{recent} & ({recent} - 1) <> 0"

    def _recent(self, days: str) -> str:
        if days in SIDES_OF:
            return f"({self._recent('sent')} {SIDES_OF[days]} {self._recent('received')})"
        shift = "%(aligned)s - tie.anchor"
        return f"(tie.recent_{days} >> ({f'greatest({shift}, 0)' if self.is_long else shift}))"

    def _earlier(self, days: str) -> str:
        """Null when there are none, as the operators and bit_count pass on."""
        if days == "mutual":
            return f"({self._earlier('sent')} & {self._earlier('received')})"
        return f"substring(tie.earlier_{days}, 1, greatest(tie.anchor - %(aligned)s, 0))"


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


def active_pairs(
    rule: Rule,
    *,
    ties: str,
    contacts: str,
    partial: str,
    partial_ids: Collection[int],
    has_merged: bool,
    window_days: int,
    only: str = "true",
) -> list[str]:
    """Queries that together give every active contact.

    Each: (employee_id, contact_id, sent_days, received_days, mutual_days). partial_ids: the employees of
    `partial`; their ties are looked up, so that the millions of others need no join. only: a condition on
    tie, such as a range of employees. Parameters: first_day, last_day, aligned, window (as bits).
    """
    ordinary, outside = Ordinary(window_days), AnyTie.on(OUTSIDE)
    known = WITH_CONTACT.format(ties=ties, join="LEFT JOIN", contacts=contacts)
    condition = f"tie.anchor >= %(first_day)s AND contact.person_id IS NULL AND ({only})"
    of_most = f"""
        SELECT tie.employee_id, tie.contact_id, {
        _counts(
            lambda days: f"CASE WHEN {IS_ORDINARY} THEN {ordinary.count(days)} ELSE {outside.count(days)} END"
        )
    }
        FROM {known} WHERE {condition} AND {_is_none_of("tie.employee_id", partial_ids)}
            AND (tie.anchor > %(last_day)s OR {rule_met(rule, ordinary)})
            AND ({IS_ORDINARY} OR {rule_met(rule, outside)})
    """
    queries = [of_most]
    if partial_ids:
        both = AnyTie.on(f"{OUTSIDE} & {EMPLOYED}")
        known += WITH_PARTIAL.format(join="JOIN", partial=partial)
        queries.append(
            f"SELECT tie.employee_id, tie.contact_id, {_counts(both.count)} "
            f"FROM {known} WHERE {condition} AND {_is_one_of('tie.employee_id', partial_ids)} "
            f"AND {rule_met(rule, both)}"
        )
    if has_merged:
        queries.append(_of_persons(rule, ties, contacts, partial, only))
    return queries


def _of_persons(rule: Rule, ties: str, contacts: str, partial: str, only: str) -> str:
    merged = f"(SELECT * FROM {contacts} AS contact WHERE person_id IS NOT NULL)"
    known = WITH_CONTACT.format(ties=ties, join="JOIN", contacts=merged)
    known += WITH_PARTIAL.format(join="LEFT JOIN", partial=partial)
    sent, received = (moved_to_last_day(side, f"{OUTSIDE} & {EMPLOYED}") for side in ("sent", "received"))
    person = AnyTie("sent", "received")
    return f"""
        SELECT employee_id, person_id, {_counts(person.count)} FROM (
            SELECT tie.employee_id, contact.person_id, bit_or({sent}) AS sent, bit_or({received}) AS received
            FROM {known} WHERE tie.anchor >= %(first_day)s AND ({only}) GROUP BY tie.employee_id, contact.person_id
        ) AS person WHERE {rule_met(rule, person)}
    """


def _counts(count: Callable[[str], str]) -> str:
    return ", ".join(f"{count(days)} AS {days}_days" for days in ("sent", "received", "mutual"))


def _is_none_of(column: str, ids: Collection[int]) -> str:
    return f"NOT {_is_one_of(column, ids)}" if ids else "true"


def _is_one_of(column: str, ids: Collection[int]) -> str:
    """As a literal, which PostgreSQL hashes, or looks up in an index."""
    return f"({column} = ANY('{{{', '.join(f'{each:d}' for each in sorted(ids))}}}'::integer[]))"


def scores(pairs: Iterable[str]) -> str:
    """(employee_id, active_contacts, conversation_days) from active pairs.

    Each query is added up by itself: the planner expects so few rows that it would not let workers add up all.
    """
    parts = " UNION ALL ".join(
        f"SELECT employee_id, count(*) AS contacts, sum(mutual_days::integer) AS days FROM ({query}) AS active "
        "GROUP BY employee_id"
        for query in pairs
    )
    return f"""
        SELECT employee_id, sum(contacts)::integer AS active_contacts, sum(days)::integer AS conversation_days
        FROM ({parts}) AS part GROUP BY employee_id
    """
