"""Whether the regular work goes on."""

from datetime import datetime

from django.db import models


class Pulse(models.Model):
    """When all that is due was last looked at, in one row; failures: how much of it could not be done then."""

    ONLY = 1

    at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="pulse_is_one")]

    def __str__(self) -> str:
        return f"{self.at}: {self.failures}"

    @classmethod
    def beat(cls, *, now: datetime, failures: int) -> None:
        """By any number of workers at a time; the last one is remembered."""
        Pulse.objects.bulk_create(
            [Pulse(pk=cls.ONLY, at=now, failures=failures)],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["at", "failures"],
        )

    @classmethod
    def last(cls) -> "Pulse | None":
        return Pulse.objects.filter(pk=cls.ONLY).first()
