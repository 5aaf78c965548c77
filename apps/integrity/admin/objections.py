"""Objections: what employees say, HR's answer, and what upholding one proposes."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from apps.campaigns.models import Campaign
from apps.integrity.admin.contacts import ContactsForm
from apps.integrity.admin.deciding import DecisionForm, ProposeStep
from apps.integrity.admin.proposals import TalksForm, talks_of
from apps.integrity.drafts import Draft
from apps.integrity.models import Decision, Objection
from apps.integrity.objections import could_change_prizes, refuse
from apps.integrity.refusals import Refused
from apps.ranking.services import latest_result
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.base import ReadOnlyModelAdmin
from bonus_tracker.admin_site.steps import Step

Kind, About, State = Decision.Kind, Objection.About, Objection.State
COLOURS = {State.OPEN: "warning", State.UPHELD: "success", State.REFUSED: "danger", State.WITHDRAWN: "info"}


class AnswerForm(fields.ReasonForm):
    reason = fields.reason(gettext_lazy("Answer"), help_text=gettext_lazy("The employee reads it."))


class Refuse(Step):
    name = "refuse"
    title = gettext_lazy("Answer that nothing changes")
    permission = "integrity.change_objection"
    form_class = AnswerForm
    refusals = (Refused,)

    def is_open(self, thing: Objection) -> bool:
        return thing.state == State.OPEN

    def sentences(self, thing: Objection, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [
            *what_it_says(thing),
            _("The employee reads your answer on their page; the result stays as it is."),
        ]

    def take(self, request: HttpRequest, thing: Objection, form: Any, *, now: datetime) -> str:
        user: Any = request.user
        refuse(thing, answer=form.cleaned_data["reason"], by=user, now=now)
        return _("Objection %d is answered.") % thing.number


class Uphold(ProposeStep):
    """Upholding is a decision: proposed here, confirmed by somebody else, and its reason is the answer."""

    about: Objection.About

    def campaign(self, thing: Objection) -> Campaign:
        return thing.campaign

    def is_open(self, thing: Objection) -> bool:
        return super().is_open(thing) and thing.state == State.OPEN and thing.about == self.about

    def sentences(self, thing: Objection, *, now: datetime) -> list[Any]:
        return [
            *what_it_says(thing),
            *super().sentences(thing, now=now),
            _("When it is confirmed, the objection is upheld and the reason is its answer."),
        ]


class CountForm(TalksForm, DecisionForm):
    kind = fields.choice(
        gettext_lazy("Decision"),
        [(kind.value, kind.label) for kind in (Kind.GRANTED, Kind.NO_COLLEAGUE)],
        help_text=gettext_lazy("For contacts that are no colleagues, name them without days."),
    )
    field_order = ("kind", "platform", "handles", "reason", "evidence")


class UpholdCount(Uphold):
    name, about = "uphold", About.OWN_COUNT
    title = gettext_lazy("Uphold: count more contacts")
    form_class = CountForm

    def draft(self, thing: Objection, data: dict[str, Any]) -> Draft:
        kind, talks = Kind(data["kind"]), talks_of(data["talks"])
        is_grant = kind == Kind.GRANTED
        return Draft(
            campaign=thing.campaign,
            kind=kind,
            employee=thing.employee if is_grant else None,
            talks=talks if is_grant else (),
            contacts=frozenset() if is_grant else frozenset(talk.contact_id for talk in talks),
            objection=thing,
            reason=data["reason"],
            evidence=data["evidence"],
        )


class PlaceForm(ContactsForm, DecisionForm):
    kind = fields.choice(
        gettext_lazy("Decision"),
        [(kind.value, kind.label) for kind in (Kind.NOT_COUNTED, Kind.HANDED_OVER, Kind.DISQUALIFICATION)],
        help_text=gettext_lazy("A disqualification needs no contacts."),
    )
    field_order = ("kind", "platform", "handles", "reason", "evidence")


class UpholdPlace(Uphold):
    name, about = "uphold-place", About.PLACE
    title = gettext_lazy("Uphold: count fewer contacts")
    form_class = PlaceForm

    def draft(self, thing: Objection, data: dict[str, Any]) -> Draft:
        return Draft(
            campaign=thing.campaign,
            kind=Kind(data["kind"]),
            employee=thing.place_of,
            contacts=data["contacts"],
            objection=thing,
            reason=data["reason"],
            evidence=data["evidence"],
        )


def what_it_says(objection: Objection) -> list[str]:
    if objection.place_of:
        about = _("%(who)s objects in confidence to the place of %(whose)s.") % {
            "who": objection.employee,
            "whose": objection.place_of,
        }
    else:
        about = _("%(who)s says that %(count)d more contacts should count.") % {
            "who": objection.employee,
            "count": objection.contacts_claimed,
        }
    return [about, _("“%s”") % objection.text]


@admin.register(Objection)
class ObjectionAdmin(ReadOnlyModelAdmin):
    list_display = ("campaign", "number", "about", "employee", "place_of", "shown_state", "made_at")
    list_select_related = ("campaign", "employee", "place_of")
    list_filter = ("campaign", "state")
    fields = (
        ("campaign", "number"),
        ("about", "state"),
        ("employee", "place_of"),
        "contacts_claimed",
        "text",
        "could_change",
        "made_at",
        "answer",
        ("answered_by", "answered_at"),
    )
    readonly_fields = ("could_change",)
    steps = [Refuse(), UpholdCount(), UpholdPlace()]

    def subject(self, obj: Objection) -> str:
        return f"objection {obj.campaign.slug} {obj.number}"

    @display(description=gettext_lazy("state"), label=COLOURS)
    def shown_state(self, objection: Objection) -> tuple[str, str]:
        return objection.state, objection.get_state_display()

    @admin.display(description=gettext_lazy("granting it could change a prize"))
    def could_change(self, objection: Objection) -> str:
        result = latest_result(objection.campaign)
        if result is None or objection.state != State.OPEN:
            return "–"
        if could_change_prizes([objection], result):
            return _("yes: the result waits for its answer")
        return _("no, whatever is granted")
