"""Fields of the step pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_REASON = 1000  # characters


def text(label: Any, *, required: bool = True, longest: int = 200, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=longest,
        help_text=help_text,
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class Forgetful(forms.TextInput):
    """Never shows again what was typed."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:  # noqa: ARG002
        context: dict[str, Any] = super().get_context(name, None, attrs)
        return context


def handle(label: Any, *, help_text: Any = "") -> forms.CharField:
    widget = Forgetful({"autocomplete": "off"})
    return forms.CharField(label=label, max_length=320, help_text=help_text, widget=widget)


REASON = _("Reason")


def reason(label: Any = REASON, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST_REASON,
        help_text=help_text,
        widget=forms.Textarea({"rows": 3}),
    )


def day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    # The browser's own date field needs no script.
    widget = forms.DateInput(format="%Y-%m-%d")
    widget.input_type = "date"
    return forms.DateField(
        label=label, required=required, help_text=help_text, widget=widget, input_formats=["%Y-%m-%d"]
    )


def choice(label: Any, choices: Any, *, required: bool = True, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=required, help_text=help_text)


def upload(label: Any, *, help_text: Any = "") -> forms.FileField:
    return forms.FileField(label=label, help_text=help_text)


class ReasonForm(forms.Form):
    reason = reason()
