"""Ties derived again from the ledger, part by part, and compared with it.

First the ties in question are forgotten, with the gate closed for a moment; then the ledger is read, and what it
says of them put into the ties as a batch is, beside batches that come in meanwhile: a day that is there already
stays one day. So nothing is lost and nobody waits long, and what was interrupted between is simply begun again.
Days that the ledger no longer has (apps.activity.cuts) stay as they are.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from apps.activity import folding, sql
from apps.activity.cuts import hold_ledger_still, whole_from
from apps.activity.fields import DAYS_REMEMBERED
from apps.activity.models import Contact, Derivation
from apps.activity.parts import Part
from apps.directory.handles import pseudonym
from apps.directory.models import Account, AccountOwner


@dataclass(frozen=True)
class Scope:
    """What of a part is derived again: conditions on rows of the ledger (as i) and on ties, and what they name."""

    part: Part
    rows: str
    ties: str
    parameters: dict[str, Any] = field(default_factory=dict)


@contextmanager
def scope_of(derivation: Derivation, part: Part) -> Iterator[Scope]:
    """A derivation's part, ready for use inside the block."""
    if derivation.delivery_id is None:
        yield _of_people(derivation, part)
        return
    _find_pairs(derivation.delivery_id, part)
    yield Scope(
        part,
        rows=f"{part.rows} AND (i.sender # i.recipient) IN (SELECT between FROM pair_of_accounts)",
        ties=f"{part.employees} AND (employee_id, contact_id) IN (SELECT employee_id, contact_id FROM pair)",
    )
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE pair, pair_of_accounts")


def _of_people(derivation: Derivation, part: Part) -> Scope:
    """Ties of some employees, and those with some accounts as contacts."""
    # The casts let PostgreSQL look values up in a hash table, which it does for one and the same type only.
    own, keys = "ANY(%(own)s::bigint[])", "ANY(%(keys)s::bigint[])"
    staff = AccountOwner.objects.filter(employee__gte=part.low, employee__lt=part.high)
    theirs = staff.filter(employee__in=derivation.employee_ids)
    spoken = f"i.sender = {own} OR i.recipient = {own}"
    ties = "employee_id = ANY(%(employees)s::integer[])"
    if derivation.account_keys:
        spoken += f" OR i.sender = {keys} AND i.recipient IN {part.accounts}"
        spoken += f" OR i.recipient = {keys} AND i.sender IN {part.accounts}"
        ties += f" OR contact_id = {keys}"
    return Scope(
        part,
        rows=f"{part.time} AND ({spoken})",
        ties=f"{part.employees} AND ({ties})",
        parameters={
            "own": list(theirs.order_by().values_list("account_id", flat=True).distinct()),
            "keys": derivation.account_keys,
            "employees": derivation.employee_ids,
        },
    )


def _find_pairs(delivery_id: int, part: Part) -> None:
    """The pairs that a delivery speaks of (temporary table `pair`), and all the accounts by which they talk."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pair, pair_of_accounts")
        with transaction.atomic():
            of_employees = Part(part.low, part.high)
            spoken = folding.pairs(
                f"i.delivery_id = %(delivery)s AND {of_employees.rows}", ties=of_employees.employees
            )
            folding.run(f"CREATE TEMPORARY TABLE pair AS {spoken}", {"delivery": delivery_id})
            cursor.execute(
                "CREATE TEMPORARY TABLE pair_of_accounts AS "
                "SELECT DISTINCT owner.account_id # pair.contact_id AS between "
                "FROM pair JOIN directory_accountowner AS owner USING (employee_id)"
            )
            cursor.execute("ANALYZE pair, pair_of_accounts")


# What a tie keeps of days before a cut: it ends the day before, or on the last day of talk that it then has.
CUT_TIES = f"""
    UPDATE activity_tie AS tie SET anchor = coalesce(kept.day, tie.first_date),
        recent_sent = activity_recent(kept.sent), earlier_sent = activity_earlier(kept.sent),
        recent_received = activity_recent(kept.received), earlier_received = activity_earlier(kept.received)
    FROM (
        SELECT employee_id, contact_id, %(cut)s - ago AS day, sent << greatest(ago - 1, 0) AS sent,
            received << greatest(ago - 1, 0) AS received
        FROM (
            SELECT employee_id, contact_id, sent, received, nullif(position(B'1' IN sent | received), 0) AS ago
            FROM (
                SELECT employee_id, contact_id, {sql.days("old", "sent")} << (anchor - %(cut)s + 1) AS sent,
                    {sql.days("old", "received")} << (anchor - %(cut)s + 1) AS received
                FROM activity_tie AS old
                WHERE anchor >= %(cut)s AND first_date < %(cut)s AND {{employees}} AND {{ties}} OFFSET 0
            ) AS before OFFSET 0
        ) AS placed
    ) AS kept
    WHERE kept.employee_id = tie.employee_id AND kept.contact_id = tie.contact_id
