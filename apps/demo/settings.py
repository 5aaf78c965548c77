"""Settings of the demo's processes: as in production, with a faster beat and nothing shared on Redis."""

from datetime import timedelta

from bonus_tracker.environment import text
from bonus_tracker.settings import *  # noqa: F403
from bonus_tracker.settings import CELERY_BEAT_SCHEDULE

BEAT_SECONDS = BOARD_POLL_SECONDS = 3  # real ones, some a quarter of an hour on the demo's clock

CELERY_BEAT_SCHEDULE = {
    name: entry | {"schedule": timedelta(seconds=BEAT_SECONDS)}
    for name, entry in CELERY_BEAT_SCHEDULE.items()
}
CELERY_BEAT_MAX_LOOP_INTERVAL = 1  # seconds
# Cookies know no ports: side by side on one host, the names keep the sign-ins apart.
_run = text("REDIS_PREFIX", "demo:").rstrip(":")
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_run}_session", f"{_run}_csrf"
REQUIRE_SECOND_FACTOR = False  # its people are made up, and nobody wants to set up a phone for a first look
