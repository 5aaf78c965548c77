"""A list of things a page at a time, by key, with the filter that every kind has: open, all, mine."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.console.inbox.viewer import Viewer
from bonus_tracker.admin_site.keyset import BEFORE, ROWS_A_PAGE, Table, whole_number

Text = str | Promise


class Tab(NamedTuple):
    words: Text
    address: str
    is_here: bool


class Listing(ABC):
    """Newest first. campaign: the path to the slug of the campaign that `?campaign=` asks for.

    nothing: what an empty list says, by its filter; of a filter without words: `all`'s.
    """

    title: ClassVar[Text]
    headers: ClassVar[Sequence[Any]]
    campaign: ClassVar[str] = "campaign__slug"
    filters: ClassVar[dict[str, Text]] = {"open": _("Open"), "all": _("All"), "mine": _("Mine")}
    nothing: ClassVar[dict[str, Text]]

    @abstractmethod
    def all(self) -> QuerySet[Any]: ...

    @abstractmethod
    def narrowed(self, things: QuerySet[Any], show: str, viewer: Viewer) -> QuerySet[Any]:
        """By a filter other than "all"."""

    @abstractmethod
    def rows(self, things: Sequence[Any], viewer: Viewer) -> list[list[Any]]:
        """A list of cells for each."""


def list_page(request: HttpRequest, listing: Listing, **more: Any) -> HttpResponse:
    viewer = Viewer.of(request)
    asked = request.GET.get("show", "")
    show = asked if asked in listing.filters else next(iter(listing.filters))
    campaign = request.GET.get("campaign", "")
    things = listing.all()
    if show != "all":
        things = listing.narrowed(things, show, viewer)
    if campaign and listing.campaign:
        things = things.filter(**{listing.campaign: campaign})
    before = whole_number(request.GET.get(BEFORE, ""))
    if before is not None:
        things = things.filter(pk__lt=before)
    found = list(things.order_by("-pk")[: ROWS_A_PAGE + 1])
    shown = found[:ROWS_A_PAGE]
    kept = {"campaign": campaign} if campaign else {}
    context = {
        "title": listing.title,
        "table": Table(listing.headers, listing.rows(shown, viewer)),
        "filters": [
            Tab(words, f"?{urlencode({'show': name} | kept)}", name == show)
            for name, words in listing.filters.items()
        ],
        "campaign": campaign,
        "nothing": listing.nothing.get(show) or listing.nothing["all"],
        "is_first": before is None,
        "next_address": f"?{urlencode({'show': show} | kept | {BEFORE: shown[-1].pk})}"
        if len(found) > ROWS_A_PAGE
        else "",
    }
    return render(request, "console/things.html", context | more)
