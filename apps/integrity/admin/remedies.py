"""What removes each reason that keeps a result from being final."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.campaigns.models import Campaign
from apps.integrity.admin.links import link, page
from apps.integrity.blockers import MISSING_APPROVALS
from apps.integrity.models import Case, Check, Decision, Objection
from bonus_tracker.admin_site.steps import HOMES

State = Campaign.State
Remedy = Callable[[Campaign], Any]


def _of_campaign(model: type[Model], text: Any, path: str = "campaign", **query: object) -> Remedy:
    """To the list of them, for this campaign alone; path: from the model to its campaign."""

    def remedy(campaign: Campaign) -> Any:
        if home := HOMES.get(model):
            return link(f"{home(None)}?campaign={campaign.slug}", text)
        name = f"{model._meta.app_label}_{model._meta.model_name}_changelist"
        return link(page(name, **{f"{path}__id__exact": campaign.pk, **query}), text)

    return remedy


# What removes a reason, by its name.
REMEDIES: dict[str, Remedy] = {
    "settling": lambda _campaign: _("It ends by itself."),
    "objection days": lambda _campaign: _("They end by themselves."),
    "gap": lambda campaign: (
        link(
            page("campaigns_campaign_accept_gap", campaign.pk),
            _("Propose to accept the gap; somebody else confirms."),
        )
        if campaign.state == State.PROVISIONAL
        else _("By upload in the console, or by import_interactions with --covers.")
    ),
    "decision": _of_campaign(Decision, gettext_lazy("Confirm or reject it")),
    "objection": _of_campaign(Objection, gettext_lazy("Answer or uphold it"), state__exact="open"),
    "case": _of_campaign(Case, gettext_lazy("Close it with its outcome"), closed_at__isempty=1),
    "winner's check": _of_campaign(Check, gettext_lazy("To the check"), "result__campaign"),
    "recount": lambda campaign: link(
        page("ranking_result_changelist", campaign__id__exact=campaign.pk),
        _("It runs by itself; when it differs, ask who runs the program."),
    ),
    "audit log": lambda _campaign: link(
        page("audit_entry_changelist"), _("Ask who runs the program, and tell the auditor.")
    ),
    MISSING_APPROVALS: lambda campaign: link(
        page("campaigns_campaign_approve", campaign.pk), _("Approve the result")
    ),
    "approver": lambda _campaign: _(
        "Somebody else approves; an approval that does not count stays on record."
    ),
}
