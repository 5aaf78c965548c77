"""Files of interactions: CSV or JSON Lines, plain or .gz, read a line at a time.

Columns or keys: message_id, sent_at (ISO 8601 with offset), from, to, and optionally room_size.
"""

import csv
import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
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
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
LONGEST_LINE = 100_000  # bytes
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
        _check_is_a_file(path)
        sha256 = _sha256(path)
        is_json = _is_json(path)
        lines = 0
        for lines, line in _lines(path):
            if lines == 1:
                _check_first(path, line, is_json)
            if is_json and (name := _content_name(line)):
                raise UnusableFile(
                    f"{path}, line {lines} holds message content ({name}); export who, whom and when only."
                )
            if lines % 100_000 == 0:
                progress(lines)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnusableFile(
            f"{path} is a damaged or truncated gzip file ({error}); fetch it again."
        ) from error
    except OSError as error:
        raise UnusableFile(f"{path} cannot be read: {error.strerror or error}.") from error
    if not lines:
        raise UnusableFile(f"{path} is empty; its first line must be: {','.join(REQUIRED)}.")
    return Checked(path, sha256, lines, is_json)


def read(checked: Checked, platform: str, *, after: int = 0) -> Iterator[Parsed]:
    """The file's lines as events, those up to line number `after` left out."""
    lines = _lines(checked.path)
    yield from (_read_json if checked.is_json else _read_csv)(lines, platform, after)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """(number, text) of every line, from 1. Raises UnusableFile."""
    with _opened(path) as stream:
        for number, line in enumerate(iter(partial(stream.readline, LONGEST_LINE + 1), b""), start=1):
            if len(line) > LONGEST_LINE:
                raise UnusableFile(
                    f"{path}, line {number}: longer than {LONGEST_LINE:,} bytes; this is neither CSV nor JSON Lines."
                )
            try:
                yield number, line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                raise UnusableFile(f"{path}, line {number}: not UTF-8; save the file as UTF-8.") from None


def _read_json(lines: Iterable[tuple[int, str]], platform: str, after: int) -> Iterator[Parsed]:
    for number, line in lines:
        if number <= after or not line.strip():
            continue
        row = _json_object(line)
        yield Unreadable(number, "not a JSON object") if row is None else _event(number, row, platform)


def _json_object(line: str) -> dict[str, Any] | None:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return row if isinstance(row, dict) else None


def _content_name(line: str) -> str | None:
    """The key under which a line of JSON holds message content, in lower case."""
    names = {key.strip().lower() for key in _json_object(line) or {}}
    return min(CONTENT_NAMES & names, default=None)


def _read_csv(lines: Iterable[tuple[int, str]], platform: str, after: int) -> Iterator[Parsed]:
    header: list[str] = []
    for number, line in lines:
        if not header:
            header = _header(line)
        elif number > after and line.strip():
            yield _csv_event(number, line, header, platform)


def _csv_event(number: int, line: str, header: list[str], platform: str) -> Parsed:
    # Each line on its own: a quotation mark that nothing closes must not swallow those after it.
    try:
        values = next(csv.reader([line], strict=True))
    except csv.Error:
        return Unreadable(number, "not a line of CSV")
    if len(values) != len(header):
        return Unreadable(number, f"{len(values)} columns instead of {len(header)}")
    return _event(number, dict(zip(header, values, strict=True)), platform)


def _header(line: str) -> list[str]:
    return [name.strip().lower() for name in next(csv.reader([line]), [])]


def _event(number: int, row: dict[str, Any], platform: str) -> Parsed:
    try:
        sender, recipient = _handle(row["from"], "from"), _handle(row["to"], "to")
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
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def _room_size(value: Any) -> int:
    if value in (None, ""):
        return 2
    text = str(value).strip()
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= LARGEST_ROOM:
        raise ValueError("room_size is not a number of people")
    return int(text)


def _check_is_a_file(path: Path) -> None:
    if not path.exists():
        raise UnusableFile(f"There is no file {path}.")
    if path.is_dir():
        raise UnusableFile(f"{path} is a folder, not a file.")
    if not path.is_file():
        raise UnusableFile(f"{path} is a pipe or device; it is read twice, so save it as a file first.")


def _check_first(path: Path, line: str, is_json: bool) -> None:
    if "\0" in line:
        raise UnusableFile(f"{path} is neither CSV nor JSON Lines.")
    if is_json:
        return
    header = _header(line)
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
