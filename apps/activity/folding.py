"""Ties as the ledger gives them, by one pass over its rows.

First the days on which two accounts wrote to each other are gathered, whoever they belonged to. Then accounts
become people: of these days count those on which one account was an employee's and the other nobody's.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import connection

from apps.activity.fields import RECENT_DAYS
from apps.activity.sql import BITS, STANDING_ROWS

# Days are gathered by periods of as many as a tie keeps as a number, counted from a day before all others;
# `newest` is a period's last day and the highest of its 63 bits.
FIRST_OF_ALL = "DATE '0001-01-01'"
OLDEST = f"newest - {RECENT_DAYS - 1}"
EVERY_RECENT_DAY = f"{(1 << RECENT_DAYS) - 1}"

# Days on which two accounts wrote to each other: (between, one, newest, first_day, last_day, there, back), both
# last ones as numbers.
# `between` is the XOR of both keys: it names the pair whichever of them wrote, sorts as a single number, and
# with one of the two gives the other. OFFSET 0: what stands inside is computed once, not wherever it is named.
TALK = f"""
    SELECT between, one, {FIRST_OF_ALL} + period * {RECENT_DAYS} + {RECENT_DAYS - 1} AS newest,
        min(day) AS first_day, max(day) AS last_day,
        bit_or(CASE WHEN is_there THEN bit ELSE 0 END) AS there, bit_or(CASE WHEN is_there THEN 0 ELSE bit END) AS back
    FROM (
        SELECT between, one, is_there, day, (day - {FIRST_OF_ALL}) / {RECENT_DAYS} AS period,
            1::bigint << mod(day - {FIRST_OF_ALL}, {RECENT_DAYS}) AS bit
        FROM (
            SELECT sender # recipient AS between, least(sender, recipient) AS one, sender < recipient AS is_there,
                occurred_at::date AS day
            FROM ({{rows}}) AS i OFFSET 0
        ) AS dated
        WHERE {{days}}
    ) AS placed
    GROUP BY between, one, period
"""


def _overlaps(owner: str) -> str:
    return f"{owner}.starts_on <= newest AND ({owner}.ends_on IS NULL OR {owner}.ends_on >= {OLDEST})"


def _days_of(owner: str) -> str:
    """The days of a period on which an account was somebody's; the sign's bit, which no day has, may be set."""
    return (
        f"({EVERY_RECENT_DAY} >> greatest(newest - coalesce({owner}.ends_on, newest), 0))"
        f" & ({EVERY_RECENT_DAY} << greatest({owner}.starts_on - ({OLDEST}), 0))"
    )


# The same from an employee's side, for either account that was an employee's: (employee_id, contact_id, newest,
# first_day, last_day, wrote, got, allowed). allowed: the days that count, or null where all of them do, as is
# usual. A company handle that nobody had on the day is nobody's contact.
SIDES = f"""
    SELECT employee_id, contact_id, newest, first_day, last_day, wrote, got,
        CASE WHEN is_taken THEN {_days_of("owned")} & ~(
            SELECT coalesce(bit_or({_days_of("taken")}), 0) FROM directory_accountowner AS taken
            WHERE taken.account_id = contact_id AND {_overlaps("taken")})
        WHEN starts_on > {OLDEST} OR ends_on < newest THEN {_days_of("owned")} END AS allowed
    FROM (
        SELECT owner.employee_id, owner.starts_on, owner.ends_on, side.*,
            contact_id IN (SELECT account_id FROM directory_accountowner) AS is_taken
        FROM (
            SELECT newest, first_day, last_day, CASE WHEN is_one THEN one ELSE between # one END AS account_id,
                CASE WHEN is_one THEN between # one ELSE one END AS contact_id,
                CASE WHEN is_one THEN there ELSE back END AS wrote, CASE WHEN is_one THEN back ELSE there END AS got
            FROM ({{talk}}) AS talk CROSS JOIN (VALUES (true), (false)) AS side (is_one) OFFSET 0
        ) AS side
        JOIN directory_accountowner AS owner ON owner.account_id = side.account_id AND {_overlaps("owner")}
        WHERE contact_id NOT IN (SELECT id FROM directory_account WHERE is_company) AND {{ties}} OFFSET 0
    ) AS owned
