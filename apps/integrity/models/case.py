"""What somebody looks into."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.campaigns.models import Campaign
from apps.directory.models import Employee, User


class Case(models.Model):
    """A question about one employee's count, open until somebody writes down the outcome."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="cases", verbose_name=_("campaign"))
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="cases", verbose_name=_("employee"))
    reason = models.TextField(_("reason"))
    opened_by = models.CharField(_("opened by"), max_length=150)
    opened_at = models.DateTimeField(_("opened at"))
    outcome = models.TextField(_("outcome"), blank=True)
    closed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("closed by")
    )
    closed_at = models.DateTimeField(_("closed at"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("case"), _("cases")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, outcome="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome="")),
                name="case_closed_with_an_outcome",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.employee}"
