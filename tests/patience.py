"""How tests wait: until something is so, never for time to pass."""

import time
from collections.abc import Callable

SAFETY_SECONDS = 300.0  # what a busy machine never needs; only so that a broken test ends
LOOK_AGAIN_SECONDS = 0.02


def eventually(condition: Callable[[], object], *, complaint: Callable[[], str] | None = None) -> None:
    """Go on once the condition holds; complaint: what to say of it when it never does."""
    deadline = time.monotonic() + SAFETY_SECONDS
    while not condition():
        assert time.monotonic() < deadline, complaint() if complaint else "it never happened"
        time.sleep(LOOK_AGAIN_SECONDS)


def stays(condition: Callable[[], object], *, seconds: float) -> bool:
    """Whether the condition holds whenever one looks; a slow machine looks less often, and is not wrong."""
    until = time.monotonic() + seconds
    while condition():
        if time.monotonic() > until:
            return True
        time.sleep(LOOK_AGAIN_SECONDS)
    return False
