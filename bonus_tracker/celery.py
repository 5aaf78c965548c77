"""The Celery application: `celery -A bonus_tracker worker`, `celery -A bonus_tracker beat`."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bonus_tracker.settings")

app = Celery("bonus_tracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def refuse_a_foreign_database(**_: Any) -> None:
    """Exit with one sentence unless the database is migrated, and made with this calendar and key."""
    from bonus_tracker.outages import in_one_sentence
    from bonus_tracker.startup import begin_service

    with in_one_sentence():  # it exits: Celery would log an exception of a signal and go on
        begin_service()
