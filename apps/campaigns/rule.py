"""When a contact counts: a campaign's rule as a value, and which dates it looks at."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from apps.campaigns.models import Campaign

MAXIMUM_WINDOW_DAYS = 365


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Days are dates on the company's calendar; window_days None: all dates from the campaign's start."""

    window_days: int | None = 30
    min_sent_days: int = 2
    min_received_days: int = 2
    min_active_days: int = 3
    min_mutual_days: int = 0
    new_contacts_only: bool = False
    former_colleague_days: int = 180

    @classmethod
    def of(cls, campaign: Campaign) -> Self:
        return cls(**{name: getattr(campaign, name) for name in cls.__dataclass_fields__})

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def last_date(instant: datetime, zone: ZoneInfo) -> date:
    """The date in `zone` of the last instant before `instant` (aware): the newest date that can count.

    Clocks change on whole seconds, so one microsecond before is as good as the limit.
    """
    return (instant - timedelta(microseconds=1)).astimezone(zone).date()


def first_date(starts_at: datetime, zone: ZoneInfo) -> date:
    """The date of a campaign's start, before which nothing counts."""
    return starts_at.astimezone(zone).date()


def window(rule: Rule, starts_on: date, last: date) -> tuple[date, date]:
    """(first, last) date that counts, both included; empty when first is after last.

    starts_on: the campaign's first date. last: see `last_date`.
    """
    if rule.window_days is None:
        return starts_on, last
    return max(starts_on, last - timedelta(days=rule.window_days - 1)), last


def deciding_dates(rule: Rule, starts_at: datetime, deadline: datetime, zone: ZoneInfo) -> tuple[date, date]:
    """(first, last) date that decides the final result, both included."""
    return window(rule, first_date(starts_at, zone), last_date(deadline, zone))
