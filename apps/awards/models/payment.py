"""What was handed to payroll, and what payroll said."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.awards.models.award import Award
from apps.campaigns.models import Campaign
from apps.directory.models import User


class PayrollExport(models.Model):
    """Awards handed to payroll together, once."""

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="payroll_exports", verbose_name=_("campaign")
    )
    number = models.PositiveIntegerField(_("number"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name, verbose_name_plural = _("payroll export"), _("payroll exports")
        ordering = ["campaign_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="payroll_export_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.campaign.slug} {self.number}"


class Payment(models.Model):
    """One attempt to pay one award; a returned one may be followed by another.

    reference: what payroll quotes. gross, tax: payroll's figures about a person, kept only until it is paid.
    """

    class State(models.TextChoices):
        OPEN = "open", _("with payroll")
        PAID = "paid", _("paid")
        RETURNED = "returned", _("returned")

    export = models.ForeignKey(
        PayrollExport, models.PROTECT, related_name="payments", verbose_name=_("payroll export")
    )
    award = models.ForeignKey(Award, models.PROTECT, related_name="payments", verbose_name=_("award"))
    reference = models.CharField(_("reference"), max_length=20, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    gross = models.DecimalField(_("gross"), max_digits=16, decimal_places=2, null=True)
    tax = models.DecimalField(_("tax"), max_digits=16, decimal_places=2, null=True)
    paid_on = models.DateField(_("paid on"), null=True)
    returned_reason = models.TextField(_("returned because"), blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("answer brought in by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("payment"), _("payments")
        ordering = ["export_id", "reference"]
        constraints = [
            models.UniqueConstraint(
                fields=["award"], condition=~Q(state="returned"), name="payment_once_per_award"
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(gross=None, tax=None), name="payment_forgets_figures"
            ),
            models.CheckConstraint(
                condition=Q(gross=None, tax=None) | Q(gross__isnull=False, tax__isnull=False, tax__gte=0),
                name="payment_figures_together",
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(paid_on__isnull=False), name="payment_paid_on_a_day"
            ),
            models.CheckConstraint(
                condition=Q(state="returned") ^ Q(returned_reason=""), name="payment_returned_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def net(self) -> Decimal | None:
        """By payroll's figures, while they are kept."""
        return None if self.gross is None or self.tax is None else self.gross - self.tax

    @property
    def differs(self) -> bool:
        """Whether payroll would pay something else than was promised."""
        return self.net is not None and self.net != self.award.net_amount
