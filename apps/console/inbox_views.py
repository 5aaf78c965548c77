"""The inbox, and the list of each kind of thing that waits."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from apps.console.doors import official
from apps.console.inbox.gathering import KINDS, inbox, kinds_of
from apps.console.inbox.listings import (
    ApprovalList,
    CaseList,
    CheckList,
    DeadlineList,
    DecisionList,
    ObjectionList,
)
from apps.console.inbox.viewer import Viewer
from apps.console.lists import Listing, Tab, list_page
from bonus_tracker import clock

WITH_A_LIST = ("objections", "decisions", "cases", "checks", "approvals", "deadlines")


@require_GET
@official()
def waiting(request: HttpRequest) -> HttpResponse:
    viewer, now = Viewer.of(request), clock.now()
    found = inbox(viewer, now=now)
    viewer.waiting = sum(found.counts.values())
    context = {
        "mine": found.mine,
        "others": found.others,
        "figures": [
            (kind.title, found.counts[kind.name], kind.page())
            for kind in kinds_of(viewer)
            if kind.name in found.counts
        ],
        "tabs": tabs(request),
        "now": now,
    }
    return render(request, "console/inbox.html", context)


def tabs(request: HttpRequest) -> list[Tab]:
    """The inbox and the lists beside it, for whoever may see them."""
    kinds = {kind.name: kind for kind in KINDS if request.user.has_perm(kind.permission)}
    pages = [(_("Inbox"), reverse("console:inbox"))]
    pages += [(kinds[name].title, kinds[name].page()) for name in WITH_A_LIST if name in kinds]  # type: ignore[misc]
    here = max((page for _words, page in pages if request.path.startswith(page)), key=len)
    return [Tab(words, page, page == here) for words, page in pages]


def _listed(request: HttpRequest, listing: Listing) -> HttpResponse:
    return list_page(request, listing, tabs=tabs(request))


@require_GET
@official("integrity.view_objection")
def objections(request: HttpRequest) -> HttpResponse:
    return _listed(request, ObjectionList())


@require_GET
@official("integrity.view_decision")
def decisions(request: HttpRequest) -> HttpResponse:
    return _listed(request, DecisionList())


@require_GET
@official("integrity.view_case")
def cases(request: HttpRequest) -> HttpResponse:
    return _listed(request, CaseList())


@require_GET
@official("integrity.view_check")
def checks(request: HttpRequest) -> HttpResponse:
    return _listed(request, CheckList())


@require_GET
@official("awards.view_approval")
def approvals(request: HttpRequest) -> HttpResponse:
    return _listed(request, ApprovalList())


@require_GET
@official("campaigns.view_campaign")
def deadlines(request: HttpRequest) -> HttpResponse:
    return _listed(request, DeadlineList())
