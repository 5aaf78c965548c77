"""As in production, except that a lost job is handed out again after two seconds, not ten minutes.

FAULTS_VISIBILITY_SECONDS says another time; FAULTS_EARLY_ACK and FAULTS_KEEP_LOST each switch off a guard.
"""

import os

from bonus_tracker.settings import *  # noqa: F403
from bonus_tracker.settings import CELERY_BROKER_TRANSPORT_OPTIONS

CELERY_BROKER_TRANSPORT_OPTIONS = {
    **CELERY_BROKER_TRANSPORT_OPTIONS,
    "visibility_timeout": int(os.environ.get("FAULTS_VISIBILITY_SECONDS", "2")),
}
CELERY_TASK_ACKS_LATE = "FAULTS_EARLY_ACK" not in os.environ
CELERY_TASK_REJECT_ON_WORKER_LOST = "FAULTS_KEEP_LOST" not in os.environ
