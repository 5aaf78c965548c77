"""Which days a preview counts: the campaign's own, or as many of those that are over."""

from datetime import datetime, timedelta
from typing import NamedTuple

from apps.campaigns.local_time import first_instant
from apps.campaigns.models import Campaign
from apps.campaigns.rule import first_date, last_date
from apps.ranking.counting import newest_event
from apps.ranking.instant import next_midnight
from bonus_tracker.clock import company_zone


class Period(NamedTuple):
    """starts_at: as if the campaign began then; None: it has begun, and counts from its own start."""

    as_of: datetime
    starts_at: datetime | None


def period(campaign: Campaign, *, now: datetime) -> Period:
    """Of what has begun, what its live ranking looks at.

    A campaign that is still to come is moved back whole, by days, so that its deadline lies at the end of
    today, or of the last day of which there are messages.
    """
    as_of = next_midnight(now)
    if campaign.starts_at <= now:
        return Period(min(as_of, campaign.deadline), None)
    if newest := newest_event():
        as_of = min(as_of, next_midnight(newest))
    zone = company_zone()
    days = last_date(campaign.deadline, zone) - first_date(campaign.starts_at, zone)
    return Period(as_of, first_instant(last_date(as_of, zone) - max(days, timedelta(0)), zone))
