"""Date-times written without an offset, on a calendar whose clocks may change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


class NoSuchTime(ValueError):
    """Clocks skipped this date-time."""


class TwoSuchTimes(ValueError):
    """Clocks showed this date-time twice."""


def on_calendar(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which clocks in `zone` show `local` (naive).

    Raises NoSuchTime or TwoSuchTimes when a change of the clocks makes that none, or two.
    """
    earlier, later = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if earlier.utcoffset() == later.utcoffset():
        return earlier.astimezone(UTC)
    if earlier.astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0) != local:
        raise NoSuchTime(local)
    raise TwoSuchTimes(local)


def begins_a_date(instant: datetime, zone: ZoneInfo) -> bool:
    """Whether a new date begins in `zone` at this instant (aware): its midnight, or what stands for it."""
    before = (instant - timedelta(microseconds=1)).astimezone(zone)
    return before.date() < instant.astimezone(zone).date()
