"""An export as a file: CSV for any program, XLSX for spreadsheets."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from apps.awards.models import PayrollExport
from apps.awards.payment.columns import COLUMNS, header
from apps.directory.queries import entities_on
from bonus_tracker.cells import harmless
from bonus_tracker.clock import company_zone

Cell = str | Decimal
MIME = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def rows(export: PayrollExport) -> Iterator[list[Cell]]:
    """One row a payment, payroll's columns empty; texts harmless, amounts exact."""
    payments = export.payments.select_related("award__employee").order_by("reference")
    day = export.made_at.astimezone(company_zone()).date()
    entities = entities_on(day, [payment.award.employee_id for payment in payments])
    for payment in payments:
        award = payment.award
        entity = entities.get(award.employee_id)
        ours: list[Cell] = [
            payment.reference,
            harmless(award.employee.number),
            harmless(award.employee.name),
            harmless(entity.name if entity else ""),
            harmless(str(export.campaign)),
            harmless(award.title()),
            award.net_amount,
            award.currency,
        ]
        yield ours + [""] * (len(COLUMNS) - len(ours))


def as_csv(export: PayrollExport) -> bytes:
    """UTF-8 with a byte order mark, without which spreadsheets misread Chinese."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header())
    writer.writerows([str(cell) for cell in row] for row in rows(export))
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(export: PayrollExport) -> bytes:
    """Texts are texts, so that numbers keep their zeros; amounts are numbers with two decimals."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("payroll")
    sheet.freeze_panes = "A2"
    for number, column in enumerate(COLUMNS):
        sheet.column_dimensions[chr(ord("A") + number)].width = 14 if column.is_amount else 20
    titles = [_text(sheet, title) for title in header()]
    for title in titles:
        title.font = Font(bold=True)
    sheet.append(titles)
    for row in rows(export):
        sheet.append([_amount(sheet, c) if isinstance(c, Decimal) else _text(sheet, c) for c in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _text(sheet: object, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, text or None)
    if text:
        cell.data_type = "s"  # never a formula, whatever it begins with
        cell.number_format = "@"
    return cell


def _amount(sheet: object, amount: Decimal) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, amount)
    cell.number_format = "#,##0.00"
    return cell


WRITERS = {"csv": as_csv, "xlsx": as_xlsx}
