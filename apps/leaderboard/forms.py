"""The few things people type."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.activity.models import Source
from apps.directory.handles import MAXIMUM_HANDLE_LENGTH, account_key, normalise


class CheckForm(forms.Form):
    """A handle to look up among one's own contacts; it is turned into its pseudonym and forgotten."""

    handle = forms.CharField(
        label=_("Handle"),
        max_length=MAXIMUM_HANDLE_LENGTH,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    platform = forms.ChoiceField(label=_("Messenger"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = set(Source.objects.values_list("platform", flat=True)) | {settings.DEFAULT_PLATFORM}
        self.fields["platform"].choices = [(name, name) for name in sorted(known)]  # type: ignore[attr-defined]
        self.fields["platform"].initial = settings.DEFAULT_PLATFORM
        if known == {settings.DEFAULT_PLATFORM}:
            self.fields["platform"].widget = forms.HiddenInput()

    def clean_handle(self) -> str:
        try:
            return normalise(self.cleaned_data["handle"])
        except ValueError:
            raise forms.ValidationError(_("This cannot be a handle.")) from None

    def contact_id(self) -> int:
        return account_key(self.cleaned_data["platform"], self.cleaned_data["handle"])


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        min_length=10,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The employee will read it. At least 10 characters."),
    )
    state = forms.CharField(required=False, widget=forms.HiddenInput)
    page = forms.CharField(required=False, widget=forms.HiddenInput)
