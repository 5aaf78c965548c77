"""What a ranking must know besides days: who takes part, who was whose colleague, who is one person."""

from datetime import timedelta
from typing import Any

from apps.activity.fields import DAYS_REMEMBERED, RECENT_DAYS
from apps.activity.sql import EVERY_DAY, NO_DAY
from apps.campaigns.divisions import BELONGING, divisions_of, names_asked
from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule
from apps.ranking.instant import Instant
from apps.ranking.sql import PERIOD_BITS

EVER = "'infinity'::date"
PAST_BITS = PERIOD_BITS.format(since="since", until="until", reach=DAYS_REMEMBERED - 1)

IS_LINK = "kind = 'same_person' AND revoked_at IS NULL"
# Of an account `same.account`: those that a fact puts together with it. Looked up one by one, so that a recursion
# costs what it finds: joined as a whole, PostgreSQL would expect millions of pairs, and clear memory for all of them.
LINKED = f"""
    SELECT person_id AS account FROM activity_contactfact WHERE contact_id = same.account AND {IS_LINK}
    UNION ALL
    SELECT contact_id FROM activity_contactfact WHERE person_id = same.account AND {IS_LINK}
"""


def _reached(accounts: str) -> str:
    """same (contact_id, account): every account that is the same person's as one of `accounts` (a relation)."""
    return f"""
    WITH RECURSIVE same (contact_id, account) AS (
        SELECT account, account FROM ({accounts}) AS one
        UNION
        SELECT same.contact_id, linked.account FROM same CROSS JOIN LATERAL ({LINKED}) AS linked
    )"""


# One person of several accounts: (contact_id, person_id), a row for each account, however the facts chain
# them. person_id: one of the accounts, the same for all.
_LINKED_ACCOUNTS = f"""
    SELECT contact_id AS account FROM activity_contactfact WHERE {IS_LINK}
    UNION
    SELECT person_id FROM activity_contactfact WHERE {IS_LINK}
"""
MERGED = f"""
    {_reached(_LINKED_ACCOUNTS)}
    SELECT contact_id, min(account) AS person_id FROM same GROUP BY contact_id
"""
# The same, of those alone whom one employee has met under one of their accounts. An array, not a join: the few
# links are looked up by their indexes, whole pages at a time.
_MET_ACCOUNTS = "(ARRAY(SELECT contact_id FROM activity_tie WHERE employee_id = %(employee)s))"
_LINKED_AND_MET = f"""
    SELECT contact_id AS account FROM activity_contactfact WHERE {IS_LINK} AND contact_id = ANY {_MET_ACCOUNTS}
    UNION
    SELECT person_id FROM activity_contactfact WHERE {IS_LINK} AND person_id = ANY {_MET_ACCOUNTS}
"""
MERGED_AND_MET = f"""
    {_reached(_LINKED_AND_MET)}
    SELECT DISTINCT account AS contact_id, min(account) OVER (PARTITION BY contact_id) AS person_id FROM same
"""

# Periods on which a contact does not count: (contact_id, since, until). An account that is or was an
# employee's, an account that HR says is an employee's, one that is set aside, one at a company domain. The last
# is no contact's whosever it is, which spares most lookups of employees' accounts. One that was handed over is
# barred on no day: it is named only because something is known of it.
BARRED = f"""
    SELECT owner.account_id AS contact_id, greatest(owner.starts_on, job.starts_on) AS since,
        coalesce(least(owner.ends_on, job.ends_on) + %(former)s, {EVER}) AS until
    FROM directory_accountowner AS owner
    JOIN directory_employment AS job ON job.employee_id = owner.employee_id
        AND job.starts_on <= coalesce(owner.ends_on, {EVER}) AND owner.starts_on <= coalesce(job.ends_on, {EVER})
    JOIN directory_account AS account ON account.id = owner.account_id AND NOT account.is_company
    JOIN activity_contact AS contact ON contact.id = owner.account_id
    UNION ALL
    SELECT fact.contact_id, job.starts_on, coalesce(job.ends_on + %(former)s, {EVER})
    FROM activity_contactfact AS fact JOIN directory_employment AS job ON job.employee_id = fact.employee_id
    WHERE fact.kind = 'employee' AND fact.revoked_at IS NULL
    UNION ALL
    SELECT contact_id, '-infinity', {EVER} FROM activity_contactfact
    WHERE kind = 'not_counted' AND revoked_at IS NULL
    UNION ALL
    SELECT id, '-infinity', {EVER} FROM activity_contact WHERE is_company
    UNION ALL
    SELECT contact_id, '-infinity', '-infinity' FROM activity_contactfact
    WHERE kind = 'handed_over' AND revoked_at IS NULL
"""
KNOWN_BEFORE = f"""
    UNION ALL
    SELECT DISTINCT contact_id, '-infinity'::date, {EVER} FROM activity_tie WHERE first_date < %(starts_on)s
"""


