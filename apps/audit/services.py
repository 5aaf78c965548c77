"""Write the log and check it."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn

from django.db import connection

from apps.audit.address import current_address
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
    strings. address: known by itself in the administration. Raises RuntimeError outside a transaction,
    TypeError for a detail that would not come back from the database as it went in.
    Call it late in a long transaction: other writers wait for its end.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An audit entry is written in the transaction of its act.")
    plain = _plain(details or {})
    wait_for_turn()
    number, previous_hash = last_link()
    entry = Entry(
        number=number + 1,
        at=at,
        actor=actor,
        address=address or current_address(),
        action=action,
        subject=subject,
        details=plain,
        previous_hash=previous_hash,
    )
    entry.hash = entry_hash(entry)
    entry.save(force_insert=True)
    return entry


def wait_for_turn() -> None:
    """One writer at a time; under READ COMMITTED the next statement sees what the last one committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])


def last_link() -> tuple[int, str]:
    """(number, hash) of the newest entry: what the next one follows."""
    return Entry.objects.order_by("-number").values_list("number", "hash").first() or (0, GENESIS)


def entry_hash(entry: Entry) -> str:
    """SHA-256, hexadecimal, over the canonical JSON (sorted keys, no spaces, UTF-8) of an entry."""
    return hashlib.sha256(canonical(content_of(entry)).encode()).hexdigest()


def content_of(entry: Entry) -> dict[str, Any]:
    """Everything of an entry but its hash."""
    return {
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "address": entry.address,
        "action": entry.action,
        "subject": entry.subject,
        "details": entry.details,
        "previous_hash": entry.previous_hash,
    }


def canonical(content: Any) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True)
class Verdict:
    """What a check of the whole log found; `problem` names the first entry that does not hold, or is empty.

    count, head: how many entries hold from the first on, and the hash of the last of them.
    """

    count: int
    head: str
    problem: str


def verify(known_head: str = "", *, after: tuple[int, str] = (0, GENESIS)) -> Verdict:
    """Follow the chain from its first entry, in constant memory and one snapshot.

    known_head: a head noted elsewhere earlier; it must still be in the chain. Without one, a log whose
    end was cut off or written anew with fresh hashes cannot be told from a true one.
    after: number and hash of an entry up to which it was followed before; only later ones are followed.
    """
    (count, head), known = after, not known_head
    if count and not Entry.objects.filter(number=count, hash=head).exists():
        return Verdict(0, GENESIS, f"entry {count} has not the hash that was followed before")
    for entry in _entries(count):
        if problem := _problem(entry, count + 1, head):
            return Verdict(count, head, problem)
        count, head = entry.number, entry.hash
        known = known or head == known_head
    problem = (
        "" if known else f"no entry has the noted head {known_head}, so the log's end was replaced or cut"
    )
    return Verdict(count, head, problem)


def _entries(after: int) -> Iterator[Entry]:
    entries = Entry.objects.filter(number__gt=after) if after else Entry.objects.all()
    return entries.order_by("number").iterator(chunk_size=500)


def _problem(entry: Entry, expected: int, previous_hash: str) -> str:
    if entry.number > expected:
        return f"entry {expected} is missing"
    if entry.number < expected:
        return f"entry {entry.number} does not belong, numbers begin at 1"
    if entry.previous_hash != previous_hash:
        return f"entry {entry.number} does not follow the hash of the one before it"
    if entry_hash(entry) != entry.hash:
        return f"entry {entry.number} was changed after it was written"
    return ""


def _plain(details: dict[str, Any]) -> dict[str, Any]:
    """As the database will give it back: jsonb rewrites fractions, so a float would break its own hash."""
    plain: dict[str, Any] = json.loads(json.dumps(details), parse_float=_refuse, parse_constant=_refuse)
    return plain


def _refuse(number: str) -> NoReturn:
    raise TypeError(f"An audit detail is the fraction {number}; write it as a string.")
