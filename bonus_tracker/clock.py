"""The one clock: the database's time, so that every process agrees.

`CLOCK` replaces it in the demo with "START@EPOCHxSPEED": at the real instant EPOCH (seconds since
1970) the clock shows START (ISO 8601), and from there it runs SPEED times as fast. Tests and the
headless demo set it with `showing`.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

_shown: list[datetime] = []


def now() -> datetime:
    """The present instant, aware, in UTC."""
    if _shown:
        return _shown[-1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        real: datetime = cursor.fetchone()[0].astimezone(UTC)
    return _scaled(real, settings.CLOCK) if settings.CLOCK else real


def today() -> date:
    """The present date on the company's calendar."""
    return now().astimezone(company_zone()).date()


def other_today() -> date | None:
    """The same where the clock is not the database's; else None, for a statement that can ask for it itself."""
    return today() if _shown or settings.CLOCK else None


def speed() -> float:
    """How fast the clock runs: 1, or what the demo makes it."""
    return _parsed(settings.CLOCK)[2] if settings.CLOCK else 1.0


def company_zone() -> ZoneInfo:
    return ZoneInfo(settings.COMPANY_TIME_ZONE)


def local(instant: datetime) -> str:
    """ISO 8601 on the company's calendar, for people at a terminal."""
    return instant.astimezone(company_zone()).isoformat()


@contextmanager
def showing(instant: datetime) -> Iterator[None]:
    """Let this process see `instant` (aware) as the present."""
    _shown.append(instant.astimezone(UTC))
    try:
        yield
    finally:
        _shown.pop()


def _scaled(real: datetime, text: str) -> datetime:
    start, epoch, speed = _parsed(text)
    return start + timedelta(seconds=(real.timestamp() - epoch) * speed)


@cache
def _parsed(text: str) -> tuple[datetime, float, float]:
    match = re.fullmatch(r"(.+)@([\d.]+)x([\d.]+)", text)
    if match is None:
        raise ImproperlyConfigured(f"CLOCK={text!r} is not START@EPOCHxSPEED.")
    return datetime.fromisoformat(match[1]).astimezone(UTC), float(match[2]), float(match[3])
