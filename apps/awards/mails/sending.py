"""Sends what is due, each mail at least once, and once wherever nobody dies; docs/decisions/0029."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Case, F, Q, When

from apps.awards.mails.due import Due, due
from apps.awards.mails.words import written
from apps.awards.models import Mail

logger = logging.getLogger(__name__)
MOST_TRIES = 10  # of a mail that is refused again and again: the address is wrong
CLAIM_HOLDS = timedelta(
    minutes=10
)  # more than a job's life (CELERY_TASK_TIME_LIMIT): whose claim is older is dead
FAILURES_IN_A_ROW = 3  # then the server is down, and the rest waits


def send_due(*, now: datetime, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Send everything that is due; how many were sent. Outside of transactions; from several workers at once.

    A mail is claimed before it leaves, so that no two workers send it. The claim of a process that was killed
    expires, and the mail leaves again under the same Message-ID: it may come twice, it is never lost.
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
            ours = Mail.objects.filter(pk=mail.pk, claimed_at=now, sent_at=None)
            ours.update(claimed_at=None, tries=F("tries") + 1)
            failed += 1
    return sent


def _claimed(each: Due, now: datetime) -> Mail | None:
    """None when it was sent, is being sent, or failed too often; whoever died over it counts as a try that failed."""
    mail, _is_new = Mail.objects.get_or_create(
        user=each.user, kind=each.kind, key=each.key, defaults={"due_at": now}
    )
    is_free = Q(claimed_at=None) | Q(claimed_at__lte=now - CLAIM_HOLDS)
    free = Mail.objects.filter(is_free, pk=mail.pk, sent_at=None, tries__lt=MOST_TRIES)
    somebody_died = Case(When(claimed_at=None, then=0), default=1)
    return mail if free.update(claimed_at=now, tries=F("tries") + somebody_died) else None


def _leaves(mail: Mail, each: Due) -> bool:
    subject, text = written(each)
    try:
        EmailMessage(subject, text, to=[each.user.email], headers={"Message-ID": message_id(mail)}).send()
    except (OSError, ValueError) as error:  # of smtplib, too; ValueError: an address that no mail can name
        logger.warning("Mail %d (%s) was not sent: %s.", mail.pk, mail.kind, type(error).__name__)
        return False
    return True


def message_id(mail: Mail) -> str:
    """The same whenever it is sent, so that mail programs know the second as the first; says nothing."""
    _name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return f"<{mail.message}@{sender.rpartition('@')[2] or 'localhost'}>"
