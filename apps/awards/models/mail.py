"""Mail that somebody is due, or was sent."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.directory.models import User


class Mail(models.Model):
    """key: what it is about, such as "notice 7". Claimed by who sends it, before it leaves.

    One that was claimed long ago and never sent is what a killed process left: it is sent again, under the same
    Message-ID, made of `message`.
    """

    class Kind(models.TextChoices):
        WON = "won", _("a prize by the provisional result")
        FINAL = "final", _("a prize by the final result")
        TOLD = "told", _("something was decided or answered")
        SECOND = "second", _("a second person is needed")

    user = models.ForeignKey(User, models.CASCADE, related_name="mails", verbose_name=_("user"))
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    key = models.CharField(_("key"), max_length=80)
    message = models.UUIDField(_("random part of the Message-ID"), db_default=RandomUUID(), editable=False)
    due_at = models.DateTimeField(_("due since"))
    claimed_at = models.DateTimeField(_("claimed at"), null=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    tries = models.PositiveSmallIntegerField(_("tries that failed"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("mail"), _("mails")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["user", "kind", "key"], name="mail_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
