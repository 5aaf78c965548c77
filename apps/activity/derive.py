"""Ties derived again from the ledger: after corrections, withdrawals, and for checking."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import connection, transaction

from apps.activity import sql
from apps.activity.gate import close_gate
from apps.activity.models import Contact
from apps.directory.handles import pseudonym
from apps.directory.models import Account, AccountOwner

ROWS_A_CHUNK = 20_000_000  # of the ledger, so that no chunk's transaction lasts longer than a minute


def rederive(employee_ids: Collection[int], account_keys: Collection[int]) -> None:
    """Derive again the ties of these employees, and those with these accounts as contacts.

    The caller holds the closed gate, has changed the directory, and passes everybody who owned one of
    the accounts before or owns it now.
    """
    owned = AccountOwner.objects.filter(employee__in=employee_ids).values_list("account_id", flat=True)
    touched = sql.calendar() | {
        "employees": list(employee_ids),
        "keys": list({*account_keys, *owned}),
    }
    fold = sql.ledger_fold(
        rows="(i.sender = ANY(%(keys)s) OR i.recipient = ANY(%(keys)s))",
        talk="(coalesce(sender_employee, recipient_employee) = ANY(%(employees)s)"
        " OR CASE WHEN sender_employee IS NULL THEN sender ELSE recipient END = ANY(%(keys)s))",
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM activity_tie WHERE employee_id = ANY(%(employees)s) OR contact_id = ANY(%(keys)s)",
            touched,
        )
        cursor.execute(sql.MERGE_INTO_TIES.format(folded=f"({fold})"), touched)
    _meet_former_accounts(touched["keys"])


def _meet_former_accounts(keys: Collection[int]) -> None:
    """An account that is no longer anybody's is a stranger's: give its ties their contact."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT contact_id FROM activity_tie WHERE contact_id = ANY(%s) "
            "AND contact_id NOT IN (SELECT id FROM activity_contact)",
            [list(keys)],
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


def rederive_pairs(pairs: str) -> None:
    """Derive again the ties named in the temporary table `pairs` (employee_id, contact_id)."""
    fold = sql.ledger_fold(
        rows=f"(i.sender IN (SELECT contact_id FROM {pairs}) OR i.recipient IN (SELECT contact_id FROM {pairs}))",
        talk="(coalesce(sender_employee, recipient_employee),"
        " CASE WHEN sender_employee IS NULL THEN sender ELSE recipient END)"
        f" IN (SELECT employee_id, contact_id FROM {pairs})",
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM activity_tie AS tie USING {pairs} AS pair "
            "WHERE tie.employee_id = pair.employee_id AND tie.contact_id = pair.contact_id"
        )
        cursor.execute(sql.MERGE_INTO_TIES.format(folded=f"({fold})"), sql.calendar())


@dataclass(frozen=True)
class Chunk:
    """Employees with ids from `low` up to, not including, `high`."""

    low: int
    high: int

    talk: ClassVar[str] = (
        "coalesce(sender_employee, recipient_employee) >= %(low)s"
        " AND coalesce(sender_employee, recipient_employee) < %(high)s"
    )

    @property
    def parameters(self) -> dict[str, Any]:
        return sql.calendar() | {"low": self.low, "high": self.high}


def chunks(rows_a_chunk: int = ROWS_A_CHUNK) -> Iterator[Chunk]:
    """Ranges of employees that cover everybody, each about `rows_a_chunk` of the ledger."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(counted), 0)::bigint FROM activity_delivery WHERE state <> 'withdrawn'"
        )
        rows = cursor.fetchone()[0]
        cursor.execute("SELECT coalesce(min(id), 0), coalesce(max(id), 0) + 1 FROM directory_employee")
        low, high = cursor.fetchone()
    step = -(-(high - low) // max(1, -(-rows // rows_a_chunk)))
    for start in range(low, high, max(1, step)):
        yield Chunk(start, min(start + step, high))


def rebuild(chunk: Chunk) -> int:
    """Derive the ties of a range of employees again; returns how many there are."""
    with transaction.atomic():
        close_gate()
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM activity_tie WHERE employee_id >= %(low)s AND employee_id < %(high)s",
                chunk.parameters,
            )
            fold = sql.ledger_fold(talk=chunk.talk)
            cursor.execute(
                f"INSERT INTO activity_tie ({sql.TIE_COLUMNS}) SELECT {sql.TIE_COLUMNS} FROM ({fold}) AS folded "
                "ORDER BY employee_id, contact_id",
                chunk.parameters,
            )
            derived: int = cursor.rowcount
        sql.note_arrival()
    return derived


def differences(chunk: Chunk) -> list[tuple[int, int]]:
    """Up to ten pairs (employee id, contact id) whose tie is not what the ledger says, in key order."""
    with transaction.atomic():
        close_gate()  # no batch may stand between the ledger and its ties
        with connection.cursor() as cursor:
            stored = (
                f"SELECT {sql.TIE_COLUMNS} FROM activity_tie "
                "WHERE employee_id >= %(low)s AND employee_id < %(high)s"
            )
            cursor.execute(
                f"WITH derived AS ({sql.ledger_fold(talk=chunk.talk)}), stored AS ({stored}) "
                "SELECT employee_id, contact_id FROM ((TABLE derived EXCEPT TABLE stored) "
                "UNION (TABLE stored EXCEPT TABLE derived)) AS different "
                "GROUP BY employee_id, contact_id ORDER BY employee_id, contact_id LIMIT 10",
                chunk.parameters,
            )
            return [(employee, contact) for employee, contact in cursor.fetchall()]
