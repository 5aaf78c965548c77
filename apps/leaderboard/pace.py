"""How soon an open board may ask again: rarer the busier the web process is, so that looking never drowns the work."""

import time
from threading import Lock

from django.conf import settings

# Of one core, by all that the process does: above it boards are slowed down, below it they speed up.
BUSY = 0.25
MEASURED_SECONDS = 5.0
HEADER = "Poll-Seconds"


class Pace:
    """Of one process. It doubles or halves at most from one measurement to the next, between the two settings."""

    def __init__(self, now: float, used: float) -> None:
        self._measured_at, self._used = now, used
        self._seconds = float(settings.BOARD_POLL_SECONDS)
        self._lock = Lock()

    def seconds(self, now: float, used: float) -> float:
        """now: by a clock that never goes back; used: processor seconds of this process so far."""
        with self._lock:
            passed = now - self._measured_at
            if passed >= MEASURED_SECONDS:
                factor = (used - self._used) / passed / BUSY
                wanted = self._seconds * min(2.0, max(0.5, factor))
                self._measured_at, self._used = now, used
                self._seconds = max(
                    settings.BOARD_POLL_SECONDS, min(settings.BOARD_POLL_SECONDS_BUSY, wanted)
                )
            return self._seconds


_pace = Pace(time.monotonic(), time.process_time())


def poll_seconds() -> str:
    """What the header says now, in whole seconds."""
    return f"{_pace.seconds(time.monotonic(), time.process_time()):.0f}"
