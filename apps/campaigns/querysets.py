"""Which campaigns are due, found by their state and dates."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Value
from django.db.models.functions import Coalesce


def _ends(start: Any, amount: str, unit: timedelta) -> ExpressionWrapper:
    span = ExpressionWrapper(F(amount) * Value(unit, DurationField()), DurationField())
    return ExpressionWrapper(start + span, DateTimeField())


class CampaignQuerySet(models.QuerySet[Any]):
    def announced(self) -> Self:
        """Those that employees were ever told of."""
        return self.exclude(state="draft").exclude(was_voided_as_draft=True)

    def due_to_start(self, now: datetime) -> Self:
        return self.filter(state="scheduled", starts_at__lte=now)

    def due_to_settle(self, now: datetime) -> Self:
        return self.filter(state="running", deadline__lte=now)

    def due_for_a_result(self, now: datetime) -> Self:
        """Settling, and the hours of grace are over."""
        return self.alias(grace_ends_at=_ends(F("deadline"), "grace_hours", timedelta(hours=1))).filter(
            state="settling", grace_ends_at__lte=now
        )

    def due_to_become_final(self, now: datetime) -> Self:
        """Provisional, and the days for objections are over; people decide the rest."""
        since = Coalesce(F("provisional_at"), _ends(F("deadline"), "grace_hours", timedelta(hours=1)))
        return self.alias(objections_end_at=_ends(since, "objection_days", timedelta(days=1))).filter(
            state="provisional", is_rehearsal=False, objections_end_at__lte=now
        )
