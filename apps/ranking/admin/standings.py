"""The standings of a run, a page at a time: they have a composite key, so a page of their own."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from apps.campaigns.divisions import keys_by_number, name_of
from apps.ranking.models import Run, Standing
from bonus_tracker.admin_site.figures import Figure, figure
from bonus_tracker.admin_site.keyset import ROWS_A_PAGE, one_page, whole_number
from bonus_tracker.formats import instant


def standings_page(request: HttpRequest, run_id: int) -> HttpResponse:
    """`?after=RANK-EMPLOYEE` goes on below a row; with divisions, `?after=DIVISION-RANK-EMPLOYEE`."""
    if not request.user.has_perm("ranking.view_standing"):
        raise PermissionDenied
    run = get_object_or_404(Run.objects.select_related("campaign"), pk=run_id)
    names = {number: name_of(run.campaign, key) for number, key in keys_by_number(run.campaign).items()}
    is_divided = bool(run.campaign.divisions)

    def cells(s: Standing) -> tuple[Any, ...]:
        counts = figure(s.active_contacts), figure(s.conversation_days)
        person = (figure(s.rank), s.employee.number, s.employee.name, *counts)
        return (names.get(s.division, "?"), *person) if is_divided else person

    counts = Figure(_("Active contacts")), Figure(_("Conversation days"))
    headers = [Figure(_("Rank")), _("Number"), _("Name"), *counts]
    table = one_page(
        rows_after(run, request.GET.get("after", "")),
        headers=[_("Division"), *headers] if is_divided else headers,
        row=cells,
        key=lambda s: "-".join(map(str, ([s.division] if is_divided else []) + [s.rank, s.employee_id])),
    )
    context = admin.site.each_context(request) | {
        "title": _("Standings"),
        "subtitle": str(run.campaign),
        "note": _("As of %(as_of)s; employees without an active contact are not listed.")
        % {"as_of": instant(run.as_of)},
        "table": table,
        "next_address": f"?after={table.after}",
        "kept": None,
    }
    return TemplateResponse(request, "admin/rows.html", context)


def rows_after(run: Run, after: str) -> list[Any]:
    standings = Standing.objects.filter(run=run).select_related("employee")
    key = ["division", "rank", "employee_id"] if run.campaign.divisions else ["rank", "employee_id"]
    last = [whole_number(part) for part in after.split("-")]
    if len(last) == len(key) and None not in last:
        seen = dict(zip(key, last, strict=True))
        first = key[0]
        below = Q(rank__gt=seen["rank"]) | Q(rank=seen["rank"], employee_id__gt=seen["employee_id"])
        if first == "division":
            below = Q(division__gt=seen["division"]) | Q(below, division=seen["division"])
        # The first condition alone lets the index begin at the right place.
        standings = standings.filter(below, **{f"{first}__gte": seen[first]})
    return list(standings.order_by(*key)[: ROWS_A_PAGE + 1])
