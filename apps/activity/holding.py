"""What of a batch must not be counted yet, or cannot be read, is set aside for HR."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from apps.activity.batch import Batch, Unreadable, instant
from apps.activity.judging import HELD, Judged
from apps.activity.models import Delivery
from apps.directory.handles import masked_hint, normalise

MAXIMUM_PROBLEM_LENGTH = 200  # characters
COLUMNS = (
    "delivery_id, state, decided_by, line, reason, problem, occurred_at, sender, sender_hint, "
    "recipient, recipient_hint, room_size, event_key"
)


def hold(delivery: Delivery, batch: Batch, judged: Judged, unreadable: Sequence[Unreadable]) -> None:
    """Parsed, pseudonymised fields only, never the line as it was."""
    held = sorted(place for place, verdict in judged.left.items() if verdict in HELD)
    if not held and not unreadable:
        return
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY activity_quarantinedevent ({COLUMNS}) FROM STDIN") as copy,
    ):
        for place in held:
            copy.write_row((delivery.pk, "held", "", *_event(batch, place, judged.left[place])))
        for line in unreadable:
            copy.write_row((delivery.pk, "held", "", *_line(line)))


def _event(batch: Batch, place: int, reason: str) -> Iterator[Any]:
    sender, recipient = batch.senders[place], batch.recipients[place]
    yield from (batch.lines[place], reason, "", instant(batch.instants[place]))
    yield from (sender, masked_hint(normalise(batch.handles[sender])))
    yield from (recipient, masked_hint(normalise(batch.handles[recipient])))
    yield from (batch.room_sizes[place], batch.event_keys[place])


def _line(line: Unreadable) -> Iterator[Any]:
    yield from (line.line, "unreadable", line.problem[:MAXIMUM_PROBLEM_LENGTH], None)
    yield from (None, "", None, "", 2, None)
