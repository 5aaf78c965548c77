"""A file that is uploaded, shown as what it would change, and kept until that is confirmed."""

import secrets
from typing import Any

from django import forms
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

LARGEST_FILE = 10 * 1024 * 1024  # bytes: about 100,000 lines
WAITS = 1800  # seconds between preview and confirmation
PROBLEMS_SHOWN = 20


class RefusedFile(Exception):
    """One sentence."""


class PreviewedFile(forms.Form):
    """Declare `file` beside it. preview: empty at first, then what `keep` answered, without the file.

    too_large: what to do instead.
    """

    too_large: Any
    preview = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.data.get("preview"):
            self.fields["file"].required = False

    def clean_file(self) -> Any:
        file = self.cleaned_data.get("file")
        if file and file.size > LARGEST_FILE:
            raise forms.ValidationError(self.too_large)
        return file


def keep(request: HttpRequest, content: bytes) -> str:
    """Answers the token under which whoever uploaded it, and nobody else, finds it again."""
    token = secrets.token_urlsafe(32)
    cache.set(_place(request, token), content, WAITS)
    return token


def kept(request: HttpRequest, token: str) -> bytes:
    """Raises RefusedFile when it is no longer there."""
    content: bytes | None = cache.get(_place(request, token))
    if content is None:
        raise RefusedFile(_("The preview is no longer there; upload the file again."))
    return content


def forget(request: HttpRequest, token: str) -> None:
    cache.delete(_place(request, token))


def listed(problems: list[str]) -> str:
    """In one sentence, without its full stop; the first of many."""
    left = len(problems) - PROBLEMS_SHOWN
    more = [_("and %d more") % left] if left > 0 else []
    return "; ".join(text.rstrip(".") for text in [*problems[:PROBLEMS_SHOWN], *more])


def _place(request: HttpRequest, token: str) -> str:
    """On the page it was uploaded to only."""
    return f"upload:{request.path}:{request.user.pk}:{token}"
