"""What stands in the cells of the console's tables."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from bonus_tracker.formats import instant, number

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


def bars(counted: Sequence[tuple[Any, int]]) -> list[list[Any]]:
    """Rows of words and how many, beside a bar of their share in all of them."""
    all_of_them = sum(count for _words, count in counted)
    beside = (
        '<span class="share"><progress max="{}" value="{}" aria-hidden="true"></progress><b>{}</b></span>'
    )
    return [
        [words, format_html(beside, max(1, all_of_them), count, number(count))] for words, count in counted
    ]


def span(start: datetime | None, end: datetime | None) -> str:
    """ "" without both."""
    return " – ".join(instant(each) if each else "…" for each in (start, end)) if start or end else ""


def joined(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join(mark_safe(" · "), "{}", ((part,) for part in parts))
