import logging

from celery import shared_task

from apps.jobs import services
from bonus_tracker import clock

# Longer than other jobs may take, and than Redis waits before it hands a job out again: whoever gets it a second
# time finds it locked and leaves it.
SECONDS, GRACE_SECONDS = 3600, 60

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True, soft_time_limit=SECONDS, time_limit=SECONDS + GRACE_SECONDS)
def do_job(pk: int) -> None:
    """Do what somebody asked for; one that another worker is at is left to it."""
    services.do(pk)


@shared_task(ignore_result=True)
def look_after_jobs() -> None:
    """Queue jobs that are open, and drop files whose time is over."""
    for pk in services.undone():
        do_job.delay(pk)
    if dropped := services.drop_what_is_over(now=clock.now()):
        logger.info("%d files were dropped.", dropped)
