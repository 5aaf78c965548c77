"""Files of interactions: CSV or JSON Lines, plain or .gz, read a line at a time.

Columns or keys: message_id, sent_at (ISO 8601 with offset), from, to, and optionally room_size.
"""

import csv
import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

from apps.activity.batch import Event, Unreadable, known_pseudonym

REQUIRED = ("message_id", "sent_at", "from", "to")
OPTIONAL = ("room_size",)
# What a message says has no place here, under whatever name an export gives it.
CONTENT_NAMES = {
    "attachment", "attachments", "body", "caption", "content", "html", "message", "message_body",
    "message_text", "msg", "payload", "preview", "snippet", "subject", "summary", "text", "title",
    "正文", "内容", "消息内容", "主题", "标题",
}  # fmt: skip
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # a message from before is a wrong clock
LONGEST_LINE = 100_000  # characters
LARGEST_ROOM = 32_767

Parsed = Event | Unreadable


class UnusableFile(Exception):
    """The file as a whole cannot be imported; the sentence says why and what to do."""


@dataclass(frozen=True)
class Checked:
    """A file that was read to its end once: whole, UTF-8, the right columns."""

    path: Path
    sha256: str
    lines: int
    is_json: bool


def check(path: Path, progress: Callable[[int], None] = lambda _: None) -> Checked:
    """Read the file once, before anything is changed. Raises UnusableFile.

    progress: called now and then with the number of lines read.
    """
    try:
        sha256 = _sha256(path)
        with _opened(path) as stream:
            is_json = _is_json(path)
            lines = 0
            for number, line in enumerate(stream, start=1):
                if number == 1:
                    _check_first(path, line, is_json)
                try:
                    line.decode()
                except UnicodeDecodeError:
                    raise UnusableFile(f"{path}, line {number}: not UTF-8; save the file as UTF-8.") from None
                lines = number
                if number % 100_000 == 0:
                    progress(number)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnusableFile(
            f"{path} is a damaged or truncated gzip file ({error}); fetch it again."
        ) from error
    except IsADirectoryError:
        raise UnusableFile(f"{path} is a folder, not a file.") from None
    except FileNotFoundError:
        raise UnusableFile(f"There is no file {path}.") from None
    except OSError as error:
        raise UnusableFile(f"{path} cannot be read: {error.strerror or error}.") from error
    if not lines:
        raise UnusableFile(f"{path} is empty; its first line must be: {','.join(REQUIRED)}.")
    return Checked(path, sha256, lines, is_json)


def read(checked: Checked, platform: str, *, after: int = 0) -> Iterator[Parsed]:
    """The file's lines as events, those up to line number `after` left out."""
    with _opened(checked.path) as stream:
        lines = (line.decode("utf-8-sig" if number == 0 else "utf-8") for number, line in enumerate(stream))
        yield from (_read_json if checked.is_json else _read_csv)(lines, platform, after)


def _read_json(lines: Iterator[str], platform: str, after: int) -> Iterator[Parsed]:
    for number, line in enumerate(lines, start=1):
        if number <= after or not line.strip():
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError:
            yield Unreadable(number, "not a JSON object")
            continue
        if not isinstance(row, dict):
            yield Unreadable(number, "not a JSON object")
        elif CONTENT_NAMES & {str(key).lower() for key in row}:
            raise UnusableFile(f"Line {number} holds message content; export who, whom and when only.")
        else:
            yield _event(number, row, platform)


def _read_csv(lines: Iterator[str], platform: str, after: int) -> Iterator[Parsed]:
    reader = csv.reader(lines, strict=True)
    header = [name.strip().lower() for name in next(reader)]
    rows = iter(reader)
    while True:
        try:
            values = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            if reader.line_num > after:
                yield Unreadable(reader.line_num, f"not a line of CSV: {error}")
            continue
        if reader.line_num <= after or not values:
            continue
        if len(values) != len(header):
            yield Unreadable(reader.line_num, f"{len(values)} columns instead of {len(header)}")
        else:
            yield _event(reader.line_num, dict(zip(header, values, strict=True)), platform)


def _event(number: int, row: dict[str, Any], platform: str) -> Parsed:
    try:
        sender, recipient = str(row["from"]), str(row["to"])
        known_pseudonym(platform, sender)
        known_pseudonym(platform, recipient)
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


def _instant(value: Any) -> datetime:
    try:
        instant = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("sent_at is not an ISO 8601 time such as 2026-12-31T15:59:59Z") from None
    if instant.tzinfo is None:
        raise ValueError("sent_at has no offset from UTC, such as Z or +08:00")
    if instant < EARLIEST:
        raise ValueError("sent_at is before 1990")
    return instant


def _event_key(message_id: Any) -> int:
    text = str(message_id).strip()
    if not text or message_id is None:
        raise ValueError("message_id is empty")
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def _room_size(value: Any) -> int:
    if value in (None, ""):
        return 2
    text = str(value).strip()
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= LARGEST_ROOM:
        raise ValueError("room_size is not a number of people")
    return int(text)


def _check_first(path: Path, line: bytes, is_json: bool) -> None:
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnusableFile(f"{path}, line 1: not UTF-8; save the file as UTF-8.") from None
    if len(text) > LONGEST_LINE or "\0" in text:
        raise UnusableFile(f"{path} is neither CSV nor JSON Lines.")
    if is_json:
        return
    header = [name.strip().lower() for name in next(csv.reader([text]), [])]
    if content := [name for name in header if name in CONTENT_NAMES]:
        raise UnusableFile(
            f"{path} has a column of message content ({content[0]}); export who, whom and when only."
        )
    if missing := [name for name in REQUIRED if name not in header]:
        raise UnusableFile(
            f"{path}, line 1: column {missing[0]} is missing; it must be {','.join(REQUIRED)}[,room_size]."
        )
    if unknown := [name for name in header if name not in REQUIRED + OPTIONAL]:
        raise UnusableFile(
            f"{path}, line 1: unknown column {unknown[0]!r}; take it out, only {','.join(REQUIRED)}"
            "[,room_size] are read."
        )
    if len(set(header)) != len(header):
        raise UnusableFile(f"{path}, line 1: a column stands there twice.")


def _is_json(path: Path) -> bool:
    with _opened(path) as stream:
        return stream.read(4_096).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def _opened(path: Path) -> BinaryIO:
    with path.open("rb") as raw:
        zipped = raw.read(2) == b"\x1f\x8b"
    return cast(BinaryIO, gzip.open(path, "rb")) if zipped else path.open("rb")


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
