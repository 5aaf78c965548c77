"""Decisions to read, to confirm or reject as the second person, and to undo by a further one."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from apps.campaigns.models import Campaign
from apps.integrity.admin.corrections import in_words
from apps.integrity.admin.deciding import DecisionForm, ProposeStep
from apps.integrity.admin.moves import as_table, in_a_sentence
from apps.integrity.admin.proposals import users_of_a_gap
from apps.integrity.decisions import WITHOUT_EFFECT, confirm, preview_of, reject, standing
from apps.integrity.differences import difference
from apps.integrity.drafts import Draft
from apps.integrity.models import Decision
from apps.integrity.refusals import Refused
from apps.ranking.models import Result
from apps.ranking.services import latest_result
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.base import ReadOnlyModelAdmin
from bonus_tracker.admin_site.steps import Step

Kind = Decision.Kind
COLOURS = {"open": "warning", "confirmed": "success", "rejected": "danger", "undone": "info"}


class SeenForm(forms.Form):
    """Confirms over the version that the preview was shown over, and over no newer one."""

    seen = forms.IntegerField(widget=forms.HiddenInput())


class Confirm(Step):
    name, is_grave = "confirm", True
    title = gettext_lazy("Confirm the decision")
    permission = "integrity.change_decision"
    form_class = SeenForm
    refusals = (Refused,)

    def is_open(self, thing: Decision) -> bool:
        return thing.is_open and thing.campaign.state == Campaign.State.PROVISIONAL

    def initial(self, thing: Decision) -> dict[str, Any]:
        result = latest_result(thing.campaign)
        return {"seen": result.version if result else 0}

    def sentences(self, thing: Decision, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [
            *what_it_says(thing),
            _("You confirm it as the second person; who has proposed it cannot."),
            _("A new version of the result is sealed with it, and earlier approvals hold for it no more.")
            if thing.kind not in WITHOUT_EFFECT
            else _("It changes no place and no count."),
        ]

    def to_look_at(self, thing: Decision) -> dict[str, Any] | None:
        return None if thing.kind in WITHOUT_EFFECT else as_table(preview_of(thing))

    def take(self, request: HttpRequest, thing: Decision, form: Any, *, now: datetime) -> str:
        user: Any = request.user
        version = confirm(thing, confirmer=user, seen_version=form.cleaned_data["seen"], now=now)
        if version is None:
            return _("The decision is confirmed.")
        return _("The decision is confirmed, and version %d of the result is sealed.") % version.version


class Reject(Step):
    name = "reject"
    title = gettext_lazy("Reject the decision")
    permission = "integrity.change_decision"
    form_class = fields.ReasonForm
    refusals = (Refused,)

    def is_open(self, thing: Decision) -> bool:
        return thing.is_open

    def sentences(self, thing: Decision, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [*what_it_says(thing), _("Nothing changes; the proposal stays on record with your reason.")]

    def take(self, request: HttpRequest, thing: Decision, form: Any, *, now: datetime) -> str:
        user: Any = request.user
        reject(thing, by=user, reason=form.cleaned_data["reason"], now=now)
        return _("The decision is rejected.")


class Undo(ProposeStep):
    name, is_grave = "undo", True
    title = gettext_lazy("Undo the decision")
    form_class = DecisionForm

    def campaign(self, thing: Decision) -> Campaign:
        return thing.campaign

    def is_open(self, thing: Decision) -> bool:
        return super().is_open(thing) and thing in standing(thing.campaign)

    def draft(self, thing: Decision, data: dict[str, Any]) -> Draft:
        return Draft(
            campaign=thing.campaign,
            kind=Kind.UNDO,
            undoes=thing,
            reason=data["reason"],
            evidence=data["evidence"],
        )


def what_it_says(decision: Decision) -> list[str]:
    said = [
        _("Decision %(number)d: %(kind)s.")
        % {"number": decision.number, "kind": decision.get_kind_display()},
        _("Proposed by %(who)s, because: %(reason)s")
        % {"who": decision.proposed_by, "reason": decision.reason},
        _("Evidence: %s") % decision.evidence,
    ]
    if decision.employee:
        said.insert(1, _("It concerns %s.") % decision.employee)
    if decision.source:
        said.insert(1, _("Source: %s.") % decision.source.name)
    return said + users_of_a_gap(decision.facts.get("prize ranks that used it", []))


@admin.register(Decision)
class DecisionAdmin(ReadOnlyModelAdmin):
    list_display = ("campaign", "number", "kind", "employee", "shown_state", "proposed_by", "proposed_at")
    list_select_related = ("campaign", "employee", "proposed_by")
    list_filter = ("campaign", "kind")
    fields = (
        ("campaign", "number"),
        ("kind", "state_in_words"),
        ("employee", "source"),
        ("objection", "undoes"),
        "reason",
        "evidence",
        "effect",
        "who_moved",
        "who_used_it",
        ("proposed_by", "proposed_at"),
        ("confirmed_by", "confirmed_at", "result"),
        ("rejected_by", "rejected_at"),
        "rejection_reason",
    )
    readonly_fields = ("state_in_words", "effect", "who_moved", "who_used_it")
    steps = [Confirm(), Reject(), Undo()]

    def subject(self, obj: Decision) -> str:
        return f"campaign {obj.campaign.slug}"

    def get_queryset(self, request: HttpRequest) -> Any:
        is_undone = Decision.objects.filter(undoes=OuterRef("pk"), confirmed_at__isnull=False)
        return super().get_queryset(request).annotate(is_undone=Exists(is_undone))

    @display(description=gettext_lazy("state"), label=COLOURS)
    def shown_state(self, decision: Any) -> tuple[str, str]:
        if decision.is_open:
            return "open", _("waits for the second person")
        if decision.rejected_at:
            return "rejected", _("rejected")
        return ("undone", _("undone")) if decision.is_undone else ("confirmed", _("stands"))

    @admin.display(description=gettext_lazy("state"))
    def state_in_words(self, decision: Any) -> str:
        return self.shown_state(decision)[1]

    @admin.display(description=gettext_lazy("what it changes about the fixed input"))
    def effect(self, decision: Decision) -> str:
        return " ".join(in_words(correction) for correction in decision.corrections) or "–"

    @admin.display(description=gettext_lazy("who moved by it"))
    def who_moved(self, decision: Decision) -> str:
        """From the version before to the one that was sealed with it."""
        after = decision.result
        before = (
            after and Result.objects.filter(campaign=after.campaign_id, version=after.version - 1).first()
        )
        if after is None or before is None:
            return "–"
        found = difference(before.run, after.run)
        table = as_table(found) or {"rows": []}
        lines = [in_a_sentence(found), *("; ".join(map(str, row)) for row in table["rows"])]
        return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines))

    @admin.display(description=gettext_lazy("who at a prize used the source"))
    def who_used_it(self, decision: Decision) -> str:
        return " ".join(users_of_a_gap(decision.facts.get("prize ranks that used it", []))) or "–"
