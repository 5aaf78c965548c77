import logging
import time

from celery import shared_task

from apps.awards import due
from apps.awards.mails.sending import send_due
from bonus_tracker import clock

SECONDS_OF_SENDING = 120  # begins no further mail after these; the next run goes on

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def tick() -> None:
    """Do all that is due; a nudge, since whatever it misses is found by the next one."""
    due.tick(now=clock.now())


@shared_task(ignore_result=True)
def send_mail_that_is_due() -> None:
    """Mail to winners, to who is told something, and to second persons; each once."""
    ends = time.monotonic() + SECONDS_OF_SENDING
    if sent := send_due(now=clock.now(), goes_on=lambda: time.monotonic() < ends):
        logger.info("%d mails were sent.", sent)
