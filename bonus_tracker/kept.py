"""What a web process keeps a while for all its requests; nothing here is the truth."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """Values by key, each made by one request while the others that want it wait.

    seconds: how old a value may become, asked each time. most: of those used last.
    """

    def __init__(self, seconds: Callable[[], float], *, most: int) -> None:
        self._seconds, self._most = seconds, most
        self._values: OrderedDict[Hashable, tuple[float, T]] = OrderedDict()
        self._making: dict[Hashable, Lock] = {}
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The kept value, or what `make` returns; what it raises is not kept."""
        found = self._fresh(key)
        if found is None:
            with self._lock:
                making = self._making.setdefault(key, Lock())
            with making:
                found = self._fresh(key) or self._put(key, make)
        return found[1]

    def clear(self) -> None:
        with self._lock:
            self._values.clear()

    def _fresh(self, key: Hashable) -> tuple[float, T] | None:
        with self._lock:
            found = self._values.get(key)
            if found is None or time.monotonic() - found[0] >= self._seconds():
                return None
            self._values.move_to_end(key)
            return found

    def _put(self, key: Hashable, make: Callable[[], T]) -> tuple[float, T]:
        began = time.monotonic()  # what is read later than this may be newer, never older
        try:
            made = began, make()
        finally:
            with self._lock:
                self._making.pop(key, None)
        with self._lock:
            self._values[key] = made
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return made
