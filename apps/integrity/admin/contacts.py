"""Contacts that people name by their handles: hashed while the form is read, and kept nowhere."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.activity.models import Contact
from apps.directory.handles import normalise, pseudonym
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.keyset import whole_number

MOST = 200  # contacts named at once
ONE_A_LINE = gettext_lazy("One a line. They are hashed, and neither kept nor logged.")


class ForgetfulTextarea(forms.Textarea):
    """Never shows again what was typed."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:  # noqa: ARG002
        context: dict[str, Any] = super().get_context(name, None, attrs)
        return context


def handles(label: Any, *, help_text: Any = ONE_A_LINE) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=50_000,
        help_text=help_text,
        widget=ForgetfulTextarea({"rows": 4, "autocomplete": "off"}),
    )


class ContactsForm(forms.Form):
    """`contacts`: ids of those named, by their handles or, on the way from a preview, by the ids themselves."""

    platform = fields.text(gettext_lazy("Platform"), longest=40)
    handles = handles(gettext_lazy("Handles of the contacts"))
    contacts = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["platform"].initial = settings.DEFAULT_PLATFORM

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        typed = data.pop("handles", "")
        if not self.errors:
            lines = [line.strip() for line in typed.splitlines() if line.strip()]
            data["contacts"] = self.named(data["platform"], lines) or chosen(data.get("contacts", ""))
        return data

    def named(self, platform: str, lines: list[str]) -> frozenset[int]:
        if len(lines) > MOST:
            raise forms.ValidationError({"handles": _("Name at most %d contacts at once.") % MOST})
        return frozenset(contact_of(platform, line, number) for number, line in enumerate(lines, start=1))


def contact_of(platform: str, handle: str, line: int) -> int:
    """Raises ValidationError, which names the line and never the handle."""
    try:
        known = pseudonym(platform, normalise(handle))
    except ValueError as error:
        raise forms.ValidationError({"handles": _("Line %d cannot be a handle.") % line}) from error
    contact = Contact.objects.filter(pk=known.key).first()
    if contact is None or bytes(contact.digest) != known.digest:
        raise forms.ValidationError(
            {
                "handles": _("Line %d: nobody in the company has talked with this handle on this platform.")
                % line
            }
        )
    return contact.pk


def chosen(ids: str) -> frozenset[int]:
    """Out of the hidden field that a preview carries on."""
    return frozenset(number for number in map(whole_number, ids.split()) if number is not None)


def carried(ids: Iterable[int]) -> str:
    return " ".join(str(each) for each in sorted(ids))


def days_of(text: str, line: int) -> frozenset[date]:
    """Raises ValidationError."""
    try:
        return frozenset(date.fromisoformat(word) for word in text.split())
    except ValueError as error:
        message = _("Line %d: days are written like 2026-12-31, with spaces between them.") % line
        raise forms.ValidationError({"handles": message}) from error
