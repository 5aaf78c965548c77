"""As in production, with the floors' addresses beside the program's."""

from bonus_tracker.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.floors.web"
LOG_LEVEL = "WARNING"
