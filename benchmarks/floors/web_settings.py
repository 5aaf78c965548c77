"""As in production, with the floors' addresses beside the program's."""

from bonus_tracker.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.floors.web"
LOG_LEVEL = "WARNING"
REQUIRE_SECOND_FACTOR = False  # HR of the benchmarks has a session made for it, no device
