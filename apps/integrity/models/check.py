"""The winner's check: a sample of counted contacts, each confirmed by people."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.directory.models import Employee, User
from apps.ranking.models import Result


class Check(models.Model):
    """Who is checked for a version of the result, and why that many.

    population: contacts counted. margin: how many of them would have to be fake for the prize to go to
    somebody else. is_full: all of them are checked, because a fake was found.
    """

    result = models.ForeignKey(Result, models.PROTECT, related_name="checks", verbose_name=_("result"))
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="checks", verbose_name=_("employee"))
    population = models.PositiveIntegerField(_("contacts counted"))
    margin = models.PositiveIntegerField(_("margin"))
    size = models.PositiveIntegerField(_("contacts to confirm"))
    is_full = models.BooleanField(_("all contacts"), default=False)
    drawn_at = models.DateTimeField(_("drawn at"))

    class Meta:
        verbose_name, verbose_name_plural = _("winner's check"), _("winners' checks")
        ordering = ["-result_id", "employee__number"]
        constraints = [
            models.UniqueConstraint(fields=["result", "employee"], name="check_once_per_version"),
            models.CheckConstraint(condition=Q(margin__gte=1), name="check_margin_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} in {self.result_id}"


class CheckItem(models.Model):
    """One contact to be confirmed. matched_at: the winner typed a handle that is this contact's."""

    owner = models.ForeignKey(Check, models.PROTECT, related_name="items", verbose_name=_("check"))
    position = models.PositiveIntegerField(_("position"))
    contact_id = models.BigIntegerField(_("contact"))
    matched_at = models.DateTimeField(_("handle matched at"), null=True)
    attempts = models.PositiveIntegerField(_("handles that did not match"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("contact to confirm"), _("contacts to confirm")
        ordering = ["owner_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "position"], name="check_item_position_once"),
            models.UniqueConstraint(fields=["owner", "contact_id"], name="check_item_contact_once"),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id}:{self.position}"


class Tick(models.Model):
    """What one reviewer found about one contact; their latest word counts, the earlier ones stay."""

    class How(models.TextChoices):
        MET = "met", _("met in person")
        CALLED = "called", _("talked on the phone")
        WROTE = "wrote", _("answered from another address of theirs")
        RECORDS = "records", _("in the company's own records")
        FAKE = "fake", _("no such person, or not theirs")

    item = models.ForeignKey(CheckItem, models.PROTECT, related_name="ticks", verbose_name=_("contact"))
    reviewer = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("reviewer"))
    how = models.CharField(_("how"), max_length=8, choices=How)
    note = models.TextField(_("note"), blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name, verbose_name_plural = _("review"), _("reviews")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.item_id} {self.how}"
