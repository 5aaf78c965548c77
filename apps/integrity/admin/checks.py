"""Winners' checks to read, and what follows when a contact turns out to be a fake."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.campaigns.models import Campaign
from apps.integrity.admin.deciding import DecisionForm, ProposeStep
from apps.integrity.admin.reviewing import Review
from apps.integrity.checks import states
from apps.integrity.drafts import Draft
from apps.integrity.models import Check, Decision, Tick
from bonus_tracker.admin_site.base import ReadOnlyModelAdmin


class LeaveOutFakes(ProposeStep):
    """What reviewers called a fake, named by the check itself: nobody else knows these handles."""

    name, is_grave = "leave-out-fakes", True
    title = gettext_lazy("Do not count what is fake")
    form_class = DecisionForm

    def campaign(self, thing: Check) -> Campaign:
        return thing.result.campaign

    def is_open(self, thing: Check) -> bool:
        found = Tick.objects.filter(item__owner=thing, how=Tick.How.FAKE)
        return super().is_open(thing) and found.exists()

    def sentences(self, thing: Check, *, now: datetime) -> list[Any]:
        positions = ", ".join(str(state.item.position) for state in _fakes(thing))
        return [
            _("Reviewers found no such person, or not theirs, behind these contacts: %s.") % positions,
            *super().sentences(thing, now=now),
        ]

    def draft(self, thing: Check, data: dict[str, Any]) -> Draft:
        return Draft(
            campaign=thing.result.campaign,
            kind=Decision.Kind.NOT_COUNTED,
            employee=thing.employee,
            contacts=frozenset(state.item.contact_id for state in _fakes(thing)),
            reason=data["reason"],
            evidence=data["evidence"],
        )


def _fakes(check: Check) -> list[Any]:
    return [state for state in states(check) if state.is_fake]


@admin.register(Check)
class CheckAdmin(ReadOnlyModelAdmin):
    list_display = ("campaign", "version", "employee", "population", "margin", "size", "is_full", "drawn_at")
    list_select_related = ("result__campaign", "employee")
    list_filter = ("result__campaign",)
    fields = (
        ("campaign", "version"),
        "employee",
        ("population", "margin"),
        ("size", "is_full"),
        "drawn_at",
        "confirmed",
    )
    readonly_fields = ("campaign", "version", "confirmed")
    steps = [Review(), LeaveOutFakes()]

    def subject(self, obj: Check) -> str:
        return f"campaign {obj.result.campaign.slug}"

    @admin.display(description=gettext_lazy("campaign"))
    def campaign(self, check: Check) -> str:
        return str(check.result.campaign)

    @admin.display(description=gettext_lazy("version"))
    def version(self, check: Check) -> int:
        return check.result.version

    @admin.display(description=gettext_lazy("confirmed by two"))
    def confirmed(self, check: Check) -> str:
        found = states(check)
        done = sum(state.is_confirmed for state in found)
        return _("%(done)d of %(all)d") % {"done": done, "all": len(found)}
