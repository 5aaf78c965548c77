"""What was computed a second time, and what was final."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.campaigns.models import Campaign
from apps.ranking.models import Result


class Recount(models.Model):
    """The second implementation's word on a version; `problem` is empty when both agree."""

    result = models.OneToOneField(
        Result, models.PROTECT, primary_key=True, related_name="recount", verbose_name=_("result")
    )
    at = models.DateTimeField(_("at"))
    problem = models.TextField(_("problem"), blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("recount"), _("recounts")

    def __str__(self) -> str:
        return f"{self.result_id} {self.problem or 'agrees'}"


class FinalResult(models.Model):
    """Which version two people made final."""

    campaign = models.OneToOneField(
        Campaign, models.PROTECT, primary_key=True, related_name="final_result", verbose_name=_("campaign")
    )
    result = models.OneToOneField(Result, models.PROTECT, related_name="+", verbose_name=_("result"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name, verbose_name_plural = _("final result"), _("final results")

    def __str__(self) -> str:
        return f"{self.campaign_id} v{self.result_id}"
