"""The rule as SQL: one text for the live board, any past instant, what-if and the sealed result.

It reads three relations, each written out by its caller:
ties      (employee_id, contact_id, anchor, sent, received): days relative to the tie's anchor;
contacts  (contact_id, person_id, outside_days): the few of whom more is known. person_id: the contact
          under which a merged person's ties are put together, or null; outside_days: the days of the
          window on which the person was no colleague; no day at all when it does not count;
partial   (employee_id, employed_days): employees not employed on every day of the window.
Days of contacts and partial are relative to the last day counted.
"""

from apps.activity.sql import BITS, EVERY_DAY, NO_DAY
from apps.campaigns.rule import Rule

# The ones of a period, relative to the last day counted: from day `since` to day `until`, both included.
PERIOD_BITS = f"""
    CASE WHEN least({{until}}, %(last_day)s) < greatest({{since}}, %(last_day)s - {{reach}}) THEN {NO_DAY}
    ELSE ({EVERY_DAY} >> (%(last_day)s - least({{until}}, %(last_day)s)))
        & ~({EVERY_DAY} >> (%(last_day)s - greatest({{since}}, %(last_day)s - {{reach}}) + 1)) END
"""

ALIGNED = """
    SELECT tie.employee_id, tie.contact_id, contact.person_id,
        {days_sent} AS sent,
        {days_received} AS received
    FROM {ties} AS tie
    LEFT JOIN {contacts} AS contact ON contact.contact_id = tie.contact_id
    LEFT JOIN {partial} AS partial ON partial.employee_id = tie.employee_id
    WHERE tie.anchor >= %(first_day)s AND {condition}
"""


def days_in_window(column: str) -> str:
    """One side's days moved so that the first bit is the last day counted, cut to what may count."""
    moved = f"(tie.{column} << (tie.anchor - %(last_day)s)) & %(window)s::{BITS}"
    return (
        f"CASE WHEN contact.contact_id IS NULL AND partial.employee_id IS NULL THEN {moved} "
        f"ELSE {moved} & coalesce(contact.outside_days, {EVERY_DAY}) & coalesce(partial.employed_days, {EVERY_DAY}) END"
    )


def rule_met(rule: Rule) -> str:
    """The rule on one tie's days in the window, cheapest test first; tests that others imply are left out."""
    tests = []
    if rule.min_received_days:
        tests.append(f"bit_count(received) >= {rule.min_received_days:d}")
    if rule.min_sent_days:
        tests.append(f"bit_count(sent) >= {rule.min_sent_days:d}")
    if rule.min_active_days > max(rule.min_sent_days, rule.min_received_days):
        tests.append(f"bit_count(sent | received) >= {rule.min_active_days:d}")
    if rule.min_mutual_days:
        tests.append(f"bit_count(sent & received) >= {rule.min_mutual_days:d}")
    return " AND ".join(tests)


def active_pairs(
    rule: Rule, *, ties: str, contacts: str, partial: str, has_merged: bool, only: str = "true"
) -> str:
    """(employee_id, contact_id, sent, received) of every active contact.

    only: a condition on tie, such as a range of employees. Parameters: first_day, last_day, window (bits).
    """
    shared = {
        "ties": ties,
        "contacts": contacts,
        "partial": partial,
        "days_sent": days_in_window("sent"),
        "days_received": days_in_window("received"),
    }
    alone = ALIGNED.format(condition=f"({only}) AND contact.person_id IS NULL", **shared)
    pairs = f"SELECT employee_id, contact_id, sent, received FROM ({alone}) AS aligned WHERE {rule_met(rule)}"
    if not has_merged:
        return pairs
    merged = ALIGNED.format(condition=f"({only}) AND contact.person_id IS NOT NULL", **shared)
    return f"""{pairs} UNION ALL
        SELECT employee_id, contact_id, sent, received FROM (
            SELECT employee_id, person_id AS contact_id, bit_or(sent) AS sent, bit_or(received) AS received
            FROM ({merged}) AS aligned GROUP BY employee_id, person_id
        ) AS person WHERE {rule_met(rule)}"""


def scores(pairs: str) -> str:
    """(employee_id, active_contacts, conversation_days) from active pairs."""
    return f"""
        SELECT employee_id, count(*)::integer AS active_contacts,
            sum(bit_count(sent & received))::integer AS conversation_days
        FROM ({pairs}) AS active GROUP BY employee_id
    """