"""


def forget(scope: Scope, part: Part) -> None:
    """Delete the ties of a part, or what of them the ledger can tell; the caller holds the closed gate."""
    of_scope = {"employees": part.employees, "ties": scope.ties}
    gone = "DELETE FROM activity_tie WHERE {employees} AND {ties}".format(**of_scope)
    with connection.cursor() as cursor:
        if cut := whole_from():
            known = {**scope.parameters, "cut": cut}
            cursor.execute(CUT_TIES.format(**of_scope), known)
            cursor.execute(f"{gone} AND first_date >= %(cut)s", known)
        else:
            cursor.execute(gone, scope.parameters)


def gather(scope: Scope) -> None:
    """Read the ledger, once for all parts of the scope, which must have been forgotten.

    Leaves the temporary table `gathered` of TIE_COLUMNS. What comes in later, batches put into the ties themselves.
    """
    fold = folding.fold(rows=scope.rows, days=_days_told(), ties=scope.ties)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS gathered")
        folding.run(f"CREATE TEMPORARY TABLE gathered AS {fold}", scope.parameters)
        cursor.execute("CREATE INDEX ON gathered (employee_id, contact_id); ANALYZE gathered")


def put_in(part: Part) -> None:
    """OR into the ties of a part what was gathered of them; the caller has passed the gate."""
    with connection.cursor() as cursor:
        cursor.execute(sql.MERGE_INTO_TIES.format(folded=f"(SELECT * FROM gathered WHERE {part.employees})"))
    _meet_former_accounts(part)


def _days_told() -> str:
    """The condition on `day` that the ledger has all of it."""
    cut = whole_from()
    return f"day >= '{cut.isoformat()}'::date" if cut else "true"


def _meet_former_accounts(part: Part) -> None:
    """An account that is no longer anybody's is a stranger's: give its ties their contact."""
    never_met = Account.objects.exclude(Exists(Contact.objects.filter(pk=OuterRef("pk"))))
    with connection.cursor() as cursor:
        # Keys, not a subquery: just after ties were forgotten the planner takes them for few.
        cursor.execute(
            "SELECT DISTINCT contact_id FROM activity_tie "
            f"WHERE {part.employees} AND contact_id = ANY(%s::bigint[])",
            [list(never_met.values_list("pk", flat=True))],
        )
        missing = [row[0] for row in cursor.fetchall()]
    accounts = Account.objects.filter(pk__in=missing)
    pseudonyms = [(account, pseudonym(account.platform, account.handle)) for account in accounts]
    Contact.objects.bulk_create(
        Contact(
            id=known.key,
            platform=account.platform,
            digest=known.digest,
            hint=known.hint,
            domain_keys=known.domain_keys,
        )
        for account, known in pseudonyms
    )


def differences(part: Part) -> list[tuple[int, int]]:
    """Up to ten pairs (employee id, contact id) whose tie is not what the ledger says, in key order."""
    with _compared(part), connection.cursor() as cursor:
        cursor.execute("SELECT employee_id, contact_id FROM different ORDER BY 1, 2 LIMIT 10")
        return [(employee, contact) for employee, contact in cursor.fetchall()]


def wrong_employees(part: Part) -> list[int]:
    """Ids of those who have a tie that is not what the ledger says, or lack one."""
    with _compared(part), connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT employee_id FROM different ORDER BY 1")
        return [employee for (employee,) in cursor.fetchall()]


@contextmanager
def _compared(part: Part) -> Iterator[None]:
    """The temporary table `different` of pairs. A batch commits its rows and ties together, and one statement
    sees all of it or nothing, so the gate stays open."""
    columns = [name for name in sql.TIE_COLUMNS.split(", ") if name not in {"employee_id", "contact_id"}]
    derived, stored = (", ".join(f"{side}.{name}" for name in columns) for side in ("derived", "stored"))
    if_told = "CASE WHEN stored.first_date IS NOT NULL THEN derived.first_date END"
    derived = derived.replace("derived.first_date", if_told)
    with transaction.atomic():
        hold_ledger_still()
        fold = folding.fold(rows=part.rows, days=_days_told(), ties=part.employees)
        folding.run(
            "CREATE TEMPORARY TABLE different AS SELECT employee_id, contact_id "
            f"FROM ({fold}) AS derived FULL JOIN ({_stored(part)}) AS stored "
            f"USING (employee_id, contact_id) WHERE ({derived}) IS DISTINCT FROM ({stored})",
            {},
        )
        yield
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE different")


def _stored(part: Part) -> str:
    """Ties as far as the ledger can tell them; their first day is null where it cannot."""
    stored = f"SELECT {sql.TIE_COLUMNS} FROM activity_tie AS tie WHERE {part.employees}"
    cut = whole_from()
    if cut is None:
        return stored
    day = f"'{cut.isoformat()}'::date"
    told = f"({sql.EVERY_DAY} << greatest({DAYS_REMEMBERED - 1} - (anchor - {day}), 0))"
    sent, received = (f"({sql.days('tie', side)} & {told})" for side in ("sent", "received"))
    return (
        "SELECT employee_id, contact_id, NULL::date AS first_date, anchor, "
        f"activity_recent({sent}) AS recent_sent, activity_earlier({sent}) AS earlier_sent, "
        f"activity_recent({received}) AS recent_received, activity_earlier({received}) AS earlier_received "
        f"FROM activity_tie AS tie WHERE {part.employees} AND first_date < {day} AND anchor >= {day} "
        f"UNION ALL {stored} AND first_date >= {day}"
    )
