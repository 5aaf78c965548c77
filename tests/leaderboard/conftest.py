from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from apps.directory.models import User
from apps.leaderboard import departments, finished, posted
from bonus_tracker import clock
from tests.leaderboard.scene import NOW


@pytest.fixture(autouse=True)
def _present() -> Iterator[None]:
    with clock.showing(NOW):
        yield


@pytest.fixture(autouse=True)
def _own_cache(settings: Any) -> Iterator[None]:
    """What was made for another test must not be met here."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    forget()
    yield
    forget()


def forget() -> None:
    """As after a restart of the web server and of the cache."""
    cache.clear()
    for kept in (
        posted._posted,
        posted._seen,
        finished._sheets,
        finished._places,
        finished._moving,
        finished._own,
        departments._kept,
        departments._tables,
    ):
        kept.clear()


@pytest.fixture
def browse() -> Callable[[User], Client]:
    """A client signed in as a user."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in
