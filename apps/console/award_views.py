"""Awards of each campaign: who gets what, where the money is, and the files that go to payroll and come back."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from apps.awards.models import Award, Payment
from apps.campaigns.models import Campaign
from apps.console import cells
from apps.console.doors import official
from apps.console.inbox.money import counted
from apps.console.inbox.viewer import Viewer
from apps.console.lists import Listing, Tab, list_page
from apps.ranking.models import Result
from apps.ranking.services import latest_result
from bonus_tracker.admin_site.figures import Figure, figure
from bonus_tracker.admin_site.keyset import ROWS_A_PAGE, whole_number
from bonus_tracker.admin_site.steps import open_acts
from bonus_tracker.formats import day, instant, money

State = Award.State
TONES: dict[str, str] = {
    State.PROPOSED: cells.QUIET,
    State.APPROVED: cells.WAITS,
    State.EXPORTED: "",
    State.PAID: cells.GOOD,
    State.RETURNED: cells.BAD,
}
AFTER = "after"
ACTS = ("approve", "export-payroll", "payroll-answer", "goals", "budget")


class CampaignList(Listing):
    """Campaigns with a result: those whose money is on its way first asked for."""

    title = gettext_lazy("Awards and payroll")
    headers = (
        gettext_lazy("Campaign"),
        gettext_lazy("State"),
        Figure(gettext_lazy("Awards")),
        Figure(gettext_lazy("To hand to payroll")),
        Figure(gettext_lazy("With payroll")),
        Figure(gettext_lazy("Paid")),
        Figure(gettext_lazy("Returned")),
    )
    campaign = "slug"
    filters = {"all": gettext_lazy("All"), "open": gettext_lazy("Not all paid")}
    nothing = {
        "all": gettext_lazy("No campaign has awards yet. They are proposed when a result is provisional."),
        "open": gettext_lazy("No award waits to be paid."),
    }

    def all(self) -> QuerySet[Any]:
        newest = Result.objects.filter(campaign=OuterRef("campaign")).order_by("-version").values("pk")[:1]
        awards = Award.objects.filter(campaign=OuterRef("pk"), result=newest)
        by_state = {f"n_{state}": counted(awards.filter(state=state), "campaign") for state in State.values}
        return Campaign.objects.filter(Exists(awards)).annotate(**by_state)

    def narrowed(self, things: QuerySet[Any], show: str, viewer: Viewer) -> QuerySet[Any]:  # noqa: ARG002
        return things.filter(state=Campaign.State.FINAL)

    def rows(self, things: Sequence[Any], viewer: Viewer) -> list[list[Any]]:  # noqa: ARG002
        return [self._row(each) for each in things]

    def _row(self, campaign: Any) -> list[Any]:
        count = {state: getattr(campaign, f"n_{state}") or 0 for state in State.values}
        return [
            cells.link(reverse("console:campaign-awards", args=[campaign.slug]), campaign),
            cells.state(campaign.get_state_display(), f"state-{campaign.state}"),
            figure(sum(count.values())),
            *(figure(count[state]) for state in (State.APPROVED, State.EXPORTED, State.PAID, State.RETURNED)),
        ]


@require_GET
@official("awards.view_award")
def awards(request: HttpRequest) -> HttpResponse:
    return list_page(request, CampaignList())


@require_GET
@official("awards.view_award")
def campaign_awards(request: HttpRequest, slug: str) -> HttpResponse:
    campaign = get_object_or_404(Campaign, slug=slug)
    result = latest_result(campaign)
    everything = Award.objects.filter(result=result) if result else Award.objects.none()
    asked = request.GET.get("state", "")
    state = asked if asked in State.values else ""
    who = request.GET.get("who", "").strip()[:200]
    rows, next_key = _page(everything, state, who, whole_number(request.GET.get(AFTER, "")))
    kept = {name: value for name, value in (("state", state), ("who", who)) if value}
    figures = _figures(everything)
    context = {
        "campaign": campaign,
        "result": result,
        "figures": figures,
        "filters": _filters(figures, state),
        "state": state,
        "who": who,
        "table": {
            "headers": [
                _("Employee"),
                _("What for"),
                Figure(_("Amount")),
                _("State"),
                _("Payment"),
                _("What can be done"),
            ],
            "rows": [_row(request, award) for award in rows],
        },
        "next_address": f"?{urlencode(kept | {AFTER: next_key})}" if next_key else "",
        "first_address": f"?{urlencode(kept)}" if AFTER in request.GET else "",
        "exports": _exports(campaign),
        "acts_wanted": ACTS,
        # Of a provisional result, its own page says what comes first.
        "acts_are_quiet": campaign.state == Campaign.State.PROVISIONAL,
    }
    return render(request, "console/awards.html", context)


def _page(
    everything: QuerySet[Award], state: str, who: str, after: int | None
) -> tuple[list[Award], int | None]:
    """In the order in which they were proposed; the key to go on from, None at the end.

    who: a number exactly, or part of a name.
    """
    found = everything.select_related("employee").prefetch_related("payments")
    if state:
        found = found.filter(state=state)
    if who:
        found = found.filter(employee__number=who) | found.filter(employee__name__icontains=who)
    if after is not None:
        found = found.filter(pk__gt=after)
    rows = list(found.order_by("pk")[: ROWS_A_PAGE + 1])
    return rows[:ROWS_A_PAGE], rows[ROWS_A_PAGE - 1].pk if len(rows) > ROWS_A_PAGE else None


def _figures(everything: QuerySet[Award]) -> list[dict[str, Any]]:
    """State by state how many and how much, in the order in which an award goes through them."""
    counts: QuerySet[Any, Any] = (
        everything.order_by().values("state", "currency").annotate(n=Count("pk"), net=Sum("net_amount"))
    )
    by_state: dict[str, list[dict[str, Any]]] = {}
    for each in counts.order_by("currency"):
        by_state.setdefault(each["state"], []).append(dict(each))
    return [
        {
            "state": state,
            "words": State(state).label,
            "count": sum(each["n"] for each in by_state[state]),
            "amounts": [money(Decimal(each["net"]), each["currency"]) for each in by_state[state]],
        }
        for state in State.values
        if state in by_state
    ]


def _filters(figures: list[dict[str, Any]], state: str) -> list[Tab]:
    tabs = [Tab(_("All"), "?", not state)]
    return tabs + [Tab(each["words"], f"?state={each['state']}", each["state"] == state) for each in figures]


def _row(request: HttpRequest, award: Award) -> list[Any]:
    payments = sorted(award.payments.all(), key=lambda payment: payment.pk)
    acts = open_acts(request, award, ("pay-again", "letter", "estimate"))
    return [
        str(award.employee),
        award.title(),
        Figure(money(award.net_amount, award.currency)),
        cells.state(award.get_state_display(), TONES[award.state]),
        _payment(payments[-1]) if payments else _("not yet"),
        cells.joined(cells.link(act.address, act.title) for act in acts),
    ]


def _payment(payment: Payment) -> str:
    if payment.state == Payment.State.RETURNED:
        return f"{payment.reference}: {payment.returned_reason}"
    if payment.paid_on:
        return _("%(reference)s, paid on %(day)s") % {
            "reference": payment.reference,
            "day": day(payment.paid_on),
        }
    return payment.reference


def _exports(campaign: Campaign) -> list[dict[str, Any]]:
    unanswered = Payment.objects.filter(export=OuterRef("pk"), state=Payment.State.OPEN)
    lines = Payment.objects.filter(export=OuterRef("pk"))
    found = campaign.payroll_exports.select_related("made_by").annotate(
        lines=counted(lines, "export"), unanswered=counted(unanswered, "export")
    )
    return [
        {
            "words": _("Export %(number)d by %(who)s, %(at)s")
            % {"number": each.number, "who": each.made_by, "at": instant(each.made_at)},
            "lines": each.lines or 0,
            "answered": (each.lines or 0) - (each.unanswered or 0),
            "address": reverse("admin:awards_payrollexport_download", args=[each.pk]),
        }
        for each in found
    ]
