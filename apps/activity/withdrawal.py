"""Taking a delivery back: everything stands as if it had never come. The ledger keeps its rows."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max
from django.db.models.functions import Coalesce

from apps.activity import sql
from apps.activity.cuts import whole_from
from apps.activity.folding import pairs, run
from apps.activity.gate import close_gate
from apps.activity.models import Delivery, Derivation, QuarantinedEvent, Source
from apps.activity.owed import derive_again
from apps.audit.services import record
from bonus_tracker.clock import company_zone


class NotWithdrawable(Exception):
    """The delivery was withdrawn already, or the ledger no longer has what it said."""


@dataclass(frozen=True)
class Preview:
    """What a withdrawal touches."""

    interactions: int
    employees: int
    ties: int
    held: int


def preview(delivery: Delivery) -> Preview:
    """What taking the delivery back would do. Raises NotWithdrawable."""
    _refuse_what_cannot_be(delivery)
    with transaction.atomic(), connection.cursor() as cursor:
        spoken = pairs("i.delivery_id = %(delivery)s")
        run(f"CREATE TEMPORARY TABLE previewed AS {spoken}", {"delivery": delivery.pk})
        cursor.execute("SELECT count(*), count(DISTINCT employee_id) FROM previewed")
        ties, employees = cursor.fetchone()
        cursor.execute("DROP TABLE previewed")
    held = delivery.quarantine.filter(state=QuarantinedEvent.State.HELD).count()
    return Preview(delivery.counted, employees, ties, held)


def withdraw(delivery: Delivery, *, actor: str, reason: str, now: datetime) -> Preview:
    """Take a delivery back; the ties it touched are derived again, or that is owed (apps.activity.owed).

    Raises NotWithdrawable, ValueError.
    """
    if not reason.strip():
        raise ValueError("A withdrawal needs a reason.")
    delivery.refresh_from_db()
    what = preview(delivery)
    with transaction.atomic():
        close_gate()
        delivery.refresh_from_db()
        _refuse_what_cannot_be(delivery)
        _take_back(delivery, actor=actor, reason=reason, now=now)
        derive_again(Derivation(subject=f"delivery {delivery.pk}", delivery=delivery), now=now)
        sql.note_arrival()
        record(
            "delivery withdrawn",
            actor=actor,
            subject=f"delivery {delivery.pk}",
            at=now,
            details={"reason": reason, "interactions": delivery.counted, "ties": what.ties},
        )
    return replace(what, interactions=delivery.counted)


def _refuse_what_cannot_be(delivery: Delivery) -> None:
    if delivery.state == Delivery.State.WITHDRAWN:
        raise NotWithdrawable(f"Delivery {delivery.pk} was withdrawn already.")
    cut, first = whole_from(), delivery.first_at
    if cut and first and first.astimezone(company_zone()).date() < cut:
        raise NotWithdrawable(
            f"Delivery {delivery.pk} speaks of days before {cut}, of which the ledger is no longer kept; "
            "it cannot be taken back."
        )


def _take_back(delivery: Delivery, *, actor: str, reason: str, now: datetime) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(
        state=Delivery.State.WITHDRAWN, withdrawn_at=now, withdrawn_by=actor, withdrawal_reason=reason
    )
    delivery.quarantine.filter(state=QuarantinedEvent.State.HELD).update(
        state=QuarantinedEvent.State.REJECTED, decided_at=now, decided_by=actor
    )
    _take_back_claim(delivery)


def _take_back_claim(delivery: Delivery) -> None:
    """When it was this delivery that said until when its source is complete, the others say so now."""
    source = Source.objects.select_for_update().get(pk=delivery.source_id)
    if source.complete_until == (delivery.covers_to or delivery.last_at):
        applied = source.deliveries.filter(state=Delivery.State.APPLIED)
        claims = applied.aggregate(latest=Max(Coalesce("covers_to", "last_at")))
        Source.objects.filter(pk=source.pk).update(complete_until=claims["latest"])