# Whose contact somebody became on which day: (employee_id, contact_id, handed_on), for all accounts of the person.
_HANDED_OVER = """
    WITH merged AS ({merged})
    SELECT fact.employee_id, coalesce(other.contact_id, fact.contact_id) AS contact_id, max(fact.since) AS handed_on
    FROM activity_contactfact AS fact LEFT JOIN merged AS one ON one.contact_id = fact.contact_id
    LEFT JOIN merged AS other ON other.person_id = one.person_id
    WHERE fact.kind = 'handed_over' AND fact.revoked_at IS NULL {only} GROUP BY 1, 2
"""
HANDED_OVER = _HANDED_OVER.format(merged=MERGED, only="")
HANDED_TO_EMPLOYEE = _HANDED_OVER.format(merged=MERGED_AND_MET, only="AND fact.employee_id = %(employee)s")

# The contacts whom one employee has met, under all their accounts.
MET = """
    SELECT contact_id FROM activity_tie WHERE employee_id = %(employee)s
    UNION
    SELECT contact_id FROM merged
"""


def contacts(rule: Rule, *, of_employee: bool = False) -> str:
    """The relation `contacts` of apps.ranking.sql. Parameters: last_day, former, starts_on.

    of_employee: only those whom one employee has met, under all their accounts; parameter: employee.
    """
    barred = BARRED + (KNOWN_BEFORE if rule.new_contacts_only else "")
    # An array, not a join: each part of `barred` is then looked up by its index.
    merged = MERGED_AND_MET if of_employee else MERGED
    condition = f"WHERE barred.contact_id = ANY (ARRAY({MET}))" if of_employee else ""
    return f"""
        WITH merged AS MATERIALIZED ({merged}),
        person AS (
            SELECT coalesce(merged.person_id, barred.contact_id) AS id,
                CASE WHEN bool_or(%(last_day)s BETWEEN since AND until) THEN {NO_DAY}
                ELSE ~bit_or({PAST_BITS}) END AS outside_days
            FROM ({barred}) AS barred LEFT JOIN merged USING (contact_id) {condition}
            GROUP BY 1
        )
        SELECT coalesce(merged.contact_id, person.id) AS contact_id, merged.person_id,
            coalesce(person.outside_days, {EVERY_DAY}) AS outside_days
        FROM person FULL JOIN merged ON merged.person_id = person.id
    """


EMPLOYED = f"""
    SELECT employee_id, bit_or({PAST_BITS}) AS employed_days,
        bool_or(%(last_day)s BETWEEN since AND until) AS is_employed
    FROM (SELECT employee_id, starts_on AS since, coalesce(ends_on, {EVER}) AS until FROM directory_employment) AS job
    GROUP BY employee_id
"""


def partial() -> str:
    """The relation `partial` of apps.ranking.sql: whoever was not employed on every day of the window."""
    return f"""
        SELECT employee_id, employed_days FROM ({EMPLOYED}) AS employed
        WHERE %(window)s & ~employed_days <> {NO_DAY}
    """


ON_THE_DAY = "starts_on <= %(last_day)s AND (ends_on IS NULL OR ends_on >= %(last_day)s)"

