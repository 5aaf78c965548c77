"""Taking a delivery back: everything stands as if it had never come. The ledger keeps its rows."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max
from django.db.models.functions import Coalesce

from apps.activity import sql
from apps.activity.derive import rederive_pairs
from apps.activity.gate import close_gate
from apps.activity.models import Delivery, QuarantinedEvent, Source
from apps.audit.services import record


class NotWithdrawable(Exception):
    """The delivery was withdrawn already."""


@dataclass(frozen=True)
class Preview:
    """What a withdrawal touches."""

    interactions: int
    employees: int
    ties: int
    held: int


def preview(delivery: Delivery) -> Preview:
    """What taking the delivery back would do. Raises NotWithdrawable."""
    if delivery.state == Delivery.State.WITHDRAWN:
        raise NotWithdrawable(f"Delivery {delivery.pk} was withdrawn already.")
    with transaction.atomic():
        _find_pairs(delivery)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*), count(DISTINCT employee_id) FROM pair")
            ties, employees = cursor.fetchone()
            cursor.execute("DROP TABLE pair")
    held = delivery.quarantine.filter(state=QuarantinedEvent.State.HELD).count()
    return Preview(delivery.counted, employees, ties, held)


@transaction.atomic
def withdraw(delivery: Delivery, *, actor: str, reason: str, now: datetime) -> Preview:
    """Take a delivery back and derive the ties it touched again. Raises NotWithdrawable, ValueError."""
    close_gate()
    if not reason.strip():
        raise ValueError("A withdrawal needs a reason.")
    before = Delivery.objects.get(pk=delivery.pk)
    what = preview(before)
    _find_pairs(before)
    Delivery.objects.filter(pk=delivery.pk).update(
        state=Delivery.State.WITHDRAWN, withdrawn_at=now, withdrawn_by=actor, withdrawal_reason=reason
    )
    before.quarantine.filter(state=QuarantinedEvent.State.HELD).update(
        state=QuarantinedEvent.State.REJECTED, decided_at=now, decided_by=actor
    )
    _take_back_claim(before)
    rederive_pairs("pair")
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE pair")
    _forget_unmet_contacts(before)
    sql.note_arrival()
    record(
        "delivery withdrawn",
        actor=actor,
        subject=f"delivery {delivery.pk}",
        at=now,
        details={"reason": reason, "interactions": what.interactions, "ties": what.ties},
    )
    return what


def _take_back_claim(delivery: Delivery) -> None:
    """When it was this delivery that said until when its source is complete, the others say so now."""
    source = Source.objects.select_for_update().get(pk=delivery.source_id)
    if source.complete_until == (delivery.covers_to or delivery.last_at):
        applied = source.deliveries.filter(state=Delivery.State.APPLIED)
        claims = applied.aggregate(latest=Max(Coalesce("covers_to", "last_at")))
        Source.objects.filter(pk=source.pk).update(complete_until=claims["latest"])


def _find_pairs(delivery: Delivery) -> None:
    """The pairs that the delivery's interactions concern, in the temporary table `pair`."""
    rows = "(SELECT * FROM activity_interaction WHERE delivery_id = %(delivery)s)"
    by_day = sql.TALK_BY_DAY.format(resolved=f"({sql.RESOLVED.format(source=rows)})", condition="true")
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE pair ON COMMIT DROP AS "
            f"SELECT DISTINCT employee_id, contact_id FROM ({by_day}) AS day",
            sql.calendar() | {"delivery": delivery.pk},
        )
        cursor.execute("ANALYZE pair")


def _forget_unmet_contacts(delivery: Delivery) -> None:
    """Contacts that nothing but this delivery spoke of."""
    standing = sql.STANDING_ROWS.format(
        condition="(i.sender IN (TABLE spoken_of) OR i.recipient IN (TABLE spoken_of))"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH rows AS (
                SELECT sender, recipient FROM activity_interaction WHERE delivery_id = %(delivery)s
                UNION ALL
                SELECT sender, recipient FROM activity_quarantinedevent WHERE delivery_id = %(delivery)s
            ),
            spoken_of AS (SELECT sender AS id FROM rows UNION SELECT recipient FROM rows),
            elsewhere AS ({standing})
            DELETE FROM activity_contact WHERE id IN (
                SELECT id FROM spoken_of
                EXCEPT SELECT contact_id FROM activity_tie
                EXCEPT SELECT contact_id FROM activity_contactfact
                EXCEPT SELECT person_id FROM activity_contactfact
                EXCEPT SELECT sender FROM activity_quarantinedevent WHERE state = 'held'
                EXCEPT SELECT recipient FROM activity_quarantinedevent WHERE state = 'held'
                EXCEPT SELECT sender FROM elsewhere
                EXCEPT SELECT recipient FROM elsewhere)
            """,
            {"delivery": delivery.pk},
        )
