"""Approving a result, as a step of its campaign; approvals to read."""

from datetime import datetime
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Sum
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.awards.approvals import APPROVALS_NEEDED
from apps.awards.models import Approval, Award
from apps.awards.prizes.sources import next_in_line
from apps.awards.services import NotApprovable, approve
from apps.campaigns.admin.campaigns import CampaignAdmin
from apps.campaigns.divisions import by_division, keys_by_number, name_of
from apps.campaigns.models import Campaign
from apps.campaigns.problems import CampaignError
from apps.integrity.blockers import blockers
from apps.ranking.models import Result
from apps.ranking.services import latest_result
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.base import ReadOnlyModelAdmin
from bonus_tracker.admin_site.steps import Step
from bonus_tracker.formats import money, number


class CommentForm(forms.Form):
    """Approves the version that was shown, and no newer one that came in between."""

    version = forms.IntegerField(widget=forms.HiddenInput())
    comment = fields.reason(gettext_lazy("Comment"), required=False)


class ApproveResult(Step):
    name = "approve"
    title = gettext_lazy("Approve the result")
    permission = "awards.add_approval"
    form_class = CommentForm
    refusals = (NotApprovable, CampaignError)

    def is_open(self, thing: Campaign) -> bool:
        return thing.state == Campaign.State.PROVISIONAL and not thing.is_rehearsal

    def initial(self, thing: Campaign) -> dict[str, Any]:
        result = latest_result(thing)
        return {"version": result.version if result else 0}

    def sentences(self, thing: Campaign, *, now: datetime) -> list[Any]:
        result = latest_result(thing)
        if result is None:
            return [_("There is no result yet.")]
        approvals = [str(approval.approver) for approval in result.approvals.select_related("approver")]
        said = [
            _("You approve version %(version)d, SHA-256 %(sha256)s.")
            % {"version": result.version, "sha256": result.sha256},
            _("Approved so far by: %s.") % (", ".join(approvals) or _("nobody")),
            _("The second approval, by a different person, makes it final for good and approves its awards."),
        ]
        said += [blocker.text for blocker in blockers(thing, now=now)]
        return said + _who_gets_what(result)

    def take(self, request: HttpRequest, thing: Campaign, form: Any, *, now: datetime) -> str:
        result = latest_result(thing)
        if result is None or result.version != form.cleaned_data["version"]:
            raise NotApprovable(_("There is a newer version of the result; look at it first."))
        if result.approvals.filter(approver=request.user.pk).exists():
            raise NotApprovable(_("You have approved it already; somebody else must approve too."))
        final = approve(result, request.user, now=now, comment=form.cleaned_data["comment"])  # type: ignore[arg-type]
        if final:
            return _("The result is final and its awards are approved.")
        missing = APPROVALS_NEEDED - result.approvals.count()
        return _("You have approved it; approvals still missing: %d.") % missing


def _who_gets_what(result: Result) -> list[str]:
    """Winners of places with whoever comes next, of other prizes how many and how much."""
    campaign = result.campaign
    by_place = result.awards.filter(form=Award.Form.PLACE).select_related("employee")
    said = [
        _of_division(campaign, a.division)
        + _("Place %(place)d: %(employee)s, %(money)s")
        % {"place": a.place, "employee": a.employee, "money": money(a.net_amount, a.currency)}
        for a in by_division(by_place.order_by("place", "employee__number"), campaign)
    ]
    keys = keys_by_number(campaign)
    for division, group in groupby(next_in_line(result), key=lambda each: each.division):
        line = ", ".join(f"{each.number} ({each.active_contacts})" for each in group)
        said.append(
            _of_division(campaign, keys[division]) + _("Next in line, with their contacts: %s.") % line
        )
    others = result.awards.exclude(form=Award.Form.PLACE).order_by("-form").values("form", "currency")
    return said + [
        ngettext(
            "%(what)s: %(count)s award, %(money)s altogether",
            "%(what)s: %(count)s awards, %(money)s altogether",
            each["count"],
        )
        % {
            "what": Award.Form(each["form"]).label,
            "count": number(each["count"]),
            "money": money(each["net"], each["currency"]),
        }
        for each in others.annotate(count=Count("pk"), net=Sum("net_amount"))
    ]


def _of_division(campaign: Campaign, key: str) -> str:
    """What a sentence begins with; nothing in a campaign without divisions."""
    return f"{name_of(campaign, key)} · " if key else ""


CampaignAdmin.add_step(ApproveResult())


@admin.register(Approval)
class ApprovalAdmin(ReadOnlyModelAdmin):
    list_display = ("result", "approver", "comment", "at")
    list_select_related = ("result__campaign", "approver")
    fields = ("result", "approver", "comment", "at")

    def subject(self, obj: Approval) -> str:
        return f"campaign {obj.result.campaign.slug}"