# Whether an employee belongs to what a parameter names, on the last day counted.
BELONGS = {
    "entities": "employee_id IN (SELECT m.employee_id FROM directory_entitymembership AS m "
    "JOIN directory_legalentity AS e ON e.id = m.entity_id "
    f"WHERE {ON_THE_DAY} AND e.name = ANY(%({{names}})s))",
    "departments": "employee_id IN (SELECT m.employee_id FROM directory_departmentmembership AS m "
    f"JOIN directory_department AS d ON d.id = m.department_id WHERE {ON_THE_DAY} AND EXISTS "
    "(SELECT FROM unnest(%({names})s::text[]) AS named (path) "
    "WHERE d.path = named.path OR starts_with(d.path, named.path || ' / ')))",
    "groups": "employee_id IN (SELECT m.employee_id FROM directory_groupmembership AS m "
    "JOIN directory_group AS g ON g.id = m.group_id "
    f"WHERE {ON_THE_DAY} AND g.name = ANY(%({{names}})s))",
}


def participants(campaign: Campaign) -> str:
    """(employee_id): employed on the last day, within what the campaign names, not having left the contest.

    With divisions (employee_id, division): the number of the first one that fits on that day.
    """
    conditions = [f"employee_id IN (SELECT employee_id FROM ({EMPLOYED}) AS employed WHERE is_employed)"]
    conditions += [BELONGS[kind].format(names=kind) for kind in BELONGING if getattr(campaign, kind)]
    conditions.append(
        "employee_id NOT IN (SELECT employee_id FROM campaigns_optout WHERE campaign_id = %(campaign)s)"
    )
    everybody = "(SELECT id, id AS employee_id FROM directory_employee) AS everybody"
    return f"SELECT id AS employee_id{_division(campaign)} FROM {everybody} WHERE {' AND '.join(conditions)}"


def _division(campaign: Campaign) -> str:
    """The last division has everybody else."""
    divisions, cases = divisions_of(campaign), ""
    if not divisions:
        return ""
    for number, division in enumerate(divisions[:-1], start=1):
        fits = (
            BELONGS[kind].format(names=_names_of(number, kind))
            for kind in BELONGING
            if getattr(division, kind)
        )
        cases += f"WHEN {' AND '.join(fits)} THEN {number:d} "
    return f", (CASE {cases}ELSE {len(divisions):d} END)::smallint AS division"


def _names_of(number: int, kind: str) -> str:
    return f"{kind}_of_{number:d}"


def belongs(campaign: Campaign) -> str:
    """Of an employee_id: the numbers, from 1, of those of `names_asked` to which it belongs; NULL where none is asked.

    Parameters: last_day, and `names_to_belong_to`.
    """
    asked = enumerate(names_asked(campaign), start=1)
    numbers = [
        f"CASE WHEN {BELONGS[kind].format(names=f'asked_{n:d}')} THEN {n:d} END" for n, (kind, _) in asked
    ]
    return f"array_remove(ARRAY[{', '.join(numbers)}]::smallint[], NULL)" if numbers else "NULL"


def names_to_belong_to(campaign: Campaign) -> dict[str, list[str]]:
    return {f"asked_{number:d}": [name] for number, (_, name) in enumerate(names_asked(campaign), start=1)}


def parameters(campaign: Campaign, rule: Rule, instant: Instant) -> dict[str, Any]:
    """Everything that the texts of this module and of apps.ranking.sql name."""
    return {
        "campaign": campaign.pk,
        "first_day": instant.first_day,
        "last_day": instant.last_day,
        "starts_on": instant.starts_on,
        "aligned": instant.last_day + timedelta(days=RECENT_DAYS - instant.window_days),
        "window": "1" * instant.window_days + "0" * (DAYS_REMEMBERED - instant.window_days),
        "former": rule.former_colleague_days,
        "entities": campaign.entities,
        "departments": campaign.departments,
        "groups": campaign.groups,
    } | {
        _names_of(number, kind): list(getattr(division, kind))
        for number, division in enumerate(divisions_of(campaign), start=1)
        for kind in BELONGING
    }
