"""Mail about the log, to the auditors and to whoever HR and AUDIT_MAIL_TO name."""

import logging

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import send_mail
from django.utils.translation import gettext as _

from apps.audit.models import HeadReader, SignedHead

logger = logging.getLogger(__name__)
AUDITORS = "auditor"  # the role, a group


def recipients() -> list[str]:
    """Addresses, each once: those of the auditors and of AUDIT_MAIL_TO first, whatever HR has named."""
    auditors = get_user_model()._default_manager.filter(is_active=True, groups__name=AUDITORS)
    named = auditors.exclude(email="").values_list("email", flat=True)
    first, by_hr = {*named, *settings.AUDIT_MAIL_TO}, set(HeadReader.objects.values_list("email", flat=True))
    return sorted(first) + sorted(by_hr - first)


def send_head(head: SignedHead) -> bool:
    """False when nobody gets it."""
    text = _(
        "On %(day)s the audit log has %(size)s entries.\n\n"
        "Root: %(root)s\nHash of the last entry: %(head)s\nSigned by the key: %(key)s\nSignature: %(signature)s\n\n"
        "Keep this mail. With it you can show later whether anything before was rewritten:\n"
        "manage.py verify_audit --head %(head)s, or verify.py --head %(root)s beside a bundle of evidence."
    )
    words = {name: getattr(head, name) for name in ("day", "size", "root", "head", "key", "signature")}
    return _send(_("Audit log: signed head of %s") % head.day, text % words)


def send_alarm(problem: str) -> bool:
    text = _(
        "The audit log does not hold: %s.\n\nSomebody has changed it behind the program's back, or the database "
        "was restored from an older state. No result becomes final until this is explained. "
        "manage.py verify_audit checks again."
    )
    return _send(_("ALARM: the audit log does not hold"), text % problem)


def _send(subject: str, text: str) -> bool:
    to = recipients()
    if not to or not settings.EMAIL_HOST:
        logger.warning(
            "%s: not mailed, for %s.", subject, "EMAIL_HOST is not set" if to else "nobody is named"
        )
        return False
    # One by one: nobody reads who else gets it, and an address that is refused keeps it from nobody.
    sent = [_leaves(subject, text, address) for address in to]
    return any(sent)


def _leaves(subject: str, text: str, address: str) -> bool:
    try:
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [address])
    except OSError as error:  # whatever a mail server says is one
        at = address.rpartition("@")[2]
        logger.error("%s: not mailed to an address at %s: %s", subject, at, type(error).__name__)
        return False
    return True
