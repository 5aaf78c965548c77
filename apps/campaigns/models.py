"""What was announced: dates, rule, prizes, who takes part."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.campaigns.querysets import CampaignQuerySet
from apps.directory.models import Employee, User


class Campaign(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SCHEDULED = "scheduled", _("scheduled")
        RUNNING = "running", _("running")
        SETTLING = "settling", _("settling")
        PROVISIONAL = "provisional", _("provisional")
        FINAL = "final", _("final")
        PAID = "paid", _("paid")
        VOID = "void", _("void")

    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    name = models.JSONField(
        _("name"), default=dict, help_text=_("One name a language, such as en and zh-hans.")
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT, editable=False)
    is_rehearsal = models.BooleanField(_("rehearsal"), default=False)
    starts_at = models.DateTimeField(_("starts at"))
    freeze_at = models.DateTimeField(_("freezes at"), null=True, blank=True)
    deadline = models.DateTimeField(_("deadline"), help_text=_("The first instant that no longer counts."))
    grace_hours = models.PositiveIntegerField(_("hours of grace for late data"), default=72)
    objection_days = models.PositiveIntegerField(_("days for objections"), default=7)
    public_places = models.PositiveIntegerField(_("public places"), default=100)

    contact = models.CharField(
        _("contact person"),
        max_length=200,
        blank=True,
        help_text=_("Whom employees ask about this campaign; it is on the rules sheet."),
    )

    # The rule, immutable once running
    window_days = models.PositiveSmallIntegerField(
        _("window in days"), null=True, blank=True, default=30, help_text=_("Empty: the whole campaign.")
    )
    min_sent_days = models.PositiveSmallIntegerField(_("days the employee wrote"), default=2)
    min_received_days = models.PositiveSmallIntegerField(_("days the contact wrote"), default=2)
    min_active_days = models.PositiveSmallIntegerField(_("days with either"), default=3)
    min_mutual_days = models.PositiveSmallIntegerField(_("days with both"), default=0)
    new_contacts_only = models.BooleanField(_("new contacts only"), default=False)
    former_colleague_days = models.PositiveSmallIntegerField(
        _("days a leaver still counts as a colleague"), default=180
    )

    # Who takes part: names of entities, department paths (with all below), groups; nothing named means everybody
    entities = models.JSONField(_("legal entities"), default=list, blank=True)
    departments = models.JSONField(_("departments"), default=list, blank=True)
    groups = models.JSONField(_("groups"), default=list, blank=True)

    # Parts with boards and prizes of their own, in order: apps.campaigns.divisions; empty means one board for all
    divisions = models.JSONField(_("divisions"), default=list, blank=True, editable=False)

    # Prizes for no place and how prizes are given: apps.campaigns.further; empty means as usual
    further = models.JSONField(_("further prizes"), default=dict, blank=True, editable=False)
    awarding = models.JSONField(_("how prizes are given"), default=dict, blank=True, editable=False)

    # Deadlines that were moved: {"before", "deadline", "at", "reason"} each, instants in UTC; shown on the board
    amendments = models.JSONField(_("amendments"), default=list, blank=True, editable=False)

    provisional_at = models.DateTimeField(_("provisional since"), null=True, blank=True, editable=False)
    void_reason = models.TextField(_("reason for voiding"), blank=True, editable=False)
    was_voided_as_draft = models.BooleanField(_("voided as a draft"), default=False, editable=False)
    created_at = models.DateTimeField(_("created at"), editable=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("campaign"), _("campaigns")
        ordering = ["-deadline", "slug"]
        constraints = [
            models.CheckConstraint(condition=Q(starts_at__lt=F("deadline")), name="campaign_dates_in_order"),
            models.CheckConstraint(
                condition=Q(freeze_at=None) | Q(freeze_at__gt=F("starts_at"), freeze_at__lte=F("deadline")),
                name="campaign_freeze_within",
            ),
            models.CheckConstraint(condition=Q(min_active_days__gte=1), name="campaign_counts_something"),
            models.CheckConstraint(
                condition=Q(window_days=None) | Q(window_days__range=(1, 365)), name="campaign_window"
            ),
        ]

    def __str__(self) -> str:
        return self.localised_name()

    def localised_name(self) -> str:
        first_choices = (self.name.get(get_language() or "en"), self.name.get("en"), *self.name.values())
        return next(filter(None, first_choices), self.slug)

    @property
    def is_announced(self) -> bool:
        """Whether employees were ever told of it."""
        return self.state != self.State.DRAFT and not self.was_voided_as_draft

    @property
    def grace_ends_at(self) -> datetime:
        """Until then late deliveries of events before the deadline count."""
        return self.deadline + timedelta(hours=self.grace_hours)

    @property
    def objections_end_at(self) -> datetime:
        return (self.provisional_at or self.grace_ends_at) + timedelta(days=self.objection_days)

    def is_fixed(self, *, now: datetime) -> bool:
        """Whether what was announced stays: once begun, however late the tick; a rehearsal's once sealed."""
        if self.state == self.State.SCHEDULED:
            return now >= self.starts_at and not self.is_rehearsal
        if self.state in {self.State.RUNNING, self.State.SETTLING}:
            return not self.is_rehearsal
        return self.state != self.State.DRAFT


