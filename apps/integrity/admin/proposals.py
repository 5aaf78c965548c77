"""What can be decided about a provisional result, as steps of its campaign."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.activity.models import Source
from apps.campaigns.admin.campaigns import CampaignAdmin
from apps.campaigns.models import Campaign
from apps.directory.models import Employee
from apps.integrity.admin.contacts import ContactsForm, contact_of, days_of, handles
from apps.integrity.admin.deciding import DecisionForm, PersonForm, ProposeStep
from apps.integrity.decisions import standing
from apps.integrity.drafts import Draft, GrantedTalk
from apps.integrity.gaps import who_used
from apps.integrity.models import Decision
from apps.integrity.refusals import Refused
from apps.ranking.services import latest_result
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.keyset import whole_number

Kind = Decision.Kind


class OutForm(PersonForm, DecisionForm):
    kind = fields.choice(
        gettext_lazy("Decision"),
        [(kind.value, kind.label) for kind in (Kind.EXCLUSION, Kind.DISQUALIFICATION)],
        help_text=gettext_lazy(
            "An exclusion says nothing about somebody's conduct; a disqualification does."
        ),
    )
    field_order = ("kind", "employee", "reason", "evidence")


class OfCampaign(ProposeStep):
    has_button = False  # the page about the campaign's end leads there


class LeaveOut(OfCampaign):
    name, is_grave = "exclude", True
    title = gettext_lazy("Exclude or disqualify")
    form_class = OutForm

    def draft(self, thing: Campaign, data: dict[str, Any]) -> Draft:
        return Draft(
            campaign=thing,
            kind=Kind(data["kind"]),
            employee=data["employee"],
            reason=data["reason"],
            evidence=data["evidence"],
        )


class AdjustForm(ContactsForm, DecisionForm):
    kind = fields.choice(
        gettext_lazy("Decision"),
        [
            (kind.value, kind.label)
            for kind in (Kind.NOT_COUNTED, Kind.HANDED_OVER, Kind.ONE_PERSON, Kind.NO_COLLEAGUE)
        ],
    )
    employee = fields.text(
        gettext_lazy("Employee number"),
        required=False,
        help_text=gettext_lazy("Whose count it concerns; with nobody named, contacts count for nobody."),
    )
    field_order = ("kind", "employee", "platform", "handles", "reason", "evidence")

    def clean_employee(self) -> Employee | None:
        return PersonForm.clean_employee(self) if self.cleaned_data["employee"] else None  # type: ignore[arg-type]


class Adjust(OfCampaign):
    name = "adjust"
    title = gettext_lazy("Adjust what counts")
    form_class = AdjustForm

    def draft(self, thing: Campaign, data: dict[str, Any]) -> Draft:
        kind = Kind(data["kind"])
        of_all = kind in (Kind.ONE_PERSON, Kind.NO_COLLEAGUE)
        return Draft(
            campaign=thing,
            kind=kind,
            employee=None if of_all else data["employee"],
            contacts=data["contacts"],
            reason=data["reason"],
            evidence=data["evidence"],
        )


class TalksForm(ContactsForm):
    """A line a contact: the handle and the days on which both wrote. talks: what a preview carries on."""

    handles = handles(
        gettext_lazy("Contacts and days"),
        help_text=gettext_lazy(
            "One contact a line: the handle, then the days on which both wrote, such as 2026-12-30 2026-12-31. "
            "Handles are hashed, and neither kept nor logged."
        ),
    )
    talks = forms.CharField(required=False, max_length=100_000, widget=forms.HiddenInput())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("talks"):
            data["talks"] = "\n".join(self.found)
        return data

    def named(self, platform: str, lines: list[str]) -> frozenset[int]:
        self.found: list[str] = []
        for number, line in enumerate(lines, start=1):
            handle, _space, days = line.partition(" ")
            dates = " ".join(sorted(map(str, days_of(days, number))))
            self.found.append(f"{contact_of(platform, handle, number)} {dates}")
        return frozenset()


def talks_of(text: str) -> tuple[GrantedTalk, ...]:
    """Out of "contact day day", a line each."""
    talks: list[GrantedTalk] = []
    for line in text.splitlines():
        contact, _space, words = line.partition(" ")
        number, days = whole_number(contact), days_of(words, len(talks) + 1)
        if number is not None:
            talks.append(GrantedTalk(contact_id=number, sent=days, received=days))
    return tuple(talks)


class GrantForm(PersonForm, TalksForm, DecisionForm):
    field_order = ("employee", "platform", "handles", "reason", "evidence")


class Grant(OfCampaign):
    name = "grant"
    title = gettext_lazy("Grant days that are missing")
    form_class = GrantForm

    def draft(self, thing: Campaign, data: dict[str, Any]) -> Draft:
        return Draft(
            campaign=thing,
            kind=Kind.GRANTED,
            employee=data["employee"],
            talks=talks_of(data["talks"]),
            reason=data["reason"],
            evidence=data["evidence"],
        )


class GapForm(DecisionForm):
    source = fields.text(gettext_lazy("Source"))
    field_order = ("source", "reason", "evidence")

    def clean_source(self) -> str:
        name: str = self.cleaned_data["source"]
        if not Source.objects.filter(name=name).exists():
            raise forms.ValidationError(_("There is no source “%s”.") % name)
        return name


class AcceptGap(OfCampaign):
    """Closing over a source that does not speak for all days."""

    name, is_grave = "accept-gap", True
    title = gettext_lazy("Accept a source's gap")
    button = gettext_lazy("Show who used it")
    form_class = GapForm

    def is_open(self, thing: Campaign) -> bool:
        return super().is_open(thing) and bool(open_gaps(thing))

    def initial(self, thing: Campaign) -> dict[str, Any]:
        gaps = open_gaps(thing)
        return {"source": gaps[0].name} if gaps else {}

    def sentences(self, thing: Campaign, *, now: datetime) -> list[Any]:
        names = ", ".join(source.name for source in open_gaps(thing))
        return [
            _("Sources with a gap: %s.") % names,
            _("The result stands without what a gap may have left out; nothing is counted in its place."),
            *super().sentences(thing, now=now),
        ]

    def draft(self, thing: Campaign, data: dict[str, Any]) -> Draft:
        return Draft(
            campaign=thing,
            kind=Kind.GAP,
            source=Source.objects.get(name=data["source"]),
            reason=data["reason"],
            evidence=data["evidence"],
        )

    def more(self, draft: Draft) -> list[str]:
        result = latest_result(draft.campaign)
        if result is None or draft.source is None:
            raise Refused(_("There is no result yet."))
        return users_of_a_gap(who_used(draft.source, result))


def users_of_a_gap(used: list[list[Any]]) -> list[str]:
    """used: as apps.integrity.gaps.who_used gives them."""
    return [
        _("Place %(place)d, %(employee)s: %(count)d messages came through this source.")
        % {"place": rank, "employee": number, "count": count}
        for rank, number, count in used
    ]


def open_gaps(campaign: Campaign) -> list[Source]:
    """Sources with a gap that nobody has accepted yet."""
    accepted = {each.source_id for each in standing(campaign) if each.kind == Kind.GAP}
    fixed = campaign.fixed_sources.exclude(gaps=[]).exclude(source__in=accepted)
    return [each.source for each in fixed.select_related("source").order_by("source__name")]


OF_CAMPAIGN = (LeaveOut(), Adjust(), Grant(), AcceptGap())
for step in OF_CAMPAIGN:
    CampaignAdmin.add_step(step)
