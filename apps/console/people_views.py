"""Employees: found by number or name, each with everything dated about them as one timeline."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from apps.campaigns.models import Campaign
from apps.console import cells
from apps.console.details import Detail, detail_page
from apps.console.doors import official
from apps.console.inbox.standing import contacts_page
from apps.console.lists import Tab
from apps.directory.models import (
    AccountOwner,
    DepartmentMembership,
    Employee,
    Employment,
    EntityMembership,
    GroupMembership,
)
from apps.directory.queries import departments_on, holding_on
from bonus_tracker import clock
from bonus_tracker.admin_site.keyset import ROWS_A_PAGE

FILTERS = {
    "now": gettext_lazy("Employed today"),
    "left": gettext_lazy("Not employed today"),
    "all": gettext_lazy("All"),
}
OPEN_STATES = (Campaign.State.RUNNING, Campaign.State.SETTLING, Campaign.State.PROVISIONAL)


class Happening(NamedTuple):
    """A dated row: what held from when to when. is_now: it holds today."""

    starts_on: date
    ends_on: date | None
    kind: str
    words: str
    is_now: bool


def tabs(request: HttpRequest) -> list[Tab]:
    pages = [
        (gettext_lazy("Employees"), "console:people", "directory.view_employee"),
        (gettext_lazy("The company"), "console:company", "directory.view_department"),
    ]
    shown = [(words, reverse(page)) for words, page, permission in pages if request.user.has_perm(permission)]
    here = max((page for _words, page in shown if request.path.startswith(page)), key=len, default="")
    return [Tab(words, page, page == here) for words, page in shown]


@require_GET
@official("directory.view_employee")
def people(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("show", "")
    show = asked if asked in FILTERS else "now"
    who, after = (request.GET.get(name, "").strip()[:200] for name in ("who", "after"))
    found = list(_matching(show, who, after)[: ROWS_A_PAGE + 1])
    shown = found[:ROWS_A_PAGE]
    kept = {"show": show} | ({"who": who} if who else {})
    context = {
        "tabs": tabs(request),
        "who": who,
        "show": show,
        "filters": [
            Tab(words, f"?{urlencode(kept | {'show': name})}", name == show)
            for name, words in FILTERS.items()
        ],
        "table": {
            "headers": [_("Name"), _("Number"), _("Department"), _("Employment")],
            "rows": _rows(shown),
        },
        "next_address": f"?{urlencode(kept | {'after': shown[-1].number})}"
        if len(found) > ROWS_A_PAGE
        else "",
        "first_address": f"?{urlencode(kept)}" if after else "",
        "may_add": request.user.has_perm("directory.add_employee"),
    }
    return render(request, "console/people.html", context)


def _matching(show: str, who: str, after: str) -> QuerySet[Any]:
    """In number order from `after` on; who: a number exactly, or part of a name."""
    today = Employment.objects.filter(holding_on(clock.today()), employee=OuterRef("pk"))
    found: QuerySet[Any] = Employee.objects.annotate(employed=Exists(today)).order_by("number")
    if show != "all":
        found = found.filter(employed=show == "now")
    if who:
        found = found.filter(number=who) | found.filter(name__icontains=who)
    return found.filter(number__gt=after) if after else found


def _rows(shown: Sequence[Any]) -> list[list[Any]]:
    departments = departments_on(clock.today(), [each.pk for each in shown])
    return [
        [
            cells.link(reverse("console:employee", args=[each.pk]), each.name),
            each.number,
            str(departments.get(each.pk, _("none"))),
            cells.state(_("employed"), cells.GOOD)
            if each.employed
            else cells.state(_("not employed"), cells.QUIET),
        ]
        for each in shown
    ]


@require_GET
@official("directory.view_employee")
def employee(request: HttpRequest, key: int) -> HttpResponse:
    found = get_object_or_404(Employee.objects.select_related("user"), pk=key)
    timeline = happenings(found, clock.today())
    is_employed = Employment.objects.filter(holding_on(clock.today()), employee=found).exists()
    user = getattr(found, "user", None)
    detail = Detail(
        title=str(found),
        thing=found,
        state=(_("employed"), cells.GOOD) if is_employed else (_("not employed"), cells.QUIET),
        subject=f"employee {found.number}"[:200],
        is_quiet=True,
        facts=[
            (_("Number"), found.number),
            (_("Name"), found.name),
            (_("Sign-in"), user.get_username() if user else _("none")),
        ],
    )
    more = {"tabs": tabs(request), "timeline": timeline, "contests": _contests(request, found)}
    return detail_page(request, detail, template="console/employee.html", **more)


def happenings(employee: Employee, today: date) -> list[Happening]:
    """Everything dated about somebody, newest beginning first."""
    rows: list[tuple[str, str, Any]] = []
    rows += [(_("Employment"), _("employed"), each) for each in Employment.objects.filter(employee=employee)]
    departments = DepartmentMembership.objects.filter(employee=employee).select_related("department")
    rows += [(_("Department"), str(each.department), each) for each in departments]
    entities = EntityMembership.objects.filter(employee=employee).select_related("entity")
    rows += [(_("Legal entity"), str(each.entity), each) for each in entities]
    groups = GroupMembership.objects.filter(employee=employee).select_related("group")
    rows += [(_("Group"), str(each.group), each) for each in groups]
    accounts = AccountOwner.objects.filter(employee=employee).select_related("account")
    rows += [(_("Account"), str(each.account), each) for each in accounts]
    found = [
        Happening(
            each.starts_on,
            each.ends_on,
            kind,
            words,
            each.starts_on <= today and (each.ends_on is None or each.ends_on >= today),
        )
        for kind, words, each in rows
    ]
    return sorted(found, key=lambda each: (each.starts_on, each.is_now), reverse=True)


def _contests(request: HttpRequest, employee: Employee) -> list[dict[str, Any]]:
    """Campaigns that are not over, with what can be begun about somebody there: (address, words, whether grave)."""
    may = request.user.has_perm
    if not may("campaigns.view_campaign"):
        return []
    asked = urlencode({"employee": employee.number})
    found = []
    for campaign in Campaign.objects.filter(state__in=OPEN_STATES).order_by("deadline", "pk"):
        acts = [(*contacts_page(campaign, employee), False)]
        if may("integrity.add_case"):
            acts.append((_act("open_case", campaign, asked), _("Open a case"), False))
        is_provisional = campaign.state == Campaign.State.PROVISIONAL and not campaign.is_rehearsal
        if may("integrity.add_decision") and is_provisional:
            acts.append((_act("exclude", campaign, asked), _("Exclude or disqualify"), True))
        found.append({"campaign": campaign, "acts": acts})
    return found


def _act(name: str, campaign: Campaign, asked: str) -> str:
    return f"{reverse(f'admin:campaigns_campaign_{name}', args=[campaign.pk])}?{asked}"
