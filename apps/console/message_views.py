"""Deliveries, sources with the days they speak for, and what is held back."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from apps.activity.admin.held_groups import question
from apps.activity.held_groups import GROUPS_SHOWN, Group, Reason, held_by_reason, held_groups
from apps.activity.models import Delivery, QuarantinedEvent
from apps.activity.spoken_for import Spoken, Strip, strips
from apps.console import cells
from apps.console.details import Detail, Section, detail_page
from apps.console.doors import official
from apps.console.inbox.viewer import Viewer
from apps.console.lists import Listing, Tab, list_page
from apps.console.monitor.feeds import gap_in_words
from bonus_tracker import clock
from bonus_tracker.admin_site.figures import Figure, figure
from bonus_tracker.formats import instant, number, short_day

DAYS_SHOWN = 60
MAY_UPLOAD = "activity.change_source"  # whoever looks after the sources
IN_SHORT: dict[str, Any] = {
    Reason.UNKNOWN_STAFF: gettext_lazy("Unknown handles"),
    Reason.FUTURE: gettext_lazy("In the future"),
    Reason.LATE: gettext_lazy("Too late"),
    Reason.UNREADABLE: gettext_lazy("Unreadable lines"),
}
TONES: dict[str, str] = {
    Delivery.State.OPEN: cells.WAITS,
    Delivery.State.APPLIED: cells.GOOD,
    Delivery.State.WITHDRAWN: cells.BAD,
}


def tabs(request: HttpRequest) -> list[Tab]:
    pages = [
        (gettext_lazy("Deliveries"), "console:deliveries", "activity.view_delivery"),
        (gettext_lazy("Uploaded files"), "console:uploads", "activity.view_delivery"),
        (gettext_lazy("Sources"), "console:sources", "activity.view_source"),
        (gettext_lazy("Held back"), "console:held", "activity.view_quarantinedevent"),
    ]
    shown = [(words, reverse(page)) for words, page, permission in pages if request.user.has_perm(permission)]
    here = max((page for _words, page in shown if request.path.startswith(page)), key=len, default="")
    return [Tab(words, page, page == here) for words, page in shown]


def upload_ways(request: HttpRequest) -> list[tuple[str, Any]]:
    """Buttons beside a heading."""
    return [(reverse("console:upload-new"), _("Upload a file"))] if request.user.has_perm(MAY_UPLOAD) else []


class DeliveryList(Listing):
    title = gettext_lazy("Deliveries")
    headers = (
        gettext_lazy("Delivery"),
        gettext_lazy("State"),
        gettext_lazy("Source"),
        gettext_lazy("Received at"),
        Figure(gettext_lazy("Lines read")),
        Figure(gettext_lazy("Counted")),
        Figure(gettext_lazy("Held back")),
    )
    campaign = ""
    filters = {
        "all": gettext_lazy("All"),
        "open": gettext_lazy("Being read"),
        "withdrawn": gettext_lazy("Withdrawn"),
        "mine": gettext_lazy("Mine"),
    }
    nothing = {
        "all": gettext_lazy(
            "Nothing was delivered yet. Upload a file, or import one with the command below."
        ),
        "open": gettext_lazy("No delivery is being read."),
        "withdrawn": gettext_lazy("No delivery was withdrawn."),
        "mine": gettext_lazy("You have delivered nothing."),
    }

    def all(self) -> QuerySet[Delivery]:
        return Delivery.objects.select_related("source")

    def narrowed(self, things: QuerySet[Delivery], show: str, viewer: Viewer) -> QuerySet[Delivery]:
        return things.filter(actor=viewer.username) if show == "mine" else things.filter(state=show)

    def rows(self, things: Sequence[Delivery], viewer: Viewer) -> list[list[Any]]:  # noqa: ARG002
        return [
            [
                cells.link(reverse("console:delivery", args=[each.pk]), _name_of(each)),
                cells.state(each.get_state_display(), TONES[each.state]),
                str(each.source),
                instant(each.received_at),
                figure(each.lines_read) if each.lines_read else "",  # a messenger's own deliveries have none
                figure(each.counted),
                figure(each.quarantined),
            ]
            for each in things
        ]


@require_GET
@official("activity.view_delivery")
def deliveries(request: HttpRequest) -> HttpResponse:
    command = "manage.py import_interactions FILE --source NAME --covers FROM/TO"
    return list_page(
        request,
        DeliveryList(),
        tabs=tabs(request),
        ways=upload_ways(request),
        command=command,
        command_title=_("Importing a large file"),
        command_note=_(
            "Files larger than %d MiB, and those that come by themselves every day, are imported by a command. A file "
            "that was interrupted goes on where it stopped, and one that was read already changes nothing."
        )
        % settings.UPLOAD_MIB,
    )


@require_GET
@official("activity.view_delivery")
def delivery(request: HttpRequest, key: int) -> HttpResponse:
    found = get_object_or_404(Delivery.objects.select_related("source"), pk=key)
    facts = [
        (_("Source"), f"{found.source} ({found.source.platform})"),
        (_("Received at"), instant(found.received_at)),
        (_("Delivered by"), found.actor),
        (_("Covers"), cells.span(found.covers_from, found.covers_to) or _("not said")),
        (_("First and last message"), cells.span(found.first_at, found.last_at) or _("not said")),
    ]
    if found.sha256:
        facts.append((_("SHA-256"), found.sha256))
    sections = [_what_became(found)]
    if found.withdrawn_at:
        facts.append((_("Withdrawn"), f"{found.withdrawn_by}, {instant(found.withdrawn_at)}"))
        sections.append(Section(_("Why it was withdrawn"), quotes=[found.withdrawal_reason]))
    detail = Detail(
        title=_("Delivery %s") % _name_of(found),
        thing=found,
        state=(found.get_state_display(), TONES[found.state]),
        subject=f"delivery {found.pk}",
        facts=facts,
        sections=sections,
    )
    return detail_page(request, detail, tabs=tabs(request))


def _what_became(delivery: Delivery) -> Section:
    counted = [
        (_("counted"), delivery.counted),
        (_("held back"), delivery.quarantined),
        (_("staff to staff"), delivery.staff_only),
        (_("outsider to outsider"), delivery.outsiders_only),
        (_("in larger rooms"), delivery.group_rooms),
    ]
    told = _("%s lines were read.") % number(delivery.lines_read) if delivery.lines_read else ""
    table = {"headers": [_("Item"), _("Messages")], "rows": cells.bars(counted)}
    return Section(_("What became of its lines"), [told] if told else [], table)


def _name_of(delivery: Delivery) -> str:
    return f"{delivery.pk} {delivery.name or delivery.source}"


@require_GET
@official("activity.view_source")
def sources(request: HttpRequest) -> HttpResponse:
    found = strips(until=clock.today(), days=DAYS_SHOWN)
    shown = [
        {
            "strip": strip,
            "gaps": [gap_in_words(*gap) for gap in strip.gaps],
            "cells": [
                {"x": 10 * n, "tone": tone, "words": f"{short_day(day)}: {TONES_OF_DAYS[tone]}"}
                for n, (day, tone) in enumerate(_tones(strip))
            ],
        }
        for strip in found
    ]
    drawn = {tone for strip in found for _day, tone in _tones(strip)}
    context = {
        "sources": shown,
        "width": 10 * DAYS_SHOWN,
        "first": found[0].days[0][0] if found else None,
        "last": found[0].days[-1][0] if found else None,
        "legend": [(tone, words) for tone, words in TONES_OF_DAYS.items() if tone in drawn],
        "tabs": tabs(request),
        "may_change": request.user.has_perm(MAY_UPLOAD),
    }
    return render(request, "console/sources.html", context)


def _tones(strip: Strip) -> Iterator[tuple[date, str]]:
    """A day within what was delivered is complete only where a delivery has said what it covers."""
    for day, spoken in strip.days:
        yield day, UNSAID if spoken == Spoken.ALL and not strip.is_claimed else spoken


UNSAID = "unsaid"
TONES_OF_DAYS: dict[str, Any] = {
    Spoken.ALL: gettext_lazy("complete"),
    UNSAID: gettext_lazy("delivered, without saying what is covered"),
    Spoken.SOME: gettext_lazy("in part"),
    Spoken.NONE: gettext_lazy("missing"),
    Spoken.LATER: gettext_lazy("not delivered yet"),
    Spoken.BEFORE: gettext_lazy("before its first delivery"),
}


@require_GET
@official("activity.view_quarantinedevent")
def held(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("reason", "")
    reason = asked if asked in Reason.values else ""
    groups = held_groups(reason)
    may_decide = request.user.has_perm("activity.change_quarantinedevent")
    context = {
        "groups": [_group(group, may_decide=may_decide) for group in groups],
        "filters": _filters(reason),
        "tabs": tabs(request),
        "is_cut": len(groups) == GROUPS_SHOWN,
        "records": reverse("admin:activity_quarantinedevent_changelist"),
    }
    return render(request, "console/held.html", context)


def _filters(reason: str) -> list[Tab]:
    """Reasons for which something is held, and the one that is looked at."""
    counts = held_by_reason()
    if reason:
        counts.setdefault(reason, 0)
    tabs = [
        Tab(f"{IN_SHORT[each]} {number(count)}", f"?reason={each}", each == reason)
        for each, count in counts.items()
    ]
    return [Tab(_("All"), "?", not reason), *tabs] if tabs else []


def _group(group: Group, *, may_decide: bool) -> dict[str, Any]:
    asked = question(group)
    name = QuarantinedEvent._meta.model_name
    acts = [
        (f"{reverse(f'admin:activity_{name}_release_group')}?{asked}", _("Release"), False),
        (f"{reverse(f'admin:activity_{name}_reject_group')}?{asked}", _("Reject"), True),
    ]
    possible = acts[1:] if group.reason == Reason.UNREADABLE else acts  # what cannot be read cannot count
    return {"group": group, "acts": possible if may_decide else [], "remedy": REMEDIES[group.reason]}


# What usually removes the reason, so that nothing has to be decided.
REMEDIES: dict[str, Any] = {
    Reason.UNKNOWN_STAFF: gettext_lazy(
        "Import the directory with this handle; then they are tried again by themselves."
    ),
    Reason.FUTURE: gettext_lazy("The sender's clock was wrong; ask who runs the messenger."),
    Reason.LATE: gettext_lazy(
        "Release them when the delay is explained, or state a longer lag of the source."
    ),
    Reason.UNREADABLE: gettext_lazy(
        "Correct the export and deliver it again; these lines cannot be released."
    ),
}
