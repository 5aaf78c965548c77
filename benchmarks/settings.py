"""As in production, on a database of the benchmarks' own (benchmarks.place)."""

import dj_database_url

from bonus_tracker.settings import *  # noqa: F403
from bonus_tracker.settings import DATABASE_OWNER_URL, DATABASES, LOGGING

# The owner: it makes and drops the databases, and builds the worlds with statements the app role may not use.
DATABASES["default"] = {
    **dj_database_url.parse(DATABASE_OWNER_URL, conn_max_age=None),
    "ENGINE": "django.db.backends.postgresql",
}
LOGGING["root"]["level"] = "WARNING"  # type: ignore[index]
REQUIRE_SECOND_FACTOR = False  # HR reads boards here, and has no phone