"""

# (employee_id, contact_id, newest, first_day, last_day, sent, received), no row without a day.
COUNTED = f"""
    SELECT employee_id, contact_id, newest, sent, received,
        CASE WHEN allowed IS NULL THEN first_day
            ELSE newest + 2 - position(B'1' IN ((sent | received) & -(sent | received))::bit(64)) END AS first_day,
        CASE WHEN allowed IS NULL THEN last_day
            ELSE newest + 2 - position(B'1' IN (sent | received)::bit(64)) END AS last_day
    FROM (
        SELECT employee_id, contact_id, newest, first_day, last_day, allowed,
            coalesce(wrote & allowed, wrote) AS sent, coalesce(got & allowed, got) AS received
        FROM ({SIDES}) AS sides OFFSET 0
    ) AS sides
    WHERE allowed IS NULL OR sent | received <> 0
"""


def _recent(side: str) -> str:
    return f"""bit_or(CASE WHEN ahead <= 0 THEN {side} << -ahead WHEN ahead < {RECENT_DAYS} THEN {side} >> ahead
        ELSE 0 END)"""


def _earlier(side: str) -> str:
    """Of the few ties that have such days; sets of bits cost many times what numbers do."""
    whole = f"{side}::bit({RECENT_DAYS})::{BITS}"
    return f"activity_earlier(bit_or({whole} >> ahead) FILTER (WHERE first_day <= anchor - {RECENT_DAYS}))"


# Periods put together: apps.activity.sql.TIE_COLUMNS, in the order of the key. ahead: by how many days the
# tie's anchor is after the period.
FOLDED = f"""
    SELECT employee_id, contact_id, min(first_day) AS first_date, anchor,
        {_recent("sent")} AS recent_sent, {_earlier("sent")} AS earlier_sent,
        {_recent("received")} AS recent_received, {_earlier("received")} AS earlier_received
    FROM (
        SELECT anchored.*, anchor - newest AS ahead
        FROM (
            SELECT counted.*, max(last_day) OVER (PARTITION BY employee_id, contact_id) AS anchor
            FROM ({COUNTED}) AS counted
        ) AS anchored
    ) AS placed
    GROUP BY employee_id, contact_id, anchor
"""


def fold(*, rows: str = "true", days: str = "true", ties: str = "true") -> str:
    """TIE_COLUMNS derived from what stands in the ledger; to be run by `run`.

    rows cuts the ledger's rows (as i), days by `day`, ties by employee_id and contact_id. Parameters: what
    the conditions name.
    """
    return FOLDED.format(talk=TALK.format(rows=STANDING_ROWS.format(condition=rows), days=days), ties=ties)


def pairs(rows: str, *, ties: str = "true") -> str:
    """(employee_id, contact_id) of which rows of the ledger speak, whether they stand or not; for `run`."""
    spoken = f"SELECT i.occurred_at, i.sender, i.recipient FROM activity_interaction AS i WHERE {rows}"
    counted = COUNTED.format(talk=TALK.format(rows=spoken, days="true"), ties=ties)
    return f"SELECT DISTINCT employee_id, contact_id FROM ({counted}) AS counted"


def run(statement: str, parameters: Mapping[str, Any]) -> int:
    """Execute a statement with such a text in it, inside a transaction; returns how many rows it concerned.

    Days are the company's because the session's time zone is, which is much cheaper than a conversion row by
    row.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL TIME ZONE %s; SET LOCAL work_mem = '64MB'; SET LOCAL jit = off",
            [settings.COMPANY_TIME_ZONE],
        )
        cursor.execute(statement, parameters)
        concerned: int = cursor.rowcount
        cursor.execute("SET LOCAL TIME ZONE %s", [connection.timezone_name])
    return concerned
