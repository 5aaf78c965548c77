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

from typing import Protocol

from apps.activity.fields import RECENT_DAYS
from apps.activity.sql import BITS, EVERY_DAY, NO_DAY, days
from apps.campaigns.rule import Rule

# The ones of a period, relative to the last day counted: from day `since` to day `until`, both included.
PERIOD_BITS = f"""
    CASE WHEN least({{until}}, %(last_day)s) < greatest({{since}}, %(last_day)s - {{reach}}) THEN {NO_DAY}
    ELSE ({EVERY_DAY} >> (%(last_day)s - least({{until}}, %(last_day)s)))
        & ~({EVERY_DAY} >> (%(last_day)s - greatest({{since}}, %(last_day)s - {{reach}}) + 1)) END
"""

DAYS_ALLOWED = f"coalesce(contact.outside_days, {EVERY_DAY}) & coalesce(partial.employed_days, {EVERY_DAY})"
JOINED = """
    {ties} AS tie
    {join} {contacts} AS contact ON contact.contact_id = tie.contact_id
    LEFT JOIN {partial} AS partial ON partial.employee_id = tie.employee_id
    WHERE tie.anchor >= %(first_day)s AND ({only})
"""
SIDES_OF = {"active": "|", "mutual": "&"}
IS_ORDINARY = "(contact.contact_id IS NULL AND partial.employee_id IS NULL AND tie.anchor <= %(last_day)s)"


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
            return f"bit_count(int8send({self._recent(days)}))"
        if days == "active":
            return f"({self.count('sent')} + {self.count('received')} - {self.count('mutual')})"
        return f"(bit_count(int8send({self._recent(days)})) + coalesce(bit_count({self._earlier(days)}), 0))"

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
    """Of any tie: sets of days, by default moved so that the first bit is the last day counted, and cut."""

    def __init__(self, sent: str = "", received: str = "") -> None:
        self.sets = {
            "sent": sent or moved_to_last_day("sent"),
            "received": received or moved_to_last_day("received"),
        }

    def count(self, days: str) -> str:
        if days in SIDES_OF:
            return f"bit_count({self.sets['sent']} {SIDES_OF[days]} {self.sets['received']})"
        return f"bit_count({self.sets[days]})"

    def at_least(self, n: int, days: str) -> str:
        return f"{self.count(days)} >= {n:d}"


def moved_to_last_day(side: str) -> str:
    return f"(({days('tie', side)} << (tie.anchor - %(last_day)s)) & %(window)s::{BITS} & {DAYS_ALLOWED})"


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
    window_days: int,
    has_merged: bool,
    only: str = "true",
) -> str:
    """(employee_id, contact_id, sent_days, received_days, mutual_days) of every active contact.

    only: a condition on tie, such as a range of employees. Parameters: first_day, last_day, aligned,
    window (as bits).
    """
    ordinary, special = Ordinary(window_days), AnyTie()

    def count(days: str) -> str:
        return f"CASE WHEN {IS_ORDINARY} THEN {ordinary.count(days)} ELSE {special.count(days)} END"

    known = JOINED.format(ties=ties, join="LEFT JOIN", contacts=contacts, partial=partial, only=only)
    pairs = f"""
        SELECT tie.employee_id, tie.contact_id, {count("sent")} AS sent_days,
            {count("received")} AS received_days, {count("mutual")} AS mutual_days
        FROM {known} AND (tie.anchor > %(last_day)s OR {rule_met(rule, ordinary)})
            AND contact.person_id IS NULL AND ({IS_ORDINARY} OR {rule_met(rule, special)})
    """
    if not has_merged:
        return pairs
    merged = f"(SELECT * FROM {contacts} AS contact WHERE person_id IS NOT NULL)"
    of_persons = JOINED.format(ties=ties, join="JOIN", contacts=merged, partial=partial, only=only)
    person = AnyTie("sent", "received")
    return f"""{pairs} UNION ALL
        SELECT employee_id, person_id, {person.count("sent")}, {person.count("received")}, {person.count("mutual")}
        FROM (
            SELECT tie.employee_id, contact.person_id, bit_or({moved_to_last_day("sent")}) AS sent,
                bit_or({moved_to_last_day("received")}) AS received
            FROM {of_persons} GROUP BY tie.employee_id, contact.person_id
        ) AS person WHERE {rule_met(rule, person)}"""


def scores(pairs: str) -> str:
    """(employee_id, active_contacts, conversation_days) from active pairs."""
    return f"""
        SELECT employee_id, count(*)::integer AS active_contacts,
            sum(mutual_days::integer)::integer AS conversation_days
        FROM ({pairs}) AS active GROUP BY employee_id
    """
