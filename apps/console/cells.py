"""What stands in the cells of the console's tables."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

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
