"""Strangers become contacts when a batch speaks of them for the first time."""

from collections.abc import Collection, Sequence

from apps.activity import sql
from apps.activity.batch import Batch, ContactCollision
from apps.activity.prepared import prepared
from apps.directory.handles import domain_keys, masked_hint, normalise


def meet(strangers: Collection[int], batch: Batch, platform: str) -> None:
    """Make contacts of those who are none; who is one must be the same stranger. Raises ContactCollision."""
    new = _unmet(strangers, batch)
    if new and _insert(platform, new, batch) < len(new):  # another batch met some in this moment
        _unmet(new, batch)


def _unmet(strangers: Collection[int], batch: Batch) -> list[int]:
    """Those of whom there is no contact, in the order of their keys."""
    if not strangers:
        return []
    with prepared() as cursor:
        cursor.execute(
            "SELECT id, digest FROM activity_contact WHERE id = ANY(%s::bigint[])", [sql.array(strangers)]
        )
        known = dict(cursor.fetchall())
    if any(batch.parties[key].digest != digest for key, digest in known.items()):
        raise ContactCollision
    return sorted(set(strangers) - known.keys())


def _insert(platform: str, new: Sequence[int], batch: Batch) -> int:
    """In key order, so that two batches never wait in a circle; returns how many were not there."""
    handles = [normalise(batch.handles[key]) for key in new]
    with prepared() as cursor:
        cursor.execute(
            "INSERT INTO activity_contact (id, platform, digest, hint, domain_keys, is_company) "
            "SELECT id, %s, digest, hint, domain_keys::bigint[], false "
            "FROM unnest(%s::bigint[], %s::bytea[], %s::text[], %s::text[]) AS met (id, digest, hint, domain_keys) "
            "ORDER BY id ON CONFLICT (id) DO NOTHING",
            [
                platform,
                sql.array(new),
                [batch.parties[key].digest for key in new],
                [masked_hint(handle) for handle in handles],
                [sql.array(domain_keys(handle)) for handle in handles],
            ],
        )
        inserted: int = cursor.rowcount
        return inserted
