"""The page on which a reviewer says of each drawn contact how it was confirmed."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.activity.models import Contact
from apps.audit.services import record
from apps.campaigns.models import Campaign
from apps.integrity.checks import REVIEWERS_NEEDED, ItemState, states, tick
from apps.integrity.models import Check, Tick
from apps.integrity.refusals import Refused
from apps.ranking.services import latest_result
from bonus_tracker.admin_site.keyset import ROWS_A_PAGE, whole_number
from bonus_tracker.admin_site.looking import LOOKED
from bonus_tracker.admin_site.steps import PageStep, home_of


class Review(PageStep):
    """Fifty contacts a page. Who opens it is written in the log first: it shows whom the winner talks with."""

    name, only_looks = "review", True
    title = gettext_lazy("Confirm contacts")
    permission = "integrity.add_tick"

    def is_open(self, thing: Check) -> bool:
        campaign = thing.result.campaign
        return campaign.state == Campaign.State.PROVISIONAL and thing.result == latest_result(campaign)

    def page(self, request: HttpRequest, thing: Check, *, now: datetime) -> HttpResponse:
        found = states(thing)
        first = whole_number(request.GET.get("from", "")) or 1
        shown = [state for state in found if state.item.position >= first][:ROWS_A_PAGE]
        if request.method == "POST":
            self._save(request, shown, now)
            return HttpResponseRedirect(request.get_full_path())
        _note_the_look(request, thing, shown, now)
        later = [state for state in found if shown and state.item.position > shown[-1].item.position]
        context = admin.site.each_context(request) | {
            "title": self.title,
            "check": thing,
            "campaign": thing.result.campaign,
            "rows": _rows(shown),
            "hows": Tick.How.choices,
            "needed": REVIEWERS_NEEDED,
            "done": sum(state.is_confirmed for state in found),
            "all": len(found),
            "next_address": f"?from={later[0].item.position}" if later else "",
            "way_back": home_of(thing),
        }
        return TemplateResponse(request, "admin/review.html", context)

    def _save(self, request: HttpRequest, shown: list[ItemState], now: datetime) -> None:
        """All that was chosen on the page, or nothing of it."""
        user: Any = request.user
        chosen = [
            (
                state,
                request.POST.get(f"how-{state.item.pk}", ""),
                request.POST.get(f"note-{state.item.pk}", ""),
            )
            for state in shown
        ]
        said = [each for each in chosen if each[1] in Tick.How.values]
        try:
            with transaction.atomic():
                for state, how, note in said:
                    tick(state.item, how, reviewer=user, now=now, note=note[:500])
        except Refused as refusal:
            messages.error(request, _("Nothing was saved: %s") % refusal)
            return
        text = ngettext("%d contact is saved.", "%d contacts are saved.", len(said)) % len(said)
        messages.success(request, text)


def _rows(shown: list[ItemState]) -> list[dict[str, Any]]:
    hints = Contact.objects.in_bulk([state.item.contact_id for state in shown])
    return [
        {
            "item": state.item,
            "hint": hints[state.item.contact_id].hint if state.item.contact_id in hints else "?",
            "state": state,
        }
        for state in shown
    ]


def _note_the_look(request: HttpRequest, check: Check, shown: list[ItemState], now: datetime) -> None:
    details = {"reason": "winner's check", "campaign": check.result.campaign.slug}
    details["contacts"] = f"{shown[0].item.position}-{shown[-1].item.position}" if shown else "none"
    actor = request.user.get_username()
    with transaction.atomic():
        record(LOOKED, actor=actor, subject=f"employee {check.employee.number}", at=now, details=details)
