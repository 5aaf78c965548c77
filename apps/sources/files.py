"""Files of interactions: CSV or JSON Lines, plain or .gz, read a line at a time.

Columns or keys: message_id, sent_at (ISO 8601 with offset), from, to, and optionally room_size.
"""

import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from apps.activity.batch import Event, Unreadable
from apps.sources import lines
from apps.sources.lines import EXPECTED, REQUIRED, Parsed

LONGEST_LINE = 100_000  # bytes
ANY_PLATFORM = "any"  # whether a line can be read does not depend on it


class UnusableFile(Exception):
    """The file as a whole cannot be imported; the sentence says why and what to do."""


@dataclass(frozen=True)
class Checked:
    """A file that was read to its end once: whole, UTF-8, the right columns, not a mere heap of wrong lines.

    lines: the number of its last line. is_empty: there is nothing below its header.
    """

    path: Path
    sha256: str
    lines: int
    is_json: bool
    is_empty: bool


def check(path: Path, progress: Callable[[int], None] = lambda _: None) -> Checked:
    """Read the file once, before anything is changed. Raises UnusableFile.

    progress: called now and then with the number of lines read.
    """
    try:
        _check_is_a_file(path)
        sha256, is_json = _sha256(path), _is_json(path)
        last = _check_lines(path, is_json, progress)
        return Checked(path, sha256, last, is_json, is_empty=not _has_events(path, is_json))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnusableFile(
            f"{path} is a damaged or truncated gzip file ({error}); fetch it again."
        ) from error
    except OSError as error:
        raise UnusableFile(f"{path} cannot be read: {error.strerror or error}.") from error


def read(checked: Checked, platform: str, *, after: int = 0) -> Iterator[Parsed]:
    """The file's lines as events, those up to line number `after` left out."""
    return _read(checked.path, checked.is_json, platform, after)


def _read(path: Path, is_json: bool, platform: str, after: int) -> Iterator[Parsed]:
    header: list[str] = []
    for number, line in _lines(path):
        if not is_json and not header:
            header = lines.header_names(line)
        elif number > after and line.strip():
            yield (
                lines.from_json(number, line, platform)
                if is_json
                else lines.from_csv(number, line, header, platform)
            )


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


def _check_lines(path: Path, is_json: bool, progress: Callable[[int], None]) -> int:
    """What every line must be whatever the others are; returns the number of the last one."""
    number = 0
    for number, line in _lines(path):
        if number == 1 and "\0" in line:
            raise UnusableFile(f"{path} is neither CSV nor JSON Lines.")
        if is_json:
            _check_names(f"{path}, line {number}", "key", list(lines.json_object(line) or ()))
        elif number == 1:
            _check_header(f"{path}, line 1", lines.header_names(line))
        if number % 100_000 == 0:
            progress(number)
    if not number:
        raise UnusableFile(f"{path} is empty; its first line must be: {','.join(REQUIRED)}.")
    return number


def _check_header(where: str, names: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in names]
    if missing and not lines.content_name(names):
        raise UnusableFile(f"{where}: column {missing[0]} is missing; it must be {EXPECTED}.")
    _check_names(where, "column", names)
    if len(set(names)) != len(names):
        raise UnusableFile(f"{where}: a column stands there twice.")


def _check_names(where: str, kind: str, names: list[str]) -> None:
    """kind: what the file calls its fields by, a column or a key."""
    if content := lines.content_name(names):
        raise UnusableFile(
            f"{where} holds message content ({kind} {content}); export who, whom and when only."
        )
    if unknown := lines.unknown_name(names):
        raise UnusableFile(f"{where}: unknown {kind} {unknown}; take it out, only {EXPECTED} are read.")


def _has_events(path: Path, is_json: bool) -> bool:
    """Whether there is anything to count; a file of which no line can be read is the wrong file."""
    first: Unreadable | None = None
    count = 0
    for item in _read(path, is_json, ANY_PLATFORM, after=0):
        if isinstance(item, Event):
            return True
        first, count = first or item, count + 1
    if first:
        raise UnusableFile(
            f"{path}: {count:,} of {count:,} lines cannot be read (line {first.line}: {first.problem}); "
            f"each must hold {EXPECTED}."
        )
    return False


def _check_is_a_file(path: Path) -> None:
    if not path.exists():
        raise UnusableFile(f"There is no file {path}.")
    if path.is_dir():
        raise UnusableFile(f"{path} is a folder, not a file.")
    if not path.is_file():
        raise UnusableFile(f"{path} is a pipe or device; it is read twice, so save it as a file first.")


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
