import logging
import time

from celery import shared_task

from apps.integrity import retention
from bonus_tracker import clock

SECONDS_OF_DROPPING = 120  # begins nothing further after these; the next run goes on

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def drop_what_is_over() -> None:
    """Drop months of the ledger, ties and contacts whose time is over and whom no campaign needs."""
    ends = time.monotonic() + SECONDS_OF_DROPPING
    for sentence in retention.apply(now=clock.now(), goes_on=lambda: time.monotonic() < ends):
        logger.info(sentence)
