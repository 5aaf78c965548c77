"""The log's lines about signing in: no names, and each sentence at most once a minute, so that nobody fills a disk."""

import logging
import time
from threading import Lock

logger = logging.getLogger("apps.sign_in")
SECONDS = 60.0
_last: dict[str, tuple[float, int]] = {}  # sentence -> when it was said, how often it was kept back since
_lock = Lock()


def say(sentence: str) -> None:
    """sentence: one of a fixed few, never with what somebody typed or sent."""
    present = time.monotonic()
    with _lock:
        said_at, kept_back = _last.get(sentence, (-SECONDS, 0))
        if present - said_at < SECONDS:
            _last[sentence] = said_at, kept_back + 1
            return
        _last[sentence] = present, 0
    logger.warning("%s%s", sentence, f" ({kept_back} more since the last such line)" if kept_back else "")


def forget() -> None:
    with _lock:
        _last.clear()
