"""The time that a file speaks for: what its sender claims, and how far its source is complete by that."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from apps.activity.gate import pass_gate
from apps.activity.models import Delivery, Source
from apps.audit.services import record
from bonus_tracker import clock

Span = tuple[datetime, datetime]  # aware; the end is the first instant that is not spoken for


class ClaimRefused(Exception):
    """One sentence that says why, and how it can be said."""


def parsed_span(text: str, *, now: datetime) -> Span:
    """FROM/TO in ISO 8601, on the company's calendar when there is no offset. Raises ClaimRefused."""
    try:
        start, end = (datetime.fromisoformat(part) for part in text.split("/"))
    except ValueError:
        raise ClaimRefused(
            f"--covers {text!r} is not FROM/TO, such as 2026-12-01T00:00:00Z/2026-12-02T00:00:00Z."
        ) from None
    start, end = (t if t.tzinfo else t.replace(tzinfo=clock.company_zone()) for t in (start, end))
    check_span(start, end, now=now, said=f"--covers {text!r}")
    return start, end


def check_span(start: datetime, end: datetime, *, now: datetime, said: str) -> None:
    """said: what a span is called where it was given. Raises ClaimRefused."""
    if start >= end:
        raise ClaimRefused(_("%(span)s ends before it begins.") % {"span": said})
    if end > now:
        raise ClaimRefused(
            _(
                "%(span)s ends in the future, and no file speaks for what is not over; "
                "let it end at %(now)s at the latest."
            )
            % {"span": said, "now": clock.local(now)}
        )


def widen(delivery: Delivery, span: Span, *, actor: str, now: datetime) -> bool:
    """Record that the delivery speaks for more than was said of it; False when that was said already.

    Raises ClaimRefused when the span leaves out some of what it speaks for: others may have relied on that.
    """
    with transaction.atomic():
        pass_gate()  # a correction writes deliveries too
        held = Delivery.objects.select_for_update().get(pk=delivery.pk)
        before = (held.covers_from, held.covers_to)
        if before == span or held.state == Delivery.State.WITHDRAWN:
            return False
        _check_wider(held, span)
        held.covers_from, held.covers_to = span
        held.save(update_fields=["covers_from", "covers_to"])
        if held.state == Delivery.State.APPLIED:
            complete_source(held)
        details = {"before": shown(before), "covers": shown(span)}
        record("delivery covers more", actor=actor, subject=f"delivery {held.pk}", at=now, details=details)
        return True


def complete_source(delivery: Delivery) -> Source:
    """The source is complete as far as this delivery speaks for it, or another one did before."""
    until = delivery.covers_to or delivery.last_at
    source = Source.objects.select_for_update().get(pk=delivery.source_id)
    if until and (source.complete_until is None or until > source.complete_until):
        source.complete_until = until
        source.save(update_fields=["complete_until"])
    return source


def shown(span: tuple[datetime | None, datetime | None]) -> str:
    start, end = span
    return f"{clock.local(start)} to {clock.local(end)}" if start and end else ""


def _check_wider(held: Delivery, span: Span) -> None:
    start, end = held.covers_from or held.first_at, held.covers_to or held.last_at
    if start and end and not (span[0] <= start and end <= span[1]):
        raise ClaimRefused(
            _(
                "Delivery %(key)d (%(name)s) speaks for %(span)s; let what the file covers include that, "
                "or withdraw the delivery and import the file again."
            )
            % {"key": held.pk, "name": held.name, "span": shown((start, end))}
        )
