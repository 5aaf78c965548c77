"""The cache, which also counts failed sign-ins: while it is away, each web process counts its own.

So a stopped Redis neither keeps everybody out nor lets anybody guess without end. Everything else that is
cached goes on failing as before, and its users know what to do then.
"""

import time
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from apps.sign_in.quiet import say

AWAY_SECONDS = 30.0
MOST_COUNTERS = (
    100_000  # in a process; with few, wrong names by the hundred would push out what is counted of one
)
COUNTERS = ("allauth:rl:", "allauth.mfa.totp.used")  # how django-allauth's keys begin


class Away:
    """Redis is not asked again for a while: one that hangs would hold up each sign-in many times over."""

    def __init__(self) -> None:
        self._until = 0.0

    def begins(self) -> None:
        self._until = time.monotonic() + AWAY_SECONDS

    def still(self) -> bool:
        return time.monotonic() < self._until

    def is_over(self) -> None:
        self._until = 0.0


_away = Away()


class Cache(RedisCache):
    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._here = LocMemCache("sign-in", {"OPTIONS": {"MAX_ENTRIES": MOST_COUNTERS}})

    def add(self, key: Any, *arguments: Any, **options: Any) -> bool:
        done: bool = self._count("add", key, *arguments, **options)
        return done

    def get(self, key: Any, *arguments: Any, **options: Any) -> Any:
        return self._count("get", key, *arguments, **options)

    def set(self, key: Any, *arguments: Any, **options: Any) -> None:
        self._count("set", key, *arguments, **options)

    def delete(self, key: Any, *arguments: Any, **options: Any) -> bool:
        done: bool = self._count("delete", key, *arguments, **options)
        return done

    def _count(self, act: str, key: Any, *arguments: Any, **options: Any) -> Any:
        if not str(key).startswith(COUNTERS):
            return getattr(super(), act)(key, *arguments, **options)
        if not _away.still():
            try:
                return getattr(super(), act)(key, *arguments, **options)
            except RedisError:
                _away.begins()
                say("Redis does not answer; each web process counts failed sign-ins by itself.")
        return getattr(self._here, act)(key, *arguments, **options)
