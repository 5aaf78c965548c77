"""Approving a result, as a step of its campaign; approvals to read."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.awards.models import Approval
from apps.awards.services import APPROVALS_NEEDED, NotApprovable, approve
from apps.campaigns.admin.campaigns import CampaignAdmin
from apps.campaigns.admin.steps import shown
from apps.campaigns.models import Campaign
from apps.campaigns.problems import CampaignError
from apps.ranking.services import latest_result
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.base import ReadOnlyModelAdmin
from bonus_tracker.admin_site.steps import Step


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
        if now < thing.objections_end_at:
            said.append(
                _("Objections are open until %s; it cannot be approved before.")
                % shown(thing.objections_end_at)
            )
        awards = result.awards.select_related("employee").order_by("place", "employee__number")
        return said + [
            _("Place %(place)d: %(employee)s, %(amount)s %(currency)s after tax")
            % {"place": a.place, "employee": a.employee, "amount": a.net_amount, "currency": a.currency}
            for a in awards
        ]

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


CampaignAdmin.add_step(ApproveResult())


@admin.register(Approval)
class ApprovalAdmin(ReadOnlyModelAdmin):
    list_display = ("result", "approver", "comment", "at")
    list_select_related = ("result__campaign", "approver")
    fields = ("result", "approver", "comment", "at")

    def subject(self, obj: Approval) -> str:
        return f"campaign {obj.result.campaign.slug}"
