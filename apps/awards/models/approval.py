"""Who agreed to a result."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.directory.models import User
from apps.ranking.models import Result


class Approval(models.Model):
    """One person's agreement to a version of the result; two different people make it final."""

    result = models.ForeignKey(Result, models.PROTECT, related_name="approvals", verbose_name=_("result"))
    approver = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("approver"))
    comment = models.TextField(_("comment"), blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name, verbose_name_plural = _("approval"), _("approvals")
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["result", "approver"], name="approval_once_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.result_id} by {self.approver_id}"
