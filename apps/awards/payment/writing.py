"""An export as the file that payroll fills in."""

from collections.abc import Iterator

from apps.awards.models import PayrollExport
from apps.awards.payment.columns import COLUMNS, header
from apps.awards.sheets import WRITERS, Cell
from apps.directory.queries import entities_on
from bonus_tracker.cells import harmless
from bonus_tracker.clock import company_zone


def written(export: PayrollExport, kind: str) -> bytes:
    """kind: a key of apps.awards.sheets.WRITERS."""
    return WRITERS[kind]("payroll", header(), rows(export))


def rows(export: PayrollExport) -> Iterator[list[Cell]]:
    """One row a payment, payroll's columns empty; texts harmless, amounts exact."""
    payments = export.payments.select_related("award__employee", "award__campaign").order_by("reference")
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