class Prize(models.Model):
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="prizes")
    division = models.CharField(
        _("division"),
        max_length=40,
        blank=True,
        default="",
        help_text=_("Its key; empty in a campaign without divisions."),
    )
    place = models.PositiveIntegerField(_("place"))
    net_amount = models.DecimalField(_("amount after tax"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, default="CNY", help_text=_("ISO 4217"))
    min_score = models.PositiveIntegerField(
        _("at least so many contacts"),
        default=0,
        blank=True,
        help_text=_("With fewer, the prize is not given."),
    )

    class Meta:
        verbose_name, verbose_name_plural = _("prize"), _("prizes")
        ordering = ["place", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "division", "place"], name="prize_once_per_place"),
            models.CheckConstraint(condition=Q(place__gte=1), name="prize_place_from_one"),
            models.CheckConstraint(condition=Q(net_amount__gt=0), name="prize_is_positive"),
        ]

    def __str__(self) -> str:
        least = f" >= {self.min_score}" if self.min_score else ""
        within = f"{self.division} " if self.division else ""
        return f"{within}{self.place}: {self.net_amount:,.2f} {self.currency}{least}"


class OptOut(models.Model):
    """An employee who left the contest; coming back removes the row."""

    campaign = models.ForeignKey(
        Campaign, models.CASCADE, related_name="opt_outs", verbose_name=_("campaign")
    )
    employee = models.ForeignKey(
        Employee, models.PROTECT, related_name="opt_outs", verbose_name=_("employee")
    )
    left_at = models.DateTimeField(_("left at"))

    class Meta:
        verbose_name, verbose_name_plural = _("opt-out"), _("opt-outs")
        constraints = [models.UniqueConstraint(fields=["campaign", "employee"], name="opt_out_once")]

    def __str__(self) -> str:
        return f"{self.employee_id} left {self.campaign_id}"


class Appearance(models.Model):
    """How an employee appears to colleagues on a campaign's board; without a row under their own name.

    alias: key of a generated name (apps.campaigns.aliases), kept once drawn. changes: counts them.
    """

    class Mode(models.TextChoices):
        OWN = "own", _("under my own name")
        GENERATED = "generated", _("under a generated name")
        HIDDEN = "hidden", _("not at all")

    campaign = models.ForeignKey(
        Campaign, models.CASCADE, related_name="appearances", verbose_name=_("campaign")
    )
    employee = models.ForeignKey(
        Employee, models.PROTECT, related_name="appearances", verbose_name=_("employee")
    )
    mode = models.CharField(_("shown to colleagues"), max_length=10, choices=Mode, default=Mode.OWN)
    alias = models.CharField(_("generated name"), max_length=40, blank=True)
    changed_at = models.DateTimeField(_("changed at"))
    changes = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("appearance"), _("appearances")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "employee"], name="appearance_once"),
            models.UniqueConstraint(
                fields=["campaign", "alias"], condition=~Q(alias=""), name="appearance_alias_once"
            ),
            models.CheckConstraint(
                condition=~Q(mode="generated") | ~Q(alias=""), name="appearance_generated_has_alias"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} in {self.campaign_id}: {self.mode}"


class LaterDeadline(models.Model):
    """The one amendment while a campaign runs: proposed by one person, confirmed or rejected by another."""

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="later_deadlines", verbose_name=_("campaign")
    )
    deadline_before = models.DateTimeField(_("deadline before"))
    deadline = models.DateTimeField(_("deadline"))
    reason = models.TextField(_("reason"))
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

    class Meta:
        verbose_name, verbose_name_plural = _("later deadline"), _("later deadlines")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign"],
                condition=Q(confirmed_at=None, rejected_at=None),
                name="later_deadline_one_open",
            ),
            models.CheckConstraint(
                condition=Q(deadline__gt=F("deadline_before")), name="later_deadline_is_later"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("proposed_by")),
                name="later_deadline_by_two_people",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(rejected_at=None), name="later_deadline_goes_one_way"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(
                    confirmed_by__isnull=False,
                    confirmed_at__isnull=False,
                    confirmed_at__lt=F("deadline_before"),
                ),
                name="later_deadline_confirmed_in_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.deadline}"


class RulesSheet(models.Model):
    """What employees were told, word for word; a change makes the next version. The database refuses every change.

    content: {"slug", "version", "languages": {code: [[title, [sentence, ...]], ...]}}; sha256: of its canonical JSON.
    """

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="rules_sheets", verbose_name=_("campaign")
    )
    version = models.PositiveIntegerField(_("version"))
    content = models.JSONField(_("content"))
    sha256 = models.CharField("SHA-256", max_length=64)
    made_at = models.DateTimeField(_("in force since"))

    class Meta:
        verbose_name, verbose_name_plural = _("rules sheet"), _("rules sheets")
        ordering = ["campaign_id", "-version"]
        constraints = [models.UniqueConstraint(fields=["campaign", "version"], name="rules_sheet_once")]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.version}"
