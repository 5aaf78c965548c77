"""What the directory knows of the accounts of a batch."""

from collections import defaultdict
from collections.abc import Collection

from apps.activity.batch import Batch
from apps.activity.judging import FOREVER, Directory, Ownership
from apps.activity.prepared import prepared
from apps.activity.sql import array
from apps.directory.handles import is_under

LOOK_UP = """
    SELECT account_id, employee_id, starts_on, ends_on, NULL FROM directory_accountowner
    WHERE account_id = ANY(%s::bigint[])
    UNION ALL
    SELECT NULL, NULL, NULL, NULL, domain FROM directory_companydomain
"""


def look_up(batch: Batch) -> Directory:
    """The caller has passed the gate, so that none of it changes before the batch is in."""
    owners: defaultdict[int, list[Ownership]] = defaultdict(list)
    company: set[str] = set()
    with prepared() as cursor:
        cursor.execute(LOOK_UP, [array(batch.parties)])
        for account, employee, starts_on, ends_on, domain in cursor.fetchall():
            if domain is not None:
                company.add(domain)
            else:
                last = FOREVER if ends_on is None else ends_on.toordinal()
                owners[account].append(Ownership(employee, starts_on.toordinal(), last))
    return Directory(owners, _ours(batch, company))


def _ours(batch: Batch, company: Collection[str]) -> frozenset[int]:
    used = {party.domain for party in batch.parties.values()}
    ours = {domain for domain in used if is_under(domain, frozenset(company))}
    return frozenset(key for key, party in batch.parties.items() if party.domain in ours)
