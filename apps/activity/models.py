"""What was delivered, what it says, and what follows from it.

The ledger (activity_interaction) has no model: it is partitioned, append-only, has no key, and is
read and written by apps.activity.sql alone.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.activity.fields import EARLIER_DAYS, DayBits
from apps.directory.models import Employee


class Source(models.Model):
    """A door through which deliveries come: a file, a webhook, a connector."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=20, default="file")
    platform = models.CharField(_("platform"), max_length=40)
    lag_minutes = models.PositiveIntegerField(
        _("lag in minutes"),
        null=True,
        blank=True,
        help_text=_("Older events at a live door are quarantined."),
    )
    created_at = models.DateTimeField(_("created at"))
    complete_until = models.DateTimeField(
        _("data complete until"),
        null=True,
        blank=True,
        help_text=_("The newest instant this source speaks for."),
    )

    class Meta:
        verbose_name, verbose_name_plural = _("source"), _("sources")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """A file, a webhook batch or a pulled page; its number is its id."""

    class State(models.TextChoices):
        OPEN = "open", _("being read")
        APPLIED = "applied", _("applied")
        WITHDRAWN = "withdrawn", _("withdrawn")

    source = models.ForeignKey(Source, models.PROTECT, related_name="deliveries", verbose_name=_("source"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    name = models.CharField(_("name"), max_length=255, blank=True)
    actor = models.CharField(_("actor"), max_length=150)
    received_at = models.DateTimeField(_("received at"))
    covers_from = models.DateTimeField(_("covers from"), null=True, blank=True)
    covers_to = models.DateTimeField(_("covers to"), null=True, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    lines_read = models.BigIntegerField(_("lines read"), default=0)  # and committed: where to go on
    counted = models.BigIntegerField(_("interactions counted"), default=0)
    staff_only = models.BigIntegerField(_("staff to staff"), default=0)
    outsiders_only = models.BigIntegerField(_("outsider to outsider"), default=0)
    group_rooms = models.BigIntegerField(_("in larger rooms"), default=0)
    quarantined = models.BigIntegerField(_("quarantined"), default=0)
    first_at = models.DateTimeField(_("first event"), null=True, blank=True)
    last_at = models.DateTimeField(_("last event"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.CharField(_("withdrawn by"), max_length=150, blank=True)
    withdrawal_reason = models.TextField(_("reason of the withdrawal"), blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("delivery"), _("deliveries")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "sha256"],
                condition=~Q(state="withdrawn") & ~Q(sha256=""),
                name="delivery_file_once",
            ),
        ]
        indexes = [
            models.Index(fields=["last_at"], name="delivery_last_at"),
            models.Index(fields=["received_at"], condition=Q(state="open"), name="delivery_open"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.name or self.source_id}"


class Contact(models.Model):
    """A stranger's account, as a pseudonym (apps.directory.handles.Pseudonym)."""

    id = models.BigIntegerField(primary_key=True)
    platform = models.CharField(_("platform"), max_length=40)
    digest = models.BinaryField(_("digest"), max_length=32)
    hint = models.CharField(_("hint"), max_length=40)
    domain_keys = ArrayField(models.BigIntegerField(), default=list)
    is_company = models.BooleanField(_("at a company domain"), default=False)  # added after its first message

    class Meta:
        verbose_name, verbose_name_plural = _("contact"), _("contacts")
        indexes = [models.Index(fields=["id"], condition=Q(is_company=True), name="contact_is_company")]

    def __str__(self) -> str:
        return self.hint


class ContactFact(models.Model):
    """Something HR knows of a contact: the small table that the ranking joins. Undone by revoking it."""

    class Kind(models.TextChoices):
        SAME_PERSON = "same_person", _("the same person as another contact")
        EMPLOYEE = "employee", _("an employee's own account")
        NOT_COUNTED = "not_counted", _("not to be counted")
        HANDED_OVER = "handed_over", _("handed over by a colleague")

    contact_id = models.BigIntegerField(_("contact"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    person_id = models.BigIntegerField(_("the other contact"), null=True, blank=True)
    employee = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, verbose_name=_("employee"), related_name="+"
    )
    from_employee = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, verbose_name=_("handed over by"), related_name="+"
    )
    since = models.DateField(
        _("handed over on"), null=True, blank=True
    )  # counts for `employee` from this day on
    reason = models.TextField(_("reason"))
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.CharField(_("recorded by"), max_length=150)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.CharField(_("revoked by"), max_length=150, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("contact fact"), _("contact facts")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["person_id"],
                condition=Q(revoked_at=None, kind="same_person"),
                name="contact_fact_by_person",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contact_id", "kind"],
                condition=Q(revoked_at=None) & ~Q(kind="handed_over"),
                name="contact_fact_once",
            ),
            models.UniqueConstraint(
                fields=["contact_id", "employee"],
                condition=Q(revoked_at=None, kind="handed_over"),
                name="contact_handed_over_once",
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind="same_person", person_id__isnull=False, employee=None)
                    | Q(kind="employee", person_id=None, employee__isnull=False)
                    | Q(kind="not_counted", person_id=None, employee=None)
                    | Q(kind="handed_over", person_id=None, employee__isnull=False)
                ),
                name="contact_fact_points_at_one_thing",
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind="handed_over", from_employee__isnull=False, since__isnull=False)
                    & ~Q(from_employee=F("employee"))
                    | ~Q(kind="handed_over") & Q(from_employee=None, since=None)
                ),
                name="contact_fact_handed_from_one_to_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.kind}"


class Tie(models.Model):
    """One employee and one contact: the days on which each of them wrote.

    Days are relative to `anchor`, the latest day of either. recent: the newest 63 as a number, whose highest
    of 63 bits is the anchor and the next the day before it. earlier: the 321 before these as far as the oldest on
    which that side wrote, or null when there are none. apps.activity.fields.Days joins them.
    """

    pk = models.CompositePrimaryKey("employee", "contact_id")
    employee = models.ForeignKey(
        Employee, models.PROTECT, db_constraint=False, db_index=False, related_name="ties"
    )
    contact_id = models.BigIntegerField()
    first_date = models.DateField()
    anchor = models.DateField()
    recent_sent = models.BigIntegerField()
    recent_received = models.BigIntegerField()
    earlier_sent = DayBits(days=EARLIER_DAYS, is_cut=True, null=True)
    earlier_received = DayBits(days=EARLIER_DAYS, is_cut=True, null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("tie"), _("ties")
        indexes = [models.Index(fields=["contact_id"], name="tie_by_contact")]

    def __str__(self) -> str:
        return f"{self.employee_id}–{self.contact_id}"


class QuarantinedEvent(models.Model):
    """An event set aside with the reason; HR releases or rejects it. Fields are parsed and pseudonymised."""

    class Reason(models.TextChoices):
        UNKNOWN_STAFF = "unknown_staff", _("a company handle that nobody in the directory had on that day")
        FUTURE = "future", _("an event more than five minutes in the future")
        LATE = "late", _("an event older than the source's stated lag")
        UNREADABLE = "unreadable", _("a line that cannot be read")

    class State(models.TextChoices):
        HELD = "held", _("held")
        RELEASED = "released", _("released")
        REJECTED = "rejected", _("rejected")

    delivery = models.ForeignKey(
        Delivery, models.PROTECT, related_name="quarantine", verbose_name=_("delivery")
    )
    line = models.BigIntegerField(_("line"))
    reason = models.CharField(_("reason"), max_length=14, choices=Reason)
    problem = models.CharField(_("problem"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.HELD)
    occurred_at = models.DateTimeField(_("occurred at"), null=True, blank=True)
    sender = models.BigIntegerField(_("sender"), null=True, blank=True)
    sender_hint = models.CharField(_("sender hint"), max_length=40, blank=True)
    recipient = models.BigIntegerField(_("recipient"), null=True, blank=True)
    recipient_hint = models.CharField(_("recipient hint"), max_length=40, blank=True)
    room_size = models.IntegerField(_("room size"), default=2)
    event_key = models.BigIntegerField(_("event key"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=150, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("quarantined event"), _("quarantined events")
        ordering = ["delivery_id", "line"]
        indexes = [
            models.Index(fields=["state", "reason"], name="quarantine_state"),
            models.Index(fields=["sender"], name="quarantine_sender"),
            models.Index(fields=["recipient"], name="quarantine_recipient"),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id}:{self.line} {self.reason}"


class Derivation(models.Model):
    """Ties that are derived again: those of the pairs a delivery spoke of, or those of some employees and those
    with some accounts. As long as it is not finished, ties are half old and half new.

    parts: see apps.activity.parts.Part; done: how many of them are, in their order.
    """

    subject = models.CharField(_("subject"), max_length=200)
    owed_since = models.DateTimeField(_("owed since"))
    delivery = models.ForeignKey(
        Delivery, models.PROTECT, null=True, related_name="+", verbose_name=_("delivery")
    )
    employee_ids = ArrayField(models.IntegerField(), default=list)
    account_keys = ArrayField(models.BigIntegerField(), default=list)
    parts = models.JSONField(default=list)
    done = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("derivation"), _("derivations")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.subject

    @property
    def percent(self) -> int:
        return 100 * self.done // max(1, len(self.parts))


class Cut(models.Model):
    """What retention took: months of the ledger, or ties. A day of either kind is on the company's calendar.

    whole_from: the first day of which the ledger has everything since; ties_from: ties whose newest day is
    before it are gone; contacts_forgotten_at: when the contacts nobody knows any more since then were, too.
    """

    whole_from = models.DateField(null=True)
    ties_from = models.DateField(null=True)
    made_at = models.DateTimeField()
    contacts_forgotten_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.whole_from or self.ties_from}"


class Arrival(models.Model):
    """Counts what changed the inputs of a ranking, on as many rows as there were writers at one time.

    The sum is read by `apps.activity.sql.input_version`; a run that saw it need not be repeated.
    """

    shard = models.SmallIntegerField(primary_key=True)
    count = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.shard}: {self.count}"
