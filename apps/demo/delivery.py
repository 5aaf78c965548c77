"""Hands the live messages to the ingest as the demo's clock runs, the way a messenger's webhook would."""

import time
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from apps.activity.batch import Event
from apps.activity.ingest import apply_batch
from apps.activity.models import Delivery, Source
from apps.demo.dates import Calendar
from apps.demo.files import Files
from apps.demo.words import tell
from apps.sources.files import check, read
from bonus_tracker import clock

SECONDS_BETWEEN_DELIVERIES = 1.0
LAG_MINUTES = 12 * 60  # the source says so; older messages would be quarantined
BATCH = 5_000  # messages


class Messenger:
    """What has not been delivered yet, in the order in which it will be."""

    def __init__(self, files: Files, calendar: Calendar) -> None:
        self.calendar = calendar
        self.source, _ = Source.objects.get_or_create(
            name="messenger",
            defaults={
                "kind": "webhook",
                "platform": "im",
                "lag_minutes": LAG_MINUTES,
                "created_at": calendar.opens_at,
            },
        )
        self.live = list(_events(files, "live", self.source.platform))
        self.late = list(_events(files, "late", self.source.platform))

    @property
    def is_done(self) -> bool:
        return not self.live and not self.late

    def deliver(self, *, now: datetime) -> None:
        """Everything that was written by now, and what was held up when its time has come."""
        ready = next(
            (place for place, event in enumerate(self.live) if event.occurred_at > now), len(self.live)
        )
        batch, self.live = self.live[:ready], self.live[ready:]
        self._hand_over(batch, now)
        if self.late and now >= self.calendar.late_at:
            self._hand_over(self.late, now)
            tell(now, f"{len(self.late)} messages from before the deadline arrived late; they still count.")
            self.late = []

    def _hand_over(self, events: list[Event], now: datetime) -> None:
        for start in range(0, len(events), BATCH):
            batch = events[start : start + BATCH]
            delivery = Delivery.objects.create(source=self.source, actor="webhook", received_at=now)
            apply_batch(delivery, batch, now=now, lines_read=len(batch))
            with transaction.atomic():
                Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.APPLIED)
                Source.objects.filter(pk=self.source.pk).update(complete_until=now)


def run(files: Files, calendar: Calendar) -> None:
    """Deliver until there is nothing left."""
    messenger = Messenger(files, calendar)
    while not messenger.is_done:
        messenger.deliver(now=clock.now())
        time.sleep(SECONDS_BETWEEN_DELIVERIES)


def _events(files: Files, part: str, platform: str) -> Iterator[Event]:
    blocks = read(check(files.interactions(part)), platform, at_once=BATCH)
    return (event for block in blocks for event in block.events.rows())
