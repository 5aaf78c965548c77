"""The file of employees as lines: reads, checks each field on its own, tells every problem by line."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

from apps.directory.handles import normalise
from apps.directory.periods import Days
from apps.directory.records import BETWEEN_NAMES, DirectoryError, Problem

REQUIRED = ("number", "name", "department", "handle", "hired_on", "left_on")
OPTIONAL = ("entity", "platform", "groups")
LONGEST = {"number": 200, "name": 200, "entity": 200, "department": 800, "platform": 40}  # characters
LONGEST_NAME = 200  # of one department or group
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
PLATFORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Line(NamedTuple):
    """One line of the file: one handle of one person in one employment; empty texts state nothing."""

    line: int
    number: str
    name: str
    department: str
    account: str  # "platform:handle"
    days: Days
    entity: str
    groups: tuple[str, ...]


def read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DirectoryError(
            _("%(path)s cannot be read: %(reason)s.") % {"path": path, "reason": error.strerror}
        ) from error


def read_lines(content: bytes, platform: str) -> tuple[list[Line], list[Problem]]:
    """The good lines and what is wrong with the others. platform: of lines that name none.

    Raises DirectoryError when the whole cannot be read: not UTF-8, not CSV, wrong columns.
    """
    rows = _rows(_text(content))
    header = _columns(next(rows, (1, []))[1])
    lines, problems = [], []
    for line, fields in rows:
        if len(fields) != len(header):
            text = _("has %(found)d fields, the header has %(expected)d")
            problems.append(Problem(line, text % {"found": len(fields), "expected": len(header)}))
            continue
        try:
            lines.append(_line(line, dict(zip(header, fields, strict=True)), platform))
        except DirectoryError as error:
            problems.append(Problem(line, str(error)))
    return lines, problems


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise DirectoryError([Problem(line, _("is not UTF-8; save the file as “CSV UTF-8”"))]) from error


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """(line, fields) of every record that is not blank; line is the record's first."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    first = 1
    try:
        for fields in reader:
            if fields and (len(fields) > 1 or fields[0].strip()):
                yield first, fields
            first = reader.line_num + 1
    except csv.Error as error:
        raise DirectoryError([Problem(first, _("is not CSV (%(reason)s)") % {"reason": error})]) from error


def _columns(header: list[str]) -> list[str]:
    columns = [name.strip().lower() for name in header]
    if not columns:
        raise DirectoryError(_("The file is empty; its first line must name the columns."))
    if len(columns) == 1 and any(separator in columns[0] for separator in ";\t"):
        raise DirectoryError(_("The columns must be separated by commas; save the file as CSV with commas."))
    unknown = [name for name in columns if name not in REQUIRED + OPTIONAL]
    missing = [name for name in REQUIRED if name not in columns]
    repeated = sorted({name for name in columns if columns.count(name) > 1 and name not in unknown})
    for names, text in (
        (unknown, _("The file has unknown columns: %(names)s; known are %(known)s.")),
        (missing, _("The file lacks columns: %(names)s; known are %(known)s.")),
        (repeated, _("The file has columns twice: %(names)s; known are %(known)s.")),
    ):
        if names:
            # What is not CSV at all can have a first line of any length.
            shown = ", ".join(repr(name) if name in unknown else name for name in names)[:200]
            raise DirectoryError(text % {"names": shown, "known": ", ".join(REQUIRED + OPTIONAL)})
    return columns


def _line(line: int, raw: dict[str, str], default_platform: str) -> Line:
    fields = {column: clean(column, text) for column, text in raw.items()}
    if not fields["number"]:
        raise DirectoryError(_("the number is empty"))
    if not fields["hired_on"]:
        raise DirectoryError(_("hired_on is empty"))
    hired_on = parsed_date("hired_on", fields["hired_on"])
    left_on = parsed_date("left_on", fields["left_on"]) if fields["left_on"] else None
    return Line(
        line=line,
        number=fields["number"],
        name=fields["name"],
        department=department_path(fields["department"]),
        account=account_name(fields.get("platform") or default_platform, fields["handle"])
        if fields["handle"]
        else "",
        days=employment_days(hired_on, left_on),
        entity=fields.get("entity", ""),
        groups=group_names(fields.get("groups", "")),
    )


def clean(column: str, text: str) -> str:
    """Without surrounding space, in composed Unicode. Raises DirectoryError when too long or unprintable."""
    text = text.strip() if text.isascii() else unicodedata.normalize("NFC", text.strip())
    if CONTROL.search(text):
        raise DirectoryError(_("%(column)s holds a control character") % {"column": column})
    return _short_enough(column, text)


def _short_enough(column: str, text: str) -> str:
    longest = LONGEST.get(column)
    if longest and len(text) > longest:
        raise DirectoryError(
            _("%(column)s is longer than %(longest)d characters") % {"column": column, "longest": longest}
        )
    return text


def parsed_date(column: str, text: str) -> date:
    try:
        if not ISO_DATE.fullmatch(text):  # fromisoformat takes weeks and dates without dashes too
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError as error:
        problem = _("%(column)s is “%(text)s”, not a date such as 2026-01-31")
        raise DirectoryError(problem % {"column": column, "text": text[:40]}) from error


def employment_days(hired_on: date, left_on: date | None) -> Days:
    days = Days.stored(hired_on, left_on)
    if days.end < days.start:
        raise DirectoryError(
            _("left on %(left_on)s, before hired on %(hired_on)s")
            % {"left_on": left_on, "hired_on": hired_on}
        )
    return days


def department_path(text: str) -> str:
    """ "Sales/East" as " / " joins it; empty when empty."""
    path = BETWEEN_NAMES.join(_names("department", text, "/")) if text else ""
    return _short_enough("department", path)


def group_names(text: str) -> tuple[str, ...]:
    return tuple(_names("groups", text.strip().strip(";"), ";")) if text.strip(" ;") else ()


def one_group(text: str) -> str:
    names = group_names(clean("group", text))
    if len(names) != 1:
        raise DirectoryError(_("a group's name is one name, without “;”"))
    return names[0]


def account_name(platform: str, handle: str) -> str:
    if len(platform) > LONGEST["platform"] or not PLATFORM.fullmatch(platform):
        raise DirectoryError(
            _("the platform “%(platform)s” is not 1 to 40 letters, digits, dots or dashes")
            % {"platform": platform[:60]}
        )
    handle = clean("handle", handle)
    try:
        return f"{platform}:{normalise(handle)}"
    except ValueError as error:
        raise DirectoryError(str(error)) from error


def _names(column: str, text: str, separator: str) -> list[str]:
    names = [name.strip() for name in text.split(separator)]
    if not all(names):
        raise DirectoryError(
            _("%(column)s “%(text)s” has an empty name between its “%(separator)s”")
            % {"column": column, "text": text[:60], "separator": separator}
        )
    if any(len(name) > LONGEST_NAME for name in names):
        raise DirectoryError(
            _("%(column)s has a name longer than %(longest)d characters")
            % {"column": column, "longest": LONGEST_NAME}
        )
    return names
