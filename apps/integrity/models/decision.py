"""What two people decided about a result."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.activity.models import Source
from apps.campaigns.models import Campaign
from apps.directory.models import Employee, User
from apps.integrity.models.objection import Objection
from apps.ranking.models import Result


class Decision(models.Model):
    """Proposed by one person, confirmed or rejected by another; undone by a further one, never changed.

    corrections: what it changes about the fixed input (apps.ranking.corrections), without its number.
    result: the first version that it is part of. facts: what stood when it was proposed, such as who used
    a source with a gap.
    """

    class Kind(models.TextChoices):
        EXCLUSION = "exclusion", _("exclusion")
        DISQUALIFICATION = "disqualification", _("disqualification")
        NOT_COUNTED = "not_counted", _("contacts that do not count")
        HANDED_OVER = "handed_over", _("contacts that were handed over")
        ONE_PERSON = "one_person", _("accounts of one person")
        GRANTED = "granted", _("days that count after all")
        NO_COLLEAGUE = "no_colleague", _("contacts that are no colleagues")
        GAP = "gap", _("a source's gap is accepted")
        UNDO = "undo", _("an earlier decision is undone")

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="decisions", verbose_name=_("campaign")
    )
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    employee = models.ForeignKey(
        Employee, models.PROTECT, null=True, related_name="decisions", verbose_name=_("employee")
    )
    corrections = models.JSONField(_("corrections"), default=list)
    facts = models.JSONField(_("facts"), default=dict)
    source = models.ForeignKey(Source, models.PROTECT, null=True, related_name="+", verbose_name=_("source"))
    objection = models.ForeignKey(
        Objection, models.PROTECT, null=True, related_name="decisions", verbose_name=_("objection")
    )
    undoes = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="undone_by", verbose_name=_("undoes")
    )
    reason = models.TextField(_("reason"))
    evidence = models.TextField(_("evidence"))
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"))
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("confirmed by")
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    rejected_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("rejected by")
    )
    rejected_at = models.DateTimeField(_("rejected at"), null=True)
    rejection_reason = models.TextField(_("reason of the rejection"), blank=True)
    result = models.ForeignKey(
        Result, models.PROTECT, null=True, related_name="decisions", verbose_name=_("in the result since")
    )

    class Meta:
        verbose_name, verbose_name_plural = _("decision"), _("decisions")
        ordering = ["campaign_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="decision_number_once"),
            models.UniqueConstraint(
                fields=["undoes"], condition=Q(rejected_at=None), name="decision_undone_once"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("proposed_by")),
                name="decision_by_two_people",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(rejected_at=None), name="decision_goes_one_way"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="decision_confirmed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.get_kind_display()}"

    @property
    def is_open(self) -> bool:
        return self.confirmed_at is None and self.rejected_at is None
