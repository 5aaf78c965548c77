"""What was counted, for which instant, and what was sealed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.activity.fields import DayBits
from apps.activity.models import Source
from apps.campaigns.divisions import NO_DIVISION
from apps.campaigns.models import Campaign
from apps.directory.models import Employee


class Run(models.Model):
    """An immutable ranking of a campaign as of an instant; input_version is what it had seen.

    participants_of: how many take part in each division, in their order; [] without any.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="runs", verbose_name=_("campaign"))
    as_of = models.DateTimeField(_("as of"))
    last_date = models.DateField(_("last day counted"))
    ranked_at = models.DateTimeField(_("ranked at"))
    input_version = models.BigIntegerField(_("input version"))
    participants = models.IntegerField(_("participants"))
    participants_of = models.JSONField(_("participants by division"), default=list)
    active_contacts = models.BigIntegerField(_("active contacts, all together"))
    keep = models.BooleanField(_("kept for good"), default=False)  # the last of its day, or sealed

    class Meta:
        verbose_name, verbose_name_plural = _("run"), _("runs")
        ordering = ["-as_of", "-id"]
        indexes = [models.Index(fields=["campaign", "last_date"], name="run_by_day")]

    def __str__(self) -> str:
        return f"{self.pk} {self.campaign_id} {self.as_of:%Y-%m-%d %H:%M}"


class Standing(models.Model):
    """One employee's place in a run; employees with no active contact have no row.

    conversation_days: days on which both wrote, over the contacts counted; decides prizes among equals.
    division: its number, within which the rank is; 0 in a campaign without divisions.
    """

    pk = models.CompositePrimaryKey("employee", "run")
    employee = models.ForeignKey(
        Employee, models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    # Unchecked: the check of each row would take a tenth of the time of a ranking.
    run = models.ForeignKey(
        Run, models.CASCADE, db_constraint=False, db_index=False, related_name="standings"
    )
    rank = models.IntegerField()
    active_contacts = models.IntegerField()
    conversation_days = models.IntegerField()
    division = models.SmallIntegerField(default=NO_DIVISION, db_default=NO_DIVISION)

    class Meta:
        verbose_name, verbose_name_plural = _("standing"), _("standings")
        indexes = [
            models.Index(fields=["run", "rank", "employee"], name="standing_by_rank"),
            models.Index(  # empty, and free, where there are no divisions
                fields=["run", "division", "rank", "employee"],
                condition=Q(division__gt=NO_DIVISION),
                name="standing_by_division",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.employee_id}: {self.active_contacts}"


class Board(models.Model):
    """Which run each audience sees: everybody the public one, HR the live one. They differ after the freeze."""

    campaign = models.OneToOneField(Campaign, models.CASCADE, primary_key=True, related_name="board")
    public_run = models.ForeignKey(Run, models.PROTECT, null=True, related_name="+")
    live_run = models.ForeignKey(Run, models.PROTECT, null=True, related_name="+")
    frozen = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"board of {self.campaign_id}"

    @property
    def is_live(self) -> bool:
        """Whether it still follows what arrives."""
        return self.live_run is not None and self.campaign.state in {
            Campaign.State.RUNNING,
            Campaign.State.SETTLING,
        }


class Result(models.Model):
    """A sealed version of a campaign's outcome, computed from the fixed input and decisions alone.

    corrections: what the decisions change about the input (apps.ranking.corrections); sha256: of the
    canonical form (apps.ranking.sealing.canonical_form).
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="results", verbose_name=_("campaign"))
    version = models.PositiveIntegerField(_("version"))
    run = models.OneToOneField(Run, models.PROTECT, related_name="result", verbose_name=_("run"))
    cutoff = models.DateTimeField(_("cutoff"), help_text=_("When the input was fixed."))
    sealed_at = models.DateTimeField(_("sealed at"))
    rule = models.JSONField(_("rule"))
    corrections = models.JSONField(_("corrections"), default=list)
    counts = models.JSONField(_("counts"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)

    class Meta:
        verbose_name, verbose_name_plural = _("result"), _("results")
        ordering = ["campaign_id", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "version"], name="result_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="result_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} v{self.version}"


class WhatIf(models.Model):
    """What another rule would amount to: asked by HR, counted by a job, kept to be compared.

    starts_at: as if the campaign began then; None: when it says. begun: how often a job has set about it;
    figures: as apps.ranking.what_if.Figures has them; further: what other apps counted with them, by its name.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        COUNTING = "counting"
        DONE = "done"
        CANCELLED = "cancelled"
        FAILED = "failed"

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="what_ifs")
    rule = models.JSONField()
    as_of = models.DateTimeField()
    starts_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    steps_done = models.PositiveSmallIntegerField(default=0)
    steps = models.PositiveSmallIntegerField(default=0)
    begun = models.PositiveSmallIntegerField(default=0)
    is_to_stop = models.BooleanField(default=False)
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    figures = models.JSONField(null=True)
    further = models.JSONField(default=dict)
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.pk} {self.campaign_id} {self.state}"


class FixedTie(models.Model):
    """A tie as it stood when the input was fixed, its days cut to the window; first bit: the last day counted.

    handed_on: the days before it do not count, since the contact was a colleague's until then.
    """

    pk = models.CompositePrimaryKey("employee", "campaign", "contact_id")
    employee = models.ForeignKey(
        Employee, models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="fixed_ties")
    contact_id = models.BigIntegerField()
    sent = DayBits()
    received = DayBits()
    handed_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.employee_id}–{self.contact_id}"


class FixedEmployee(models.Model):
    """A participant when the input was fixed; employed_days null: employed on every day of the window.

    number: as it was then, since the sealed hash names people by it. division: see Standing. belongs: why they
    take part, and in that division; see apps.ranking.facts.belongs.
    """

    pk = models.CompositePrimaryKey("employee", "campaign")
    employee = models.ForeignKey(
        Employee, models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="fixed_employees")
    number = models.CharField(max_length=200, db_collation="C")
    employed_days = DayBits(null=True)
    division = models.SmallIntegerField(default=NO_DIVISION, db_default=NO_DIVISION)
    belongs = ArrayField(models.SmallIntegerField(), null=True)

    def __str__(self) -> str:
        return f"{self.employee_id}"


class FixedContact(models.Model):
    """What was known of a contact when the input was fixed; see apps.ranking.sql for the columns' meaning."""

    pk = models.CompositePrimaryKey("campaign", "contact_id")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="fixed_contacts")
    contact_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)
    outside_days = DayBits()

    def __str__(self) -> str:
        return f"{self.contact_id}"


class FixedSource(models.Model):
    """How complete a source was when the input was fixed; what comes later mends no gap of this result.

    gaps: times within the campaign of which it says nothing, as pairs of ISO 8601 instants.
    """

    pk = models.CompositePrimaryKey("campaign", "source")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="fixed_sources")
    source = models.ForeignKey(Source, models.PROTECT, related_name="+")
    complete_until = models.DateTimeField(null=True)
    gaps = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.source_id}: {len(self.gaps)} gaps"
