"""Settings of the tests: as in production, but as the owner, who may create databases and roles."""

import os
from pathlib import Path

import dj_database_url

# Before the settings are read: tests never touch the servers of var/, and need no fsync.
os.environ.setdefault("VAR_DIR", str(Path(__file__).parent.parent / "var" / "test"))
os.environ.setdefault("BONUS_EMBEDDED_FAST", "1")

from bonus_tracker.settings import *  # noqa: F403
from bonus_tracker.settings import DATABASE_OWNER_URL, DATABASES

DATABASES["default"] = {
    **dj_database_url.parse(DATABASE_OWNER_URL),
    "ENGINE": "bonus_tracker.postgresql",
    # Two test runs in one checkout, side by side, never share a database.
    "TEST": {"NAME": f"test_bonus_tracker_{os.getpid()}"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
REQUIRE_SECOND_FACTOR = False  # tests sign in without a phone; those of the second factor turn it on
BOARD_KEPT_SECONDS = 0  # tests change something and look at once
