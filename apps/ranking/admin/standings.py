"""The standings of a run, a page at a time: they have a composite key, so a page of their own."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from apps.campaigns.admin.steps import shown
from apps.ranking.models import Run, Standing
from bonus_tracker.admin_site.keyset import ROWS_A_PAGE, one_page, whole_number


def standings_page(request: HttpRequest, run_id: int) -> HttpResponse:
    """`?after=RANK-EMPLOYEE` goes on below a row."""
    if not request.user.has_perm("ranking.view_standing"):
        raise PermissionDenied
    run = get_object_or_404(Run.objects.select_related("campaign"), pk=run_id)
    table = one_page(
        rows_after(run, request.GET.get("after", "")),
        headers=[_("Rank"), _("Number"), _("Name"), _("Active contacts"), _("Conversation days")],
        row=lambda s: (s.rank, s.employee.number, s.employee.name, s.active_contacts, s.conversation_days),
        key=lambda s: f"{s.rank}-{s.employee_id}",
    )
    context = admin.site.each_context(request) | {
        "title": _("Standings"),
        "subtitle": str(run.campaign),
        "note": _("As of %(as_of)s; employees without an active contact are not listed.")
        % {"as_of": shown(run.as_of)},
        "table": table,
        "next_address": f"?after={table.after}",
        "kept": None,
    }
    return TemplateResponse(request, "admin/rows.html", context)


def rows_after(run: Run, after: str) -> list[Any]:
    standings = Standing.objects.filter(run=run).select_related("employee")
    rank, employee = map(whole_number, after.partition("-")[::2])
    if rank is not None and employee is not None:
        standings = standings.filter(
            Q(rank__gt=rank) | Q(rank=rank, employee_id__gt=employee), rank__gte=rank
        )
    return list(standings.order_by("rank", "employee_id")[: ROWS_A_PAGE + 1])
