"""What employees object to."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.campaigns.models import Campaign
from apps.directory.models import Employee, User


class Objection(models.Model):
    """An employee's word against their own count, or in confidence against a place that wins a prize.

    contacts_claimed: how many more contacts should count; it bounds what granting could change.
    place_of: whose place is doubted.
    """

    class About(models.TextChoices):
        OWN_COUNT = "own_count", _("my own count")
        PLACE = "place", _("a place that wins a prize")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        UPHELD = "upheld", _("upheld")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="objections", verbose_name=_("campaign")
    )
    number = models.PositiveIntegerField(_("number"))
    employee = models.ForeignKey(
        Employee, models.PROTECT, related_name="objections", verbose_name=_("employee")
    )
    about = models.CharField(_("about"), max_length=10, choices=About)
    contacts_claimed = models.PositiveIntegerField(_("contacts that should count too"), null=True)
    place_of = models.ForeignKey(
        Employee, models.PROTECT, null=True, related_name="+", verbose_name=_("whose place")
    )
    text = models.TextField(_("objection"))
    made_at = models.DateTimeField(_("made at"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("objection"), _("objections")
        ordering = ["campaign_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="objection_number_once"),
            models.UniqueConstraint(
                fields=["campaign", "employee"], condition=Q(state="open"), name="objection_one_open"
            ),
            models.CheckConstraint(
                condition=(
                    Q(about="own_count", place_of=None, contacts_claimed__gte=1)
                    | Q(about="place", place_of__isnull=False, contacts_claimed=None)
                ),
                name="objection_says_to_what",
            ),
            models.CheckConstraint(
                condition=Q(place_of=None) | ~Q(place_of=F("employee")), name="objection_to_somebody_else"
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_at=None)
                | (~Q(state="open") & Q(answered_at__isnull=False)),
                name="objection_answered_when_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.get_about_display()}"
