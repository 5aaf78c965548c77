"""How completely each source spoke for the days that decide, by what its deliveries claim."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time

from apps.activity.models import Delivery, Source
from apps.campaigns.models import Campaign
from apps.ranking.instant import Instant
from apps.ranking.models import FixedSource
from bonus_tracker.clock import company_zone

Span = tuple[datetime, datetime]


def coverage(campaign: Campaign, instant: Instant) -> list[FixedSource]:
    """One unsaved row a source that has delivered anything: until when it is complete, and what it leaves out.

    A source has a gap when it does not reach the deadline, when times between its claimed spans are not
    claimed, or when a delivery was still being read.
    """
    since = datetime.combine(instant.first_day, time.min, company_zone())
    sources = Source.objects.filter(deliveries__isnull=False).distinct().order_by("name")
    return [
        FixedSource(
            campaign=campaign,
            source=source,
            complete_until=source.complete_until,
            gaps=[[_utc(start), _utc(end)] for start, end in _gaps(source, since, instant.as_of)],
        )
        for source in sources
    ]


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()


def _gaps(source: Source, since: datetime, deadline: datetime) -> list[Span]:
    found = [*_holes(_claimed(source)), *_still_being_read(source, since, deadline)]
    until = source.complete_until
    if until is None or until < deadline:
        found.append((max(since, until) if until else since, deadline))
    cut = ((max(start, since), min(end, deadline)) for start, end in found)
    return sorted((start, end) for start, end in cut if start < end)


def _claimed(source: Source) -> list[Span]:
    """Spans that somebody claimed, with what else arrived; none when nobody ever claimed one."""
    applied = source.deliveries.filter(state=Delivery.State.APPLIED)
    if not applied.filter(covers_to__isnull=False).exists():
        return []
    spans = applied.values_list("covers_from", "covers_to", "first_at", "last_at")
    known = ((start or first, end or last) for start, end, first, last in spans)
    return sorted((start, end) for start, end in known if start and end)


def _holes(spans: Iterable[Span]) -> Iterator[Span]:
    """Between the spans, which are in order of their beginnings."""
    reached: datetime | None = None
    for start, end in spans:
        if reached and start > reached:
            yield reached, start
        reached = max(reached, end) if reached else end


def _still_being_read(source: Source, since: datetime, deadline: datetime) -> Iterator[Span]:
    for delivery in source.deliveries.filter(state=Delivery.State.OPEN):
        yield delivery.covers_from or since, delivery.covers_to or deadline
