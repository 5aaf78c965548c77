"""What a page about one thing shows: everything that is needed to decide, on one screen."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from apps.audit.models import Entry
from apps.console import cells
from apps.console.log.acts import act_words, actor_words
from apps.console.log.names import names_of
from apps.console.log.words import in_a_line
from bonus_tracker.formats import instant

ENTRIES_SHOWN = 20
Rows = dict[str, Any]  # headers and rows


@dataclass
class Section:
    """A card: sentences, then a table. quotes: what people wrote, as they wrote it."""

    title: Any
    sentences: Sequence[Any] = ()
    table: Rows | None = None
    quotes: Sequence[str] = ()
    bars: Sequence[Any] = ()


@dataclass
class Detail:
    """thing: whose steps are the buttons; acts: which of them, None for all. why_not: why this person may not decide.

    is_quiet: none of the buttons is what usually comes next, and grave ones come last.
    state: words and tone. facts: terms and what they say. links: further buttons, (address, words) each.
    grave_links: as links, to what is grave.
    """

    title: str
    thing: Any
    state: tuple[Any, str]
    subject: str
    why_not: Any = ""
    acts: Sequence[str] | None = None
    is_quiet: bool = False
    facts: Sequence[tuple[Any, Any]] = ()
    sections: list[Section] = field(default_factory=list)
    links: Sequence[tuple[str, Any]] = ()
    grave_links: Sequence[tuple[str, Any]] = ()
    entries: QuerySet[Entry] | None = None  # of the subject, when not all of them are about the thing


def detail_page(
    request: HttpRequest, detail: Detail, *, template: str = "console/thing.html", **more: Any
) -> HttpResponse:
    context = {"title": detail.title, "detail": detail} | history_of(detail.subject, detail.entries)
    return render(request, template, context | more)


def history_of(subject: str, entries: QuerySet[Entry] | None = None) -> dict[str, Any]:
    """For _history.html: the newest of what the log says of a subject, or of `entries`."""
    about = entries if entries is not None else Entry.objects.about(subject)
    newest = list(about.order_by("-number")[:ENTRIES_SHOWN])
    names = names_of(newest, of_subjects=False)
    return {
        "history": [history_line(entry, names) for entry in newest],
        "log_address": f"{reverse('console:log')}?{urlencode({'subject': subject})}",
    }


def history_line(entry: Entry, names: dict[str, str]) -> list[Any]:
    """When, who, what, as cells of a table."""
    what = cells.link(reverse("console:log-entry", args=[entry.number]), act_words(entry.action))
    return [instant(entry.at), actor_words(entry.actor), what, in_a_line(entry, names)]
