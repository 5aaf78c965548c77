"""Files of interactions: CSV or JSON Lines, plain or .gz, read some at a time.

Columns or keys: message_id, sent_at (ISO 8601 with offset), from, to, and optionally room_size.
"""

import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from django.utils.translation import gettext as _

from apps.activity.batch import Event, Events, Unreadable
from apps.jobs.files import Copy
from apps.sources import lines
from apps.sources.lines import EXPECTED, REQUIRED
from apps.sources.words import problem_in_words

LONGEST_LINE = 100_000  # bytes
BYTES_A_CHUNK = 131_072  # read at once
LINES_A_LOOK = 250  # parsed at once; when one of them is odd, these are looked at line by line
LINES_A_REPORT = 100_000
ANY_PLATFORM = "any"  # whether a line can be read does not depend on it


class UnusableFile(Exception):
    """The file as a whole cannot be imported; the sentence says why and what to do."""


@dataclass(frozen=True)
class Checked:
    """A file that was read to its end once: whole, UTF-8, the right columns, not a mere heap of wrong lines.

    lines: the number of its last line. is_empty: there is nothing below its header.
    """

    path: Path | Copy
    sha256: str
    lines: int
    is_json: bool
    is_empty: bool


def check(path: Path | Copy, progress: Callable[[int], None] = lambda _lines: None) -> Checked:
    """Read the file once, before anything is changed. Raises UnusableFile.

    progress: called now and then with the number of lines read.
    """
    try:
        if isinstance(path, Path):
            _check_is_a_file(path)
        sha256, is_json = _sha256(path), _is_json(path)
        last = _check_lines(path, is_json, progress)
        return Checked(path, sha256, last, is_json, is_empty=not _has_events(path, is_json))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnusableFile(
            _("%(file)s is a damaged or truncated gzip file (%(error)s); fetch it again.")
            % {"file": path, "error": error}
        ) from error
    except OSError as error:
        raise UnusableFile(
            _("%(file)s cannot be read: %(why)s.") % {"file": path, "why": error.strerror or error}
        ) from error


@dataclass
class Block:
    """Some lines of a file, in their order; last: the number of the last of them."""

    last: int
    events: Events
    unreadable: list[Unreadable]


def read(checked: Checked, platform: str, *, after: int = 0, at_once: int) -> Iterator[Block]:
    """The file's lines, `at_once` of those that are not empty in a block, those up to line number `after` left out."""
    return _read(checked.path, checked.is_json, platform, after, at_once)


def _read(path: Path | Copy, is_json: bool, platform: str, after: int, at_once: int) -> Iterator[Block]:
    header: list[str] = []
    numbers: list[int] = []
    texts: list[str] = []
    for first, text in _chunks(path):
        chunk = text.split("\n")
        if first == 1 and not is_json:
            header = lines.header_names(chunk[0])
            chunk[0] = ""
        if first > after and all(map(str.strip, chunk)):
            numbers += range(first, first + len(chunk))
            texts += chunk
        else:
            wanted = [n for n, line in enumerate(chunk) if first + n > after and line.strip()]
            numbers += [first + n for n in wanted]
            texts += [chunk[n] for n in wanted]
        while len(texts) >= at_once:
            yield _block(numbers[:at_once], texts[:at_once], header, platform)
            del numbers[:at_once], texts[:at_once]
    if texts:
        yield _block(numbers, texts, header, platform)


def _block(numbers: list[int], texts: list[str], header: list[str], platform: str) -> Block:
    """header: the columns of a CSV; of JSON Lines, none."""
    if header and (events := lines.columns_from_csv(numbers, texts, header, platform)):
        return Block(numbers[-1], events, [])
    block = Block(numbers[-1], Events(), [])
    for start in range(0, len(texts), LINES_A_LOOK):
        _look_closer(block, numbers[start:][:LINES_A_LOOK], texts[start:][:LINES_A_LOOK], header, platform)
    return block


def _look_closer(
    block: Block, numbers: list[int], texts: list[str], header: list[str], platform: str
) -> None:
    """Add a few lines of which one may be odd: then line by line."""
    if header and (events := lines.columns_from_csv(numbers, texts, header, platform)):
        block.events.extend(events)
        return
    parsed = [
        lines.from_csv(number, text, header, platform) if header else lines.from_json(number, text, platform)
        for number, text in zip(numbers, texts, strict=True)
    ]
    block.events.extend(Events.of(item for item in parsed if isinstance(item, Event)))
    block.unreadable += [item for item in parsed if isinstance(item, Unreadable)]


def _chunks(path: Path | Copy) -> Iterator[tuple[int, str]]:
    """(number of the first, some hundred whole lines, the last without its line feed). Raises UnusableFile."""
    number, rest = 1, b""
    with _opened(path) as stream:
        while piece := stream.read(BYTES_A_CHUNK):
            whole, found, rest = (rest + piece).rpartition(b"\n")
            if found:
                yield number, _decoded(path, number, whole)
                number += whole.count(b"\n") + 1
            _check_lengths(path, number, rest)
    if rest:
        yield number, _decoded(path, number, rest)


