"""What stands in the cells of the console's tables."""

from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

WAITS, GOOD, BAD, QUIET = "state-settling", "state-running", "state-void", "state-not"  # classes of page.css


def link(address: str, words: Any) -> SafeString:
    return format_html('<a href="{}">{}</a>', address, words)


def state(words: Any, tone: str) -> SafeString:
    return format_html('<span class="state {}">{}</span>', tone, words)


def bar(done: int, size: int, words: Any) -> SafeString:
    """A progress bar with its figures in words beside it."""
    return format_html(
        '<span class="bar"><progress max="{}" value="{}" aria-hidden="true"></progress><span>{}</span></span>',
        max(1, size),
        done,
        words,
    )


def joined(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join(mark_safe(" · "), "{}", ((part,) for part in parts))
