"""Who gets the log's signed head and its alarm by mail, besides the auditors: whoever HR names."""

import hashlib
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from apps.audit.models import HeadReader
from apps.audit.services import record


class ReaderRefused(Exception):
    """One sentence says why."""


@transaction.atomic
def name_reader(email: str, *, actor: str, now: datetime) -> bool:
    """From the next head on. False when the address was named before. Raises ReaderRefused."""
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError as error:
        raise ReaderRefused(_("“%s” is no mail address.") % email) from error
    reader, is_new = HeadReader.objects.get_or_create(
        email=email, defaults={"named_by": actor, "named_at": now}
    )
    if is_new:
        _note("log reader named", reader, actor, now)
    return is_new


@transaction.atomic
def forget_reader(reader: HeadReader, *, actor: str, now: datetime) -> None:
    """The address goes; that somebody took it away stays in the log."""
    if HeadReader.objects.filter(pk=reader.pk).delete()[0]:
        _note("log reader removed", reader, actor, now)


def _note(action: str, reader: HeadReader, actor: str, now: datetime) -> None:
    """The log keeps no address, only what tells it to who knows it already."""
    details = {"address sha256": hashlib.sha256(reader.email.encode()).hexdigest()}
    record(action, actor=actor, subject="audit log", at=now, details=details)