def _decoded(path: Path | Copy, first: int, whole: bytes) -> str:
    _check_lengths(path, first, whole)
    try:
        text = whole.decode()
    except UnicodeDecodeError as error:
        number = first + whole.count(b"\n", 0, error.start)
        raise UnusableFile(
            _("%(file)s, line %(line)d: not UTF-8; save the file as UTF-8.") % {"file": path, "line": number}
        ) from None
    text = text.removeprefix("\ufeff") if first == 1 else text
    return text.replace("\r\n", "\n").removesuffix("\r")


def _check_lengths(path: Path | Copy, first: int, whole: bytes) -> None:
    lines_of = whole.split(b"\n")
    if max(map(len, lines_of)) <= LONGEST_LINE:
        return
    for number, line in enumerate(lines_of, first):
        if len(line) > LONGEST_LINE:
            raise UnusableFile(
                _("%(file)s, line %(line)d: longer than %(most)s bytes; this is neither CSV nor JSON Lines.")
                % {"file": path, "line": number, "most": f"{LONGEST_LINE:,}"}
            )


def _check_lines(path: Path | Copy, is_json: bool, progress: Callable[[int], None]) -> int:
    """What every line must be whatever the others are; returns the number of the last one."""
    last = 0
    for first, text in _chunks(path):
        if first == 1:
            line = text.partition("\n")[0]
            if "\0" in line:
                raise UnusableFile(_("%(file)s is neither CSV nor JSON Lines.") % {"file": path})
            if not is_json:
                _check_header(_line(path, 1), lines.header_names(line))
        if is_json:
            for number, line in enumerate(text.split("\n"), first):
                _check_names(_line(path, number), _("key"), list(lines.json_object(line) or ()))
        before, last = last, first + text.count("\n")
        if before // LINES_A_REPORT < last // LINES_A_REPORT:
            progress(last)
    if not last:
        raise UnusableFile(
            _("%(file)s is empty; its first line must be: %(columns)s.")
            % {"file": path, "columns": ",".join(REQUIRED)}
        )
    return last


def _line(path: Path | Copy, number: int) -> str:
    return _("%(file)s, line %(line)d") % {"file": path, "line": number}


def _check_header(where: str, names: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in names]
    if missing and not lines.content_name(names):
        raise UnusableFile(
            _("%(where)s: column %(column)s is missing; it must be %(expected)s.")
            % {"where": where, "column": missing[0], "expected": EXPECTED}
        )
    _check_names(where, _("column"), names)
    if len(set(names)) != len(names):
        raise UnusableFile(_("%(where)s: a column stands there twice.") % {"where": where})


def _check_names(where: str, kind: str, names: list[str]) -> None:
    """kind: what the file calls its fields by, a column or a key."""
    if content := lines.content_name(names):
        raise UnusableFile(
            _("%(where)s holds message content (%(kind)s %(name)s); export who, whom and when only.")
            % {"where": where, "kind": kind, "name": content}
        )
    if unknown := lines.unknown_name(names):
        raise UnusableFile(
            _("%(where)s: unknown %(kind)s %(name)s; take it out, only %(expected)s are read.")
            % {"where": where, "kind": kind, "name": unknown, "expected": EXPECTED}
        )


def _has_events(path: Path | Copy, is_json: bool) -> bool:
    """Whether there is anything to count; a file of which no line can be read is the wrong file."""
    first: Unreadable | None = None
    count = 0
    for block in _read(path, is_json, ANY_PLATFORM, after=0, at_once=LINES_A_LOOK):
        if len(block.events):
            return True
        first, count = first or block.unreadable[0], count + len(block.unreadable)
    if first:
        raise UnusableFile(
            _(
                "%(file)s: %(count)s of %(count)s lines cannot be read (line %(line)d: %(problem)s); "
                "each must hold %(expected)s."
            )
            % {
                "file": path,
                "count": f"{count:,}",
                "line": first.line,
                "problem": problem_in_words(first.problem),
                "expected": EXPECTED,
            }
        )
    return False


def _check_is_a_file(path: Path) -> None:
    if not path.exists():
        raise UnusableFile(_("There is no file %(file)s.") % {"file": path})
    if path.is_dir():
        raise UnusableFile(_("%(file)s is a folder, not a file.") % {"file": path})
    if not path.is_file():
        raise UnusableFile(
            _("%(file)s is a pipe or device; it is read twice, so save it as a file first.") % {"file": path}
        )


def _is_json(path: Path | Copy) -> bool:
    with _opened(path) as stream:
        return stream.read(4_096).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def _opened(path: Path | Copy) -> BinaryIO:
    with path.open("rb") as raw:
        zipped = raw.read(2) == b"\x1f\x8b"
    if not zipped:
        return path.open("rb")
    return cast(BinaryIO, gzip.open(path if isinstance(path, Path) else path.open(), "rb"))


def _sha256(path: Path | Copy) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
