"""The company as the directory has it: departments as a tree, legal entities, groups, domains."""

from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from apps.console import cells
from apps.console.doors import official
from apps.console.people_views import tabs
from apps.directory.models import CompanyDomain, Department, Group, LegalEntity
from apps.directory.records import BETWEEN_NAMES
from bonus_tracker import clock
from bonus_tracker.admin_site.figures import Figure, figure
from bonus_tracker.admin_site.steps import Act, open_acts

DEEPEST = 6  # levels that are set in further


class Node(NamedTuple):
    """own: in the department itself today; below: with all departments below it."""

    department: Any
    depth: int
    own: int
    below: int
    acts: list[Act]


@require_GET
@official("directory.view_department")
def company(request: HttpRequest) -> HttpResponse:
    may = request.user.has_perm
    context = {
        "tabs": tabs(request),
        "nodes": (nodes := _tree(request)),
        "has_acts": any(node.acts for node in nodes),
        "entities": _table(request, LegalEntity.objects.all(), _("Legal entity")),
        "groups": _table(request, Group.objects.all(), _("Group")),
        "domains": _domains(request),
        "add_domain": reverse("admin:directory_companydomain_add_domain")
        if may("directory.add_companydomain")
        else "",
    }
    return render(request, "console/company.html", context)


def _with_members(things: QuerySet[Any]) -> QuerySet[Any]:
    today = clock.today()
    lasting = Q(memberships__ends_on=None) | Q(memberships__ends_on__gte=today)
    return things.annotate(
        members=Count("memberships", filter=Q(memberships__starts_on__lte=today) & lasting)
    )


def _tree(request: HttpRequest) -> list[Node]:
    """Parents before their children, by name."""
    departments = sorted(
        _with_members(Department.objects.all()), key=lambda each: each.path.split(BETWEEN_NAMES)
    )
    below: dict[str, int] = {}
    for each in departments:
        names = each.path.split(BETWEEN_NAMES)
        for depth in range(1, len(names) + 1):
            above = BETWEEN_NAMES.join(names[:depth])
            below[above] = below.get(above, 0) + each.members
    return [
        Node(
            each,
            min(each.path.count(BETWEEN_NAMES), DEEPEST),
            each.members,
            below[each.path],
            open_acts(request, each),
        )
        for each in departments
    ]


def _table(request: HttpRequest, things: QuerySet[Any], title: str) -> dict[str, Any]:
    found = [([str(each), figure(each.members)], open_acts(request, each)) for each in _with_members(things)]
    return _with_acts([title, Figure(_("Employees today"))], found)


def _domains(request: HttpRequest) -> dict[str, Any]:
    return _with_acts(
        [_("Domain")], [([each.domain], open_acts(request, each)) for each in CompanyDomain.objects.all()]
    )


def _with_acts(headers: list[Any], found: list[tuple[list[Any], list[Act]]]) -> dict[str, Any]:
    """A last column for what can be done, where this person may do anything."""
    if not any(acts for _cells, acts in found):
        return {"headers": headers, "rows": [shown for shown, _acts in found]}
    return {
        "headers": [*headers, _("What can be done")],
        "rows": [
            [*shown, cells.joined(cells.link(act.address, act.title) for act in acts)]
            for shown, acts in found
        ],
    }
