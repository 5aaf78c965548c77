"""Tables as files: CSV for any program, XLSX for spreadsheets. Texts come harmless (bonus_tracker.cells)."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Cell = str | Decimal
MIME = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WIDTH = 20  # characters


def as_csv(_title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with a byte order mark, without which spreadsheets misread Chinese."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([str(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Texts are texts, so that numbers of employees keep their zeros; amounts are numbers, as exact as written."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number in range(1, len(header) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTH
    titles = [_text(sheet, text) for text in header]
    for cell in titles:
        cell.font = Font(bold=True)
    sheet.append(titles)
    for row in rows:
        sheet.append([_number(sheet, c) if isinstance(c, Decimal) else _text(sheet, c) for c in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _text(sheet: object, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, text or None)
    if text:
        cell.data_type = "s"  # never a formula, whatever it begins with
        cell.number_format = "@"
    return cell


def _number(sheet: object, number: Decimal) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, number)
    cell.number_format = "#,##0.00" if number.as_tuple().exponent else "0"
    return cell


WRITERS = {"csv": as_csv, "xlsx": as_xlsx}
