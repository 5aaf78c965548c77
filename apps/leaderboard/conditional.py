"""Conditional GET: the answer's fingerprint from what it is made of, without making it."""

import hashlib
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language

from apps.leaderboard import pace
from bonus_tracker.environment import BASE_DIR


def answer(request: HttpRequest, parts: Iterable[Any], make: Callable[[], HttpResponse]) -> HttpResponse:
    """304 when the reader's copy was made of the same parts, else what `make` returns, with its ETag.

    Their session, the language, the address and this release are parts of every answer, and it says how soon to ask
    again. A page with a message to show once is never taken from a copy.
    """
    if len(get_messages(request)):
        return make()
    etag = _etag(request, parts)
    response = get_conditional_response(request, etag=etag) or make()
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers[pace.HEADER] = pace.poll_seconds()
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return response


def _etag(request: HttpRequest, parts: Iterable[Any]) -> str:
    everything = (
        release(),
        request.get_full_path(),
        get_language(),
        request.session.session_key,
        *parts,
    )
    # Weak: the same for the plain and the compressed answer.
    return f'W/"{hashlib.sha256(repr(everything).encode()).hexdigest()[:32]}"'


@cache
def release() -> str:
    """A fingerprint of templates, styles and translations, so that copies of an older release are not kept."""
    digest = hashlib.sha256()
    folders = [BASE_DIR / name for name in ("templates", "static", "locale", "apps/leaderboard")]
    for path in sorted(path for folder in folders for path in folder.rglob("*.*") if path.is_file()):
        if path.suffix in {".html", ".css", ".js", ".mo", ".py"}:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
