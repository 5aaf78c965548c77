"""What employees are told of decisions about them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.campaigns.models import Campaign
from apps.directory.models import Employee


class Notice(models.Model):
    """Told once, read in the reader's language: `kind` and `facts` become sentences on their page."""

    class Kind(models.TextChoices):
        DECIDED = "decided", _("a decision about you")
        UNDONE = "undone", _("a decision about you was undone")
        ANSWERED = "answered", _("your objection was answered")
        CHECK = "check", _("your contacts are to be confirmed")

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="notices", verbose_name=_("campaign"))
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="notices", verbose_name=_("employee"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    facts = models.JSONField(_("facts"), default=dict)
    at = models.DateTimeField(_("at"))
    seen_at = models.DateTimeField(_("seen at"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("notice"), _("notices")
        ordering = ["-id"]
        indexes = [models.Index(fields=["employee", "campaign"], name="notice_of_employee")]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.kind}"
