"""Where the data comes from: each source with its lag, and the latest deliveries."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from apps.activity.models import Delivery, Source
from apps.activity.spoken_for import strips
from apps.campaigns.models import Campaign
from bonus_tracker.formats import day, local

LATEST = 8
FRESH = timedelta(hours=1)
OLD = timedelta(days=1)


class Feed(NamedTuple):
    """tone: good, waits or late, as console.css calls them; gaps: days of the campaign it does not speak for whole."""

    source: Source
    tone: str
    gaps: list[str]


def feeds(campaign: Campaign, *, now: datetime) -> list[Feed]:
    first = local(campaign.starts_at).date()
    last = min(local(now).date(), local(campaign.deadline - timedelta(microseconds=1)).date())
    days = max(1, (last - first).days + 1)
    return [
        Feed(
            strip.source,
            _tone(strip.source.complete_until, now),
            [gap_in_words(*gap) for gap in strip.gaps],
        )
        for strip in strips(until=last, days=days)
    ]


def gap_in_words(first: date, last: date) -> str:
    if first == last:
        return day(first)
    return _("%(first)s to %(last)s") % {"first": day(first), "last": day(last)}


def _tone(complete_until: datetime | None, now: datetime) -> str:
    if complete_until is None or complete_until < now - OLD:
        return "late"
    return "good" if complete_until >= now - FRESH else "waits"


def latest_deliveries() -> list[Delivery]:
    return list(Delivery.objects.select_related("source").order_by("-id")[:LATEST])
