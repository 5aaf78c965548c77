"""What is held back, grouped as people decide about it: by reason, source, and the handle that nobody had."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Count, F, Max, Min, Q, QuerySet, Value, When

from apps.activity.models import QuarantinedEvent
from apps.directory.handles import masked_hint
from apps.directory.models import CompanyDomain

GROUPS_SHOWN = 200
Reason = QuarantinedEvent.Reason


@dataclass(frozen=True)
class Group:
    """unknown: the masked handle; empty for other reasons. what: of unreadable lines, what is wrong."""

    reason: str
    source_id: int
    source: str
    unknown: str
    problem: str
    count: int
    first_at: datetime | None
    last_at: datetime | None

    @property
    def reason_in_words(self) -> str:
        return str(Reason(self.reason).label)


def held_by_reason() -> dict[str, int]:
    """How many events are held, by reason, the most first; reasons that hold none are left out."""
    held = QuarantinedEvent.objects.filter(state=QuarantinedEvent.State.HELD).order_by()
    counts = held.values_list("reason").annotate(how_many=Count("pk"))
    return dict(counts.order_by("-how_many", "reason"))


def held_groups(reason: str = "") -> list[Group]:
    """At most GROUPS_SHOWN, the largest first; reason: of one alone."""
    held = _held()
    if reason:
        held = held.filter(reason=reason)
    names = ("reason", "delivery__source", "delivery__source__name", "unknown", "what")
    grouped = held.order_by().values_list(*names)
    counted = grouped.annotate(n=Count("pk"), first=Min("occurred_at"), last=Max("occurred_at"))
    return [Group(*row) for row in counted.order_by("-n", *names)[:GROUPS_SHOWN]]


def events_of(reason: str, source: int, unknown: str, problem: str) -> QuerySet[QuarantinedEvent]:
    """The held events of a group, in the order of their keys."""
    held = _held().filter(reason=reason, delivery__source=source, unknown=unknown, what=problem)
    return held.order_by("pk")


def _held() -> QuerySet[Any]:
    """With `unknown`, by the masks of the company's domains: which of two handles nobody had is not kept."""
    masks = {
        masked_hint(f"x@{domain}").rpartition("@")[2]
        for domain in CompanyDomain.objects.values_list("domain", flat=True)
    }
    is_sender, is_recipient = Q(), Q()
    for mask in sorted(masks):
        is_sender |= Q(sender_hint__endswith=f"@{mask}")
        is_recipient |= Q(recipient_hint__endswith=f"@{mask}")
    nobody_had = Q(reason=Reason.UNKNOWN_STAFF)
    of_company = [
        When(nobody_had & is_sender, then=F("sender_hint")),
        When(nobody_had & is_recipient, then=F("recipient_hint")),
    ]
    unknown = Case(
        *(of_company if masks else []),
        When(nobody_had, then=F("sender_hint")),
        default=Value(""),
        output_field=CharField(),
    )
    what = Case(
        When(reason=Reason.UNREADABLE, then=F("problem")), default=Value(""), output_field=CharField()
    )
    return QuarantinedEvent.objects.filter(state=QuarantinedEvent.State.HELD).annotate(
        unknown=unknown, what=what
    )
