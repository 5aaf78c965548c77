"""When the next campaign like one, or the first of all, could be."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from apps.campaigns.announcement import Announcement
from apps.campaigns.local_time import NoSuchTime, TwoSuchTimes, first_instant, on_calendar
from apps.campaigns.models import Campaign

USUAL_MONTHS = 3
FREEZE_DAYS = 3  # before the deadline


def blank(*, now: datetime, zone: ZoneInfo) -> Announcement:
    """The usual one: whole months from the next one on, the board frozen for the last days."""
    starts_on = _month(now.astimezone(zone).date(), 1)
    ends_on = _month(starts_on, USUAL_MONTHS)
    return Announcement(
        slug="",
        starts_at=first_instant(starts_on, zone),
        deadline=first_instant(ends_on, zone),
        freeze_at=first_instant(ends_on - timedelta(days=FREEZE_DAYS), zone),
    )


def next_of(it: Announcement, *, now: datetime, zone: ZoneInfo) -> Announcement:
    """The same again: after the old one and not before tomorrow, as long as it, under a slug of its own.

    Whole months stay whole months; anything else keeps its weekday and its number of days.
    """
    start, end = it.starts_at.astimezone(zone), it.deadline.astimezone(zone)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    earliest = max(tomorrow, end.date() + timedelta(days=end.time() != datetime.min.time()))
    months = (end.year - start.year) * 12 + end.month - start.month
    if start.day == 1 and end.day == 1 and months:
        starts_on = earliest if earliest.day == 1 else _month(earliest, 1)
        moved = _month(starts_on, months) - end.date()
    else:
        starts_on = earliest + timedelta(days=(start.weekday() - earliest.weekday()) % 7)
        moved = starts_on - start.date()
    return replace(
        it,
        slug=free_slug(it.slug, starts_on),
        starts_at=first_instant(starts_on, zone),
        deadline=_moved(it.deadline, moved, zone),
        freeze_at=it.freeze_at and _moved(it.freeze_at, moved, zone),
    )


def _month(day: date, later: int) -> date:
    """The first of the month so many months later."""
    years, month = divmod(day.month - 1 + later, 12)
    return date(day.year + years, month + 1, 1)


def _moved(instant: datetime, by: timedelta, zone: ZoneInfo) -> datetime:
    """By days of the calendar; where clocks change just then, by so many times 24 hours."""
    local = instant.astimezone(zone).replace(tzinfo=None) + by
    try:
        return on_calendar(local, zone)
    except (NoSuchTime, TwoSuchTimes):
        return local.replace(tzinfo=zone).astimezone(UTC)


def free_slug(slug: str, starts_on: date) -> str:
    """The old one without its numbers, with the month of the new start."""
    base = f"{re.sub(r'(-[0-9]+)+$', '', slug)[:40]}-{starts_on:%Y-%m}"
    taken = set(Campaign.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    candidates = (base if n == 1 else f"{base}-{n}" for n in count(1))
    return next(each for each in candidates if each not in taken)
