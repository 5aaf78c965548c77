"""As in production, except that a lost job is handed out again after two seconds, not ten minutes, and that
the jobs of beat are due once a day, until a test says otherwise.

FAULTS_VISIBILITY_SECONDS says another time; FAULTS_EARLY_ACK and FAULTS_KEEP_LOST each switch off a guard.
"""

import os
from datetime import timedelta

from bonus_tracker.settings import *  # noqa: F403
from bonus_tracker.settings import CELERY_BEAT_SCHEDULE, CELERY_BROKER_TRANSPORT_OPTIONS

CELERY_BEAT_SCHEDULE = {
    name: entry | {"schedule": timedelta(days=1)} for name, entry in CELERY_BEAT_SCHEDULE.items()
}

CELERY_BROKER_TRANSPORT_OPTIONS = {
    **CELERY_BROKER_TRANSPORT_OPTIONS,
    "visibility_timeout": int(os.environ.get("FAULTS_VISIBILITY_SECONDS", "2")),
}
CELERY_TASK_ACKS_LATE = "FAULTS_EARLY_ACK" not in os.environ
CELERY_TASK_REJECT_ON_WORKER_LOST = "FAULTS_KEEP_LOST" not in os.environ
