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

# Ties with what is known of their contact and employee.
KNOWN_TIES = """
    SELECT tie.employee_id, {contact_id} AS contact_id, {sent} AS sent, {received} AS received
    FROM {ties} AS tie
    {join} {contacts} AS contact ON contact.contact_id = tie.contact_id
    LEFT JOIN {partial} AS partial ON partial.employee_id = tie.employee_id
    WHERE tie.anchor >= %(first_day)s AND ({only})
"""
DAYS_ALLOWED = f"coalesce(contact.outside_days, {EVERY_DAY}) & coalesce(partial.employed_days, {EVERY_DAY})"
ALL_ALLOWED = "contact.contact_id IS NULL AND partial.employee_id IS NULL"


def cut_to_window(column: str) -> str:
    """One side's days in the window as a short bit string, newest first.

    Cutting out is cheaper than moving and masking all 384 days. A tie whose anchor is before the last day
    lacks the newest days: both its sides begin at the anchor, and so does the mask of the days allowed.
    """
    ahead = "tie.anchor - %(last_day)s"
    length = f"%(window_days)s + least({ahead}, 0)"
    days = f"substring(tie.{column}, 1 + greatest({ahead}, 0), {length})"
    allowed = f"substring({DAYS_ALLOWED}, 1 - least({ahead}, 0), {length})"
    return f"CASE WHEN {ALL_ALLOWED} THEN {days} ELSE {days} & {allowed} END"


def moved_to_last_day(column: str) -> str:
    """One side's days so that the first bit is the last day counted: ties of one person can be put together."""
    return f"(tie.{column} << (tie.anchor - %(last_day)s)) & %(window)s::{BITS} & {DAYS_ALLOWED}"


def rule_met(rule: Rule) -> str:
    """The rule on one tie's days in the window, cheapest test first; tests that others imply are left out."""
    tests = []
    if rule.min_received_days:
        tests.append(f"bit_count(received) >= {rule.min_received_days:d}")
    if rule.min_sent_days:
        tests.append(f"bit_count(sent) >= {rule.min_sent_days:d}")
    if rule.min_active_days > max(rule.min_sent_days, rule.min_received_days):
        enough = f">= {rule.min_active_days:d}"
        tests.append(f"(bit_count(received) {enough} OR bit_count(sent | received) {enough})")
    if rule.min_mutual_days:
        tests.append(f"bit_count(sent & received) >= {rule.min_mutual_days:d}")
    return " AND ".join(tests)


def active_pairs(
    rule: Rule, *, ties: str, contacts: str, partial: str, has_merged: bool, only: str = "true"
) -> str:
    """(employee_id, contact_id, sent, received) of every active contact.

    only: a condition on tie, such as a range of employees. Parameters: first_day, last_day, window_days,
    window (as bits).
    """
    merged = f"(SELECT * FROM {contacts} AS contact WHERE person_id IS NOT NULL)"
    alone = KNOWN_TIES.format(
        contact_id="tie.contact_id",
        sent=cut_to_window("sent"),
        received=cut_to_window("received"),
        ties=ties,
        join="LEFT JOIN",
        contacts=contacts,
        partial=partial,
        only=f"{only} AND tie.contact_id NOT IN (SELECT contact_id FROM {merged} AS m)"
        if has_merged
        else only,
    )
    pairs = f"SELECT employee_id, contact_id, sent, received FROM ({alone}) AS known WHERE {rule_met(rule)}"
    if not has_merged:
        return pairs
    of_persons = KNOWN_TIES.format(
        contact_id="contact.person_id",
        sent=moved_to_last_day("sent"),
        received=moved_to_last_day("received"),
        ties=ties,
        join="JOIN",
        contacts=merged,
        partial=partial,
        only=only,
    )
    return f"""{pairs} UNION ALL
        SELECT employee_id, contact_id, sent, received FROM (
            SELECT employee_id, contact_id, bit_or(sent) AS sent, bit_or(received) AS received
            FROM ({of_persons}) AS known GROUP BY employee_id, contact_id
        ) AS person WHERE {rule_met(rule)}"""


def scores(pairs: str) -> str:
    """(employee_id, active_contacts, conversation_days) from active pairs."""
    return f"""
        SELECT employee_id, count(*)::integer AS active_contacts,
            sum(bit_count(sent & received))::integer AS conversation_days
        FROM ({pairs}) AS active GROUP BY employee_id
    """
