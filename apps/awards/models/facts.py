"""What decides prizes besides contacts."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from apps.campaigns.models import Campaign
from apps.directory.models import Employee


class PrizeFacts(models.Model):
    """Of a participant, as it was when the input was fixed; only of campaigns whose prizes need it.

    department: its path on the last day counted, or empty. groups: those the campaign names that they belonged to
    on that day. days_employed: within the campaign. is_employed: still, when the input was fixed.
    """

    pk = models.CompositePrimaryKey("employee", "campaign")
    employee = models.ForeignKey(
        Employee, models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="prize_facts")
    department = models.CharField(max_length=800)
    groups = ArrayField(models.CharField(max_length=200))
    days_employed = models.PositiveIntegerField()
    is_employed = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.employee_id}: {self.department}"
