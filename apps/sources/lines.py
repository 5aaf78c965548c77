"""One line of a file of interactions: what it holds, and what is wrong with it."""

import csv
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import blake2b
from struct import unpack
from typing import Any

import orjson

from apps.activity.batch import Event, Events, Unreadable, known_party

REQUIRED = ("message_id", "sent_at", "from", "to")
OPTIONAL = ("room_size",)
EXPECTED = f"{','.join(REQUIRED)}[,{','.join(OPTIONAL)}]"
# What a message says has no place here, under whatever name an export gives it.
CONTENT_NAMES = {
    "attachment", "attachments", "body", "caption", "content", "html", "message", "message_body",
    "message_text", "msg", "payload", "preview", "snippet", "subject", "summary", "text", "title",
    "正文", "内容", "消息内容", "主题", "标题",
}  # fmt: skip
PLAIN_NAME = re.compile(r"[\w.-]{1,40}")
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # a message from before is a wrong clock
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
LARGEST_ROOM = 32_767
LINE_END = "\n"

Parsed = Event | Unreadable


def content_name(names: Iterable[str]) -> str | None:
    """The first of the names under which exports give what a message says, in lower case."""
    return next((name for name in (name.strip().lower() for name in names) if name in CONTENT_NAMES), None)


def unknown_name(names: Iterable[str]) -> str | None:
    """The first name that is none of ours, quoted; what no export would call anything is not repeated."""
    unknown = next((name for name in names if name not in REQUIRED + OPTIONAL), None)
    if unknown is None:
        return None
    return f"{unknown!r}" if PLAIN_NAME.fullmatch(unknown) else "with a name of other characters"


def header_names(line: str) -> list[str]:
    return [name.strip().lower() for name in next(csv.reader([line]), [])]


def json_object(line: str) -> dict[str, Any] | None:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return row if isinstance(row, dict) else None


def from_json(number: int, line: str, platform: str) -> Parsed:
    row = json_object(line)
    return Unreadable(number, "not a JSON object") if row is None else _event(number, row, platform)


def from_csv(number: int, line: str, header: list[str], platform: str) -> Parsed:
    # Each line on its own: a quotation mark that nothing closes must not swallow those after it.
    try:
        values = next(csv.reader([line], strict=True))
    except csv.Error:
        return Unreadable(number, "not a line of CSV")
    if len(values) != len(header):
        return Unreadable(number, f"{len(values)} columns instead of {len(header)}")
    return _event(number, dict(zip(header, values, strict=True)), platform)


def columns_from_csv(numbers: list[int], lines: list[str], header: list[str], platform: str) -> Events | None:
    """Plain lines of CSV at once, column by column, four times as fast; None when one wants a closer look."""
    # After each line a value that none can hold, so that a line of too few or too many values shows.
    text, step = f",{LINE_END},".join(lines) + f",{LINE_END}", len(header) + 1
    values = text.split(",")
    if '"' in text or "\r" in text or values[step - 1 :: step] != [LINE_END] * len(lines):
        return None
    columns = {name: values[n::step] for n, name in enumerate(header)}
    try:
        instants = list(map(datetime.fromisoformat, columns["sent_at"]))
        if min(instants) < EARLIEST or max(instants) >= LATEST:
            return None
        for handle in {*columns["from"], *columns["to"]}:
            known_party(platform, handle)
        message_ids = list(map(str.strip, columns["message_id"]))
        people = {size: _room_size(size) for size in set(columns.get("room_size", ()))}
    except (ValueError, TypeError):  # TypeError: an instant without an offset
        return None
    if not all(message_ids):
        return None
    sizes = [people[size] for size in columns["room_size"]] if people else [_room_size(None)] * len(lines)
    digests = b"".join([_digest(message_id) for message_id in message_ids])
    keys = list(unpack(f">{len(lines)}q", digests))
    return Events(numbers, instants, columns["from"], columns["to"], keys, sizes)


def _event(number: int, row: dict[str, Any], platform: str) -> Parsed:
    try:
        sender, recipient = _handle(row["from"], "from"), _handle(row["to"], "to")
        known_party(platform, sender)
        known_party(platform, recipient)
        return Event(
            number,
            _instant(row["sent_at"]),
            sender,
            recipient,
            _event_key(row["message_id"]),
            _room_size(row.get("room_size")),
        )
    except KeyError as error:
        return Unreadable(number, f"{error.args[0]} is missing")
    except ValueError as error:
        return Unreadable(number, str(error))


def _handle(value: Any, name: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"{name} is not a text")
    return str(value)


def _instant(value: Any) -> datetime:
    try:
        instant = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("sent_at is not an ISO 8601 time such as 2026-12-31T15:59:59Z") from None
    if instant.tzinfo is None:
        raise ValueError("sent_at has no offset from UTC, such as Z or +08:00")
    if not EARLIEST <= instant < LATEST:
        raise ValueError(f"sent_at is not between {EARLIEST.year} and {LATEST.year}")
    return instant


def _event_key(message_id: Any) -> int:
    text = str(message_id).strip()
    if not text or message_id is None:
        raise ValueError("message_id is empty")
    return int.from_bytes(_digest(text), "big", signed=True)


def _digest(message_id: str) -> bytes:
    return blake2b(message_id.encode(), digest_size=8).digest()


def _room_size(value: Any) -> int:
    if value in (None, ""):
        return 2
    text = str(value).strip()
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= LARGEST_ROOM:
        raise ValueError("room_size is not a number of people")
    return int(text)
