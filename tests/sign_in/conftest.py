from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from apps.sign_in import limits, quiet
from bonus_tracker import clock
from tests.leaderboard.scene import NOW
from tests.sign_in.provider import provider, running_provider  # noqa: F401 (fixtures)


@pytest.fixture(autouse=True)
def _fresh(settings: Any) -> Iterator[None]:
    """The present of the scenes; nobody has failed to sign in yet."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    quiet.forget()
    limits._away.is_over()
    with clock.showing(NOW):
        yield
