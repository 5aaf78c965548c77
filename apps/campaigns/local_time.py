"""Date-times written without an offset, on a calendar whose clocks may change."""

from datetime import UTC, date, datetime, time, timedelta
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


def first_instant(day: date, zone: ZoneInfo) -> datetime:
    """When a date begins in `zone`, in UTC: its midnight, or what stands for it."""
    midnights = (datetime.combine(day, time.min, zone).replace(fold=fold) for fold in (0, 1))
    instants = (midnight.astimezone(UTC) for midnight in midnights)
    return min(at for at in instants if at.astimezone(zone).date() >= day)
