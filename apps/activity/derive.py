"""Ties derived again from the ledger, part by part, and compared with it.

First the ties in question are forgotten, with the gate closed for a moment; then what the ledger says of them is
put into the ties as a batch is, beside batches that come in meanwhile: a day that is there already stays one
day. So nothing is lost and nobody waits long, and what was interrupted between the two is simply begun again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from apps.activity import folding, sql
from apps.activity.models import Contact, Derivation
from apps.activity.parts import Part
from apps.directory.handles import pseudonym
from apps.directory.models import Account, AccountOwner


@dataclass(frozen=True)
class Scope:
    """What is derived again: conditions on rows of the ledger (as i) and on ties, and what they name."""

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
        rows="(i.sender # i.recipient) IN (SELECT between FROM pair_of_accounts)",
        ties="(employee_id, contact_id) IN (SELECT employee_id, contact_id FROM pair)",
    )
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE pair, pair_of_accounts")


def _of_people(derivation: Derivation, part: Part) -> Scope:
    """Ties of some employees, and those with some accounts as contacts."""
    # The casts let PostgreSQL look values up in a hash table, which it does for one and the same type only.
    staff = "(SELECT account_id FROM directory_accountowner)"
    own, keys = "ANY(%(own)s::bigint[])", "ANY(%(keys)s::bigint[])"
    theirs = AccountOwner.objects.filter(employee__in=derivation.employee_ids)
    return Scope(
        part,
        rows=f"(i.sender = {own} OR i.recipient = {own}"
        f" OR i.sender = {keys} AND i.recipient IN {staff} OR i.recipient = {keys} AND i.sender IN {staff})",
        ties=f"(employee_id = ANY(%(employees)s::integer[]) OR contact_id = {keys})",
        parameters={
            "own": list(theirs.values_list("account_id", flat=True).distinct()),
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


def forget(scope: Scope) -> None:
    """Delete the ties; the caller holds the closed gate."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM activity_tie WHERE {scope.part.employees} AND {scope.ties}", scope.parameters
        )


def put_in(scope: Scope) -> None:
    """OR into the ties what the ledger says of them; the caller has passed the gate."""
    fold = folding.fold(
        rows=f"{scope.part.rows} AND {scope.rows}", ties=f"{scope.part.employees} AND {scope.ties}"
    )
    folding.run(sql.MERGE_INTO_TIES.format(folded=f"({fold})"), scope.parameters)
    _meet_former_accounts(scope.part)


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
    with transaction.atomic():
        folding.run(
            "CREATE TEMPORARY TABLE different AS SELECT employee_id, contact_id "
            f"FROM ({folding.fold(rows=part.rows, ties=part.employees)}) AS derived "
            f"FULL JOIN (SELECT * FROM activity_tie WHERE {part.employees}) AS stored "
            f"USING (employee_id, contact_id) WHERE ({derived}) IS DISTINCT FROM ({stored})",
            {},
        )
        yield
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE different")
