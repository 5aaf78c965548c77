"""One batch as columns of events, and all that can be made of them before the database is asked."""

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from struct import Struct
from typing import Any, NamedTuple, Self
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from apps.directory.handles import digest, domain_of, key_of, normalise
from bonus_tracker.clock import company_zone

HANDLES_CACHED = 100_000  # 350 bytes each

# COPY's binary format: a row is the number of its fields and each field, its bytes after their number.
ROW = Struct(">h iq iq iq iq ii ih")
COPY_HEADER, COPY_TRAILER = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
POSTGRESQL_EPOCH, MICROSECOND = datetime(2000, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
A_MINUTE = 60_000_000  # microseconds; no zone's offset ever changes inside one

Talk = tuple[int, int, int]  # key of the sender, of the recipient, and the day as an ordinal


class ContactCollision(Exception):
    """Two handles share the 64 bits of a contact's id; neither may be taken for the other."""

    def __str__(self) -> str:
        return gettext("Two different handles have one contact id; change PSEUDONYM_KEY and start anew.")


class Event(NamedTuple):
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


@dataclass
class Events:
    """Events column by column, in the order of Event's fields: a loop over a column runs in C."""

    lines: list[int] = field(default_factory=list)
    occurred_at: list[datetime] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    event_keys: list[int] = field(default_factory=list)
    room_sizes: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, events: Iterable[Event]) -> Self:
        return cls(*map(list, zip(*events, strict=True)))

    @property
    def columns(self) -> list[list[Any]]:
        return [getattr(self, column.name) for column in fields(self)]

    def __len__(self) -> int:
        return len(self.lines)

    def extend(self, others: "Events") -> None:
        for mine, theirs in zip(self.columns, others.columns, strict=True):
            mine.extend(theirs)

    def rows(self) -> list[Event]:
        return list(map(Event, *self.columns))


class Party(NamedTuple):
    """Who is behind a handle: the key and digest of its pseudonym, and its domain, in the one spelling."""

    key: int
    digest: bytes
    domain: str


@dataclass(frozen=True)
class Batch:
    """Events ready to be judged, a place for each in every array, and who is behind each key.

    instants: microseconds since POSTGRESQL_EPOCH. days: on the company's calendar, as ordinals. rows: those of the
    ledger in COPY's binary format, one after the other. Arrays pass from one process to another as they lie in memory.
    """

    handles: Mapping[int, str]
    parties: Mapping[int, Party]
    lines: "array[int]"
    instants: "array[int]"
    senders: "array[int]"
    recipients: "array[int]"
    days: "array[int]"
    event_keys: "array[int]"
    room_sizes: "array[int]"
    rows: bytes

    def __len__(self) -> int:
        return len(self.instants)

    def rows_without(self, left: Collection[int]) -> bytes:
        """left: places of events that the ledger does not take."""
        if not left:
            return self.rows
        starts = [place * ROW.size for place in range(len(self)) if place not in left]
        return b"".join([self.rows[start : start + ROW.size] for start in starts])

    def until(self, latest: datetime) -> list[int]:
        """The instants, those left out that are later."""
        last = microseconds(latest)
        return [at for at in self.instants if at <= last]

    def talk(self) -> Iterator[Talk]:
        """Of every event, in order. Not kept: the collector of garbage would look at all of it again and again."""
        return zip(self.senders, self.recipients, self.days, strict=True)


@lru_cache(maxsize=HANDLES_CACHED)
def known_party(platform: str, handle: str) -> Party:
    """Of a handle as written; raises ValueError when it is no handle."""
    spelled = normalise(handle)
    full = digest(platform, spelled)
    return Party(key_of(full), full, domain_of(spelled))


def prepare(platform: str, delivery_id: int, events: Events) -> Batch:
    """Asks the database nothing, so that a reader can do it ahead.

    Raises ValueError for a handle that is none, ContactCollision.
    """
    keys: dict[str, int] = {}
    handles: dict[int, str] = {}
    parties: dict[int, Party] = {}
    for handle in {*events.senders, *events.recipients}:
        party = known_party(platform, handle)
        key = keys[handle] = party.key
        handles[key] = handle
        if parties.setdefault(key, party).digest != party.digest:
            raise ContactCollision
    senders = [keys[handle] for handle in events.senders]
    recipients = [keys[handle] for handle in events.recipients]
    instants = list(map(microseconds, events.occurred_at))
    rows = [
        ROW.pack(6, 8, at, 8, sender, 8, recipient, 8, event_key, 4, delivery_id, 2, room_size)
        for at, sender, recipient, event_key, room_size in zip(
            instants, senders, recipients, events.event_keys, events.room_sizes, strict=True
        )
    ]
    day_of = Calendar(company_zone())
    days = [day_of[instant // A_MINUTE] for instant in instants]
    return Batch(
        handles,
        parties,
        lines=array("q", events.lines),
        instants=array("q", instants),
        senders=array("q", senders),
        recipients=array("q", recipients),
        days=array("q", days),
        event_keys=array("q", events.event_keys),
        room_sizes=array("q", events.room_sizes),
        rows=b"".join(rows),
    )


def microseconds(at: datetime) -> int:
    """Since POSTGRESQL_EPOCH."""
    return (at - POSTGRESQL_EPOCH) // MICROSECOND


def instant(microseconds: int) -> datetime:
    """In UTC; microseconds since POSTGRESQL_EPOCH."""
    return POSTGRESQL_EPOCH + microseconds * MICROSECOND


class Calendar(dict[int, int]):
    """The day, as an ordinal on a zone's calendar, of a minute counted from POSTGRESQL_EPOCH."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    def __missing__(self, minute: int) -> int:
        began = POSTGRESQL_EPOCH + timedelta(minutes=minute)
        day = self[minute] = began.astimezone(self.zone).toordinal()
        return day
