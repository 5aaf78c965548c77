"""Sends what is due, each mail once at most; what the server does not take is tried again."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F

from apps.awards.mails.due import Due, due
from apps.awards.mails.words import written
from apps.awards.models import Mail

logger = logging.getLogger(__name__)
MOST_TRIES = 10  # of a mail that is refused again and again: the address is wrong
FAILURES_IN_A_ROW = 3  # then the server is down, and the rest waits


def send_due(*, now: datetime, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Send everything that is due; how many were sent. Outside of transactions; from several workers at once.

    A mail is claimed before it leaves: a process killed meanwhile may lose that one mail, and nobody gets two.
    """
    if not settings.EMAIL_HOST:
        return 0
    sent = failed = 0
    for each in due(now=now):
        if not goes_on() or failed == FAILURES_IN_A_ROW:
            break
        mail = _claimed(each, now)
        if mail is None:
            continue
        if _leaves(mail, each):
            Mail.objects.filter(pk=mail.pk).update(sent_at=now)
            sent, failed = sent + 1, 0
        else:
            Mail.objects.filter(pk=mail.pk).update(claimed_at=None, tries=F("tries") + 1)
            failed += 1
    return sent


def _claimed(each: Due, now: datetime) -> Mail | None:
    """None when it was sent, is being sent, or was refused too often."""
    mail, _is_new = Mail.objects.get_or_create(
        user=each.user, kind=each.kind, key=each.key, defaults={"due_at": now}
    )
    free = Mail.objects.filter(pk=mail.pk, claimed_at=None, sent_at=None, tries__lt=MOST_TRIES)
    return mail if free.update(claimed_at=now) else None


def _leaves(mail: Mail, each: Due) -> bool:
    subject, text = written(each)
    try:
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [each.user.email])
    except (OSError, ValueError) as error:  # of smtplib, too; ValueError: an address that no mail can name
        logger.warning("Mail %d (%s) was not sent: %s.", mail.pk, mail.kind, type(error).__name__)
        return False
    return True
