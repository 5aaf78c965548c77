"""One batch on its way into the database: a temporary table that the ingest resolves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from django.db import connection

from apps.activity.models import QuarantinedEvent
from apps.directory.handles import Pseudonym, domain_of, is_under, normalise, pseudonym
from apps.directory.models import CompanyDomain

MAXIMUM_PROBLEM_LENGTH = 200  # characters
HANDLES_CACHED = 200_000  # 650 bytes each


@dataclass(frozen=True, slots=True)
class Event:
    """One message to one recipient, as a door read it; handles as written, occurred_at aware."""

    line: int
    occurred_at: datetime
    sender: str
    recipient: str
    event_key: int  # signed 64 bits of the message id's hash
    room_size: int = 2


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that a door could not read; `problem` never repeats the line's content."""

    line: int
    problem: str


@lru_cache(maxsize=HANDLES_CACHED)
def known_pseudonym(platform: str, handle: str) -> Pseudonym:
    """The pseudonym of a handle as written; raises ValueError when it is no handle."""
    return pseudonym(platform, normalise(handle))


@lru_cache(maxsize=HANDLES_CACHED)
def is_ours(handle: str, company_domains: frozenset[str]) -> bool:
    return is_under(domain_of(normalise(handle)), company_domains)


def months_of(events: Sequence[Event], *, until: datetime) -> set[date]:
    """First days of the UTC months in which these events happened, those after `until` left out."""
    instants = (event.occurred_at.astimezone(UTC) for event in events if event.occurred_at <= until)
    return {date(year, month, 1) for year, month in {(at.year, at.month) for at in instants}}


def copy_events(platform: str, events: Iterable[Event]) -> None:
    """COPY events and the pseudonyms of their handles into the temporary tables `event` and `stranger`."""
    domains = frozenset(CompanyDomain.objects.values_list("domain", flat=True))
    strangers: dict[bytes, Pseudonym] = {}  # by digest: one handle may be spelled in several ways
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE event (line bigint, occurred_at timestamptz, sender bigint, recipient bigint, "
            "sender_ours bool, recipient_ours bool, event_key bigint, room_size smallint) ON COMMIT DROP;"
            "CREATE TEMPORARY TABLE stranger (id bigint, digest bytea, hint text, domain_keys bigint[]) ON COMMIT DROP"
        )
        with cursor.copy("COPY event FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(["int8", "timestamptz", "int8", "int8", "bool", "bool", "int8", "int2"])
            for event in events:
                sender = known_pseudonym(platform, event.sender)
                recipient = known_pseudonym(platform, event.recipient)
                strangers[sender.digest], strangers[recipient.digest] = sender, recipient
                copy.write_row(
                    (
                        event.line,
                        event.occurred_at,
                        sender.key,
                        recipient.key,
                        is_ours(event.sender, domains),
                        is_ours(event.recipient, domains),
                        event.event_key,
                        event.room_size,
                    )
                )
        with cursor.copy("COPY stranger FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(["int8", "bytea", "text", "int8[]"])
            for known in strangers.values():
                copy.write_row((known.key, known.digest, known.hint, known.domain_keys))


def hold_unreadable(delivery_id: int, lines: Sequence[Unreadable]) -> None:
    QuarantinedEvent.objects.bulk_create(
        QuarantinedEvent(
            delivery_id=delivery_id,
            line=line.line,
            reason=QuarantinedEvent.Reason.UNREADABLE,
            problem=line.problem[:MAXIMUM_PROBLEM_LENGTH],
        )
        for line in lines
    )
