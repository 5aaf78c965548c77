"""Write the log and check it."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from apps.audit.models import Entry

CHAIN_LOCK = 0x4155444954  # "AUDIT": one writer at a time, until its transaction ends
GENESIS = "0" * 64


def record(
    action: str,
    *,
    actor: str,
    subject: str,
    at: datetime,
    details: dict[str, Any] | None = None,
    address: str = "",
) -> Entry:
    """Append one entry in the caller's transaction: no act without its entry, no entry without its act.

    at: the instant of the act, aware. details: what changed, JSON types only, numbers as integers or
    strings. Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An audit entry is written in the transaction of its act.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
    last = Entry.objects.order_by("-number").only("number", "hash").first()
    entry = Entry(
        number=last.number + 1 if last else 1,
        at=at,
        actor=actor,
        address=address,
        action=action,
        subject=subject,
        details=details or {},
        previous_hash=last.hash if last else GENESIS,
    )
    entry.hash = entry_hash(entry)
    entry.save(force_insert=True)
    return entry


def entry_hash(entry: Entry) -> str:
    """SHA-256, hexadecimal, over the canonical JSON (sorted keys, no spaces, UTF-8) of an entry."""
    content = {
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "address": entry.address,
        "action": entry.action,
        "subject": entry.subject,
        "details": entry.details,
        "previous_hash": entry.previous_hash,
    }
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def canonical(content: Any) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def first_broken(entries: Iterator[Entry] | None = None) -> tuple[int, str] | None:
    """(number, what is wrong) of the first entry that breaks the chain, or None when all hold."""
    expected, previous = 1, GENESIS
    for entry in entries or Entry.objects.order_by("number").iterator(chunk_size=2000):
        if entry.number != expected:
            return expected, f"entry {expected} is missing"
        if entry.previous_hash != previous:
            return entry.number, f"entry {entry.number} does not follow the hash of the one before it"
        if entry_hash(entry) != entry.hash:
            return entry.number, f"entry {entry.number} was changed after it was written"
        expected, previous = entry.number + 1, entry.hash
    return None
