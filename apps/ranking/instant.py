"""The instant a ranking describes, as dates on the company's calendar."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule, first_date, last_date, window
from bonus_tracker.clock import company_zone

LONGEST_REPEAT = timedelta(hours=3)  # no clock was ever set back by more


@dataclass(frozen=True)
class Instant:
    """The window at an instant: dates first_day .. last_day count; empty when first_day is after last_day."""

    as_of: datetime
    starts_on: date
    first_day: date
    last_day: date

    @classmethod
    def of(
        cls, campaign: Campaign, rule: Rule, as_of: datetime, *, starts_at: datetime | None = None
    ) -> Self:
        """starts_at: as if the campaign began then, not when it says."""
        zone = company_zone()
        starts_on = first_date(starts_at or campaign.starts_at, zone)
        first_day, last_day = window(rule, starts_on, last_date(as_of, zone))
        return cls(as_of, starts_on, first_day, last_day)

    @property
    def window_days(self) -> int:
        return max(0, (self.last_day - self.first_day).days + 1)

    def ends_its_day(self) -> bool:
        """Whether every instant of last_day is before as_of, so that whole days answer exactly."""
        zone, minute = company_zone(), timedelta(minutes=1)
        later = (self.as_of + n * minute for n in range(LONGEST_REPEAT // minute + 1))
        return all(moment.astimezone(zone).date() > self.last_day for moment in later)


def next_midnight(now: datetime) -> datetime:
    """The first instant of tomorrow on the company's calendar: what a live ranking looks forward to."""
    zone = company_zone()
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    # A midnight that a clock change skips is the instant of the change; of one that comes twice, the next.
    midnights = (datetime.combine(tomorrow, time.min, zone).replace(fold=fold) for fold in (0, 1))
    instants = (midnight.astimezone(UTC) for midnight in midnights)
    return min(at for at in instants if at > now and at.astimezone(zone).date() >= tomorrow)
