from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.audit.querysets import EntryQuerySet


class Entry(models.Model):
    """One act, chained to the one before it; the database itself refuses to change or remove it.

    `hash` = SHA-256 over the canonical JSON of every other field (apps.audit.services.entry_hash).
    """

    number = models.BigIntegerField(_("number"), primary_key=True)
    at = models.DateTimeField(_("at"))
    actor = models.CharField(_("actor"), max_length=150)
    address = models.CharField(_("address"), max_length=64, blank=True)
    action = models.CharField(_("action"), max_length=60)
    subject = models.CharField(_("subject"), max_length=200)
    details = models.JSONField(_("details"), default=dict)
    previous_hash = models.CharField(_("previous hash"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64, unique=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("audit entry"), _("audit entries")
        ordering = ["number"]
        indexes = [
            models.Index(fields=["subject", "number"], name="audit_entry_subject"),
            models.Index(fields=["actor", "number"], name="audit_entry_actor"),
            models.Index(  # by how it begins: LIKE 'campaign %', whatever the database's order of letters
                fields=["action", "number"],
                opclasses=["varchar_pattern_ops", "int8_ops"],
                name="audit_entry_action",
            ),
            models.Index(fields=["at"], name="audit_entry_at"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.action} {self.subject}"


class Verification(models.Model):
    """The log was followed from its first entry; `problem` names the first that does not hold, or is empty.

    count, head: how many entries held, and the hash of the last of them.
    """

    at = models.DateTimeField(_("at"))
    count = models.BigIntegerField(_("entries that hold"))
    head = models.CharField(_("head"), max_length=64)
    problem = models.TextField(_("problem"), blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("verification"), _("verifications")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.count} {self.problem or 'hold'}"


class SignedHead(models.Model):
    """The log as it stood on a day, signed: whoever noted it knows later whether what came before was rewritten.

    size: entries. root: of the Merkle tree over their hashes; head: the hash of the last; hexadecimal, as are
    the public key and the signature over `apps.audit.heads.signed_content`.
    """

    day = models.DateField(_("day"), unique=True)
    at = models.DateTimeField(_("at"))
    size = models.BigIntegerField(_("entries"))
    root = models.CharField(_("root"), max_length=64)
    head = models.CharField(_("hash of the last entry"), max_length=64)
    key = models.CharField(_("public key"), max_length=64)
    signature = models.CharField(_("signature"), max_length=128)
    mailed_at = models.DateTimeField(_("mailed at"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("signed head of the log"), _("signed heads of the log")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}: {self.size} {self.root}"


class HeadReader(models.Model):
    """An address that gets each signed head, besides the auditors' own."""

    email = models.EmailField(_("mail address"), unique=True)
    named_by = models.CharField(_("named by"), max_length=150)
    named_at = models.DateTimeField(_("named at"))

    class Meta:
        verbose_name, verbose_name_plural = _("reader of the log's head"), _("readers of the log's head")
        ordering = ["email"]

    def __str__(self) -> str:
        return self.email
