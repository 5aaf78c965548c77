"""Take an export away as a file; each time is in the audit log, because names and amounts leave."""

from datetime import datetime

from django.db import transaction

from apps.audit.services import record
from apps.awards.models import PayrollExport
from apps.awards.payment.people import TAKE, check_person
from apps.awards.payment.writing import written
from apps.directory.models import User


@transaction.atomic
def take_file(export: PayrollExport, kind: str, *, by: User, now: datetime) -> bytes:
    """The file of an export; kind: a key of WRITERS. As often as wanted. Raises PaymentRefused."""
    check_person(by, TAKE, export.campaign)
    record(
        "payroll file taken",
        actor=by.get_username(),
        subject=f"campaign {export.campaign.slug}",
        at=now,
        details={"export": export.number, "format": kind},
    )
    return written(export, kind)
