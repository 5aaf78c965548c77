"""Payroll's file: CSV or XLSX, as lines of texts by column; nothing in it is run or believed."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from apps.awards.payment.columns import NEEDED, key_of
from apps.awards.payment.refusals import ConfirmationRefused, Problem

LARGEST_FILE = 10 * 1024 * 1024  # bytes
LARGEST_UNPACKED = 20 * LARGEST_FILE
MOST_LINES = 100_000
ZIP = b"PK\x03\x04"


class Line(NamedTuple):
    """number: as a spreadsheet counts, the header being 1; values: by column key, without spaces around."""

    number: int
    values: dict[str, str]


def read(content: bytes) -> list[Line]:
    """Every line below the header that says something. Raises ConfirmationRefused."""
    if len(content) > LARGEST_FILE:
        raise _refused(_("The file is larger than 10 MiB; send only what payroll filled in."))
    table = _spreadsheet(content) if content.startswith(ZIP) else _text(content)
    rows = iter(enumerate(table, start=1))
    _number, titles = next(rows, (1, []))
    keys = [key_of(title) for title in titles]
    _check_columns(keys)
    lines = [
        Line(number, {key: text for key, text in zip(keys, row, strict=False) if key})
        for number, row in rows
        if any(row)
    ]
    if len(lines) > MOST_LINES:
        raise _refused(_("The file has more than %d lines; split it.") % MOST_LINES)
    return lines


def _check_columns(keys: list[str | None]) -> None:
    for key in NEEDED:
        if keys.count(key) != 1:
            raise _refused(
                _("The first line must name the columns as in our file, each once; “%s” is not there once.")
                % key
            )


def _text(content: bytes) -> Iterator[list[str]]:
    """Spreadsheets in China save CSV as GB 18030, in some countries with semicolons."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError as error:
            raise _refused(_("The file is neither CSV nor XLSX; save it as one of them.")) from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            yield [cell.strip() for cell in row]
    except csv.Error as error:
        raise _refused(_("The file is no CSV: %s.") % error) from error


def _spreadsheet(content: bytes) -> Iterator[list[str]]:
    """The first sheet; formulas as the values they last had."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED:
                raise _refused(_("The file unpacks to more than it should; save it again as XLSX or CSV."))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise _refused(_("The file is neither CSV nor XLSX; save it as one of them.")) from error
    sheet: Iterable[tuple[Any, ...]] = book.worksheets[0].iter_rows(values_only=True)
    for row in sheet:
        yield [_as_text(cell) for cell in row]


def _as_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    return (repr(cell) if isinstance(cell, float) else str(cell)).strip()


def _refused(text: str) -> ConfirmationRefused:
    return ConfirmationRefused([Problem(0, text)])
