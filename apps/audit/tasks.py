from celery import shared_task

from apps.audit.heads import look_after_log
from bonus_tracker import clock


@shared_task(ignore_result=True)
def sign_head_of_today() -> None:
    """Check the whole log and sign its head, once a day; an alarm when it does not hold."""
    look_after_log(now=clock.now())
