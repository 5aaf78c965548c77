"""Where the data comes from: each source with its lag, and the latest deliveries."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Max

from apps.activity.models import Delivery, Source

LATEST = 8
FRESH = timedelta(hours=1)
OLD = timedelta(days=1)


class Feed(NamedTuple):
    """tone: good, waits or late, as console.css calls them; delivered_at: when the newest delivery came."""

    source: Source
    delivered_at: datetime | None
    tone: str


def feeds(*, now: datetime) -> list[Feed]:
    sources = Source.objects.annotate(delivered_at=Max("deliveries__received_at")).order_by("name")
    return [Feed(source, source.delivered_at, _tone(source.complete_until, now)) for source in sources]


def _tone(complete_until: datetime | None, now: datetime) -> str:
    if complete_until is None or complete_until < now - OLD:
        return "late"
    return "good" if complete_until >= now - FRESH else "waits"


def latest_deliveries() -> list[Delivery]:
    return list(Delivery.objects.select_related("source").order_by("-id")[:LATEST])
