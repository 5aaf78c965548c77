"""Proposing a decision: what it would change is shown first, and somebody else confirms it later."""

from abc import abstractmethod
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.campaigns.models import Campaign
from apps.directory.models import Employee
from apps.integrity.admin.contacts import carried
from apps.integrity.admin.links import page
from apps.integrity.admin.moves import as_table, in_a_sentence
from apps.integrity.decisions import WITHOUT_EFFECT, preview_of_draft, propose
from apps.integrity.drafts import Draft
from apps.integrity.models import Decision
from apps.integrity.refusals import Refused
from apps.ranking.services import latest_result
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.pages import sentences_page
from bonus_tracker.admin_site.steps import Step

Kind = Decision.Kind
TWO_PEOPLE = gettext_lazy("Nothing changes before somebody else has confirmed it.")


class DecisionForm(forms.Form):
    """seen: the version over which the preview was shown; 0 before it."""

    reason = fields.reason(help_text=gettext_lazy("The employee whom it concerns reads it."))
    evidence = fields.reason(
        gettext_lazy("Evidence"), help_text=gettext_lazy("What shows it, and where it is kept.")
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput())


class PersonForm(forms.Form):
    employee = fields.text(gettext_lazy("Employee number"))

    def clean_employee(self) -> Employee:
        number = self.cleaned_data["employee"]
        employee = Employee.objects.filter(number=number).first()
        if employee is None:
            raise forms.ValidationError(_("No employee has the number %s.") % number)
        return employee


class ProposeStep(Step):
    """Two posts: the first shows what would change, the second proposes it."""

    permission = "integrity.add_decision"
    button = gettext_lazy("Show what it would change")
    refusals = (Refused,)
    only_previews = True

    @abstractmethod
    def draft(self, thing: Any, data: dict[str, Any]) -> Draft: ...

    def campaign(self, thing: Any) -> Campaign:
        campaign: Campaign = thing
        return campaign

    def is_open(self, thing: Any) -> bool:
        campaign = self.campaign(thing)
        return campaign.state == Campaign.State.PROVISIONAL and not campaign.is_rehearsal

    def sentences(self, thing: Any, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [_("First you see what would change; then you propose it."), TWO_PEOPLE]

    def kept(self, data: dict[str, Any]) -> list[tuple[str, Any]]:
        """What the second post repeats."""
        return [
            (name, _repeated(value)) for name, value in data.items() if name != "seen" and value is not None
        ]

    def take(self, request: HttpRequest, thing: Any, form: Any, *, now: datetime) -> str | HttpResponse:
        user: Any = request.user
        draft, seen = self.draft(thing, form.cleaned_data), form.cleaned_data["seen"]
        result = latest_result(draft.campaign)
        assert result is not None
        if seen and seen != result.version:
            raise Refused(_("There is a newer version of the result; look at the preview again."))
        if seen:
            decision = propose(draft, proposer=user, now=now)
            return _("Decision %d is proposed; somebody else confirms or rejects it.") % decision.number
        found = preview_of_draft(draft, proposer=user, now=now)
        said = [in_a_sentence(found)] if draft.kind not in WITHOUT_EFFECT else []
        return sentences_page(
            request,
            title=_("What would change"),
            subtitle=f"{Kind(draft.kind).label} · {draft.employee or draft.campaign}",
            sentences=[*said, *self.more(draft), TWO_PEOPLE],
            table=as_table(found),
            kept=[*self.kept(form.cleaned_data), ("seen", result.version)],
            confirm=_("Propose it"),
            is_grave=self.is_grave,
            way_back=page(
                f"{thing._meta.app_label}_{thing._meta.model_name}_{self.name.replace('-', '_')}", thing.pk
            ),
        )

    def more(self, draft: Draft) -> list[str]:  # noqa: ARG002
        """Further sentences of the preview."""
        return []


def _repeated(value: Any) -> Any:
    if isinstance(value, Employee):
        return value.number
    return carried(value) if isinstance(value, frozenset) else value
