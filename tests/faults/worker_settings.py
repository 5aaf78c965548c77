"""As in production, except that a lost job is handed out again after two seconds, not ten minutes."""

from bonus_tracker.settings import *  # noqa: F403
from bonus_tracker.settings import CELERY_BROKER_TRANSPORT_OPTIONS

CELERY_BROKER_TRANSPORT_OPTIONS = {**CELERY_BROKER_TRANSPORT_OPTIONS, "visibility_timeout": 2}
