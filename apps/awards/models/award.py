"""What a result gives to whom."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.campaigns.divisions import name_of
from apps.campaigns.models import Campaign
from apps.directory.models import Employee
from apps.ranking.models import Result


class Award(models.Model):
    """A prize given to one employee for a version of the result; net, exact, in `currency`.

    The database holds to the order of the states: docs/decisions/0012.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        APPROVED = "approved", _("approved")
        EXPORTED = "exported", _("sent to payroll")
        PAID = "paid", _("paid")
        RETURNED = "returned", _("returned")

    class Form(models.TextChoices):
        PLACE = "place", _("place")
        GOAL = "goal", _("goal reached")
        CONTACTS = "contacts", _("active contacts")
        DEPARTMENT = "department", _("the department's place")

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="awards", verbose_name=_("campaign"))
    result = models.ForeignKey(Result, models.PROTECT, related_name="awards", verbose_name=_("result"))
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="awards", verbose_name=_("employee"))
    form = models.CharField(_("what for"), max_length=10, choices=Form, default=Form.PLACE)
    place = models.PositiveIntegerField(_("place"), help_text=_("0 when it is for no place."))
    contacts = models.PositiveIntegerField(
        _("contacts"), default=0, help_text=_("Of a goal, what it asked; per contact, how many were paid.")
    )
    department = models.CharField(_("department"), max_length=800, blank=True)
    division = models.CharField(
        _("division"),
        max_length=40,
        blank=True,
        default="",
        help_text=_("The key of the one whose prize it is."),
    )
    shared_by = models.PositiveIntegerField(_("shared by"), default=1)
    net_amount = models.DecimalField(_("amount after tax"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PROPOSED)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name, verbose_name_plural = _("award"), _("awards")
        ordering = ["campaign_id", "-form", "place", "employee__number"]
        constraints = [
            models.UniqueConstraint(
                fields=["result", "employee", "form", "contacts", "division"], name="award_once_per_prize"
            ),
            models.CheckConstraint(condition=Q(net_amount__gt=0), name="award_is_positive"),
            models.CheckConstraint(
                condition=Q(form__in=["place", "department"], place__gte=1, contacts=0)
                | Q(form__in=["goal", "contacts"], place=0, contacts__gte=1),
                name="award_says_what_for",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title()}: {self.net_amount:,.2f} {self.currency}"

    def title(self) -> str:
        """What it is for, in the active language."""
        what_for = self._what_for()
        if not self.division:
            return what_for
        return gettext("%(division)s, %(what_for)s") % {
            "division": name_of(self.campaign, self.division),
            "what_for": what_for,
        }

    def _what_for(self) -> str:
        words = {"place": self.place, "contacts": self.contacts, "department": self.department}
        return {
            self.Form.PLACE: gettext("place %(place)d"),
            self.Form.GOAL: gettext("goal of %(contacts)d contacts"),
            self.Form.CONTACTS: gettext("%(contacts)d contacts"),
            self.Form.DEPARTMENT: gettext("place %(place)d of departments: %(department)s"),
        }[self.Form(self.form)] % words
