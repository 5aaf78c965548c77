"""Prizes for goals, contacts and departments, and how prizes are given: a page of the campaign."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.campaigns.admin.prizes import is_open
from apps.campaigns.announcement import Announcement
from apps.campaigns.further import LEAST_MEMBERS, Awarding, DepartmentPrize, Further, Goal, PerContact
from apps.campaigns.models import Campaign
from apps.campaigns.prize_words import prize_sentences
from apps.campaigns.problems import CampaignError
from apps.campaigns.services import announce
from apps.directory.models import Group
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.steps import Step

TIE_BREAKS = (
    ("conversation days", gettext_lazy("conversation days")),
    ("none", gettext_lazy("nothing")),
)
EQUALS = (
    ("share", gettext_lazy("share the places and their prizes")),
    ("all", gettext_lazy("all get the prize of their place")),
)
PER_PERSON = (
    ("several", gettext_lazy("every prize they won")),
    ("one", gettext_lazy("one: that of a place, else the largest")),
)
EMPLOYED_AT = (
    ("deadline", gettext_lazy("at the deadline")),
    ("result", gettext_lazy("until the result is sealed")),
)


def _number(label: Any, *, least: int = 1, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=least, help_text=help_text)


def _amount(label: Any) -> forms.DecimalField:
    widget = forms.NumberInput({"autocomplete": "off"})
    return forms.DecimalField(label=label, required=False, max_digits=14, decimal_places=2, widget=widget)


def _groups(label: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, required=False)


class FurtherForm(forms.Form):
    """Each prize by its two or three fields; empty ones mean that there is no such prize."""

    goal_contacts = _number(gettext_lazy("Goal: so many active contacts"))
    goal_amount = _amount(gettext_lazy("Goal: amount after tax"))
    goal_pro_rata = forms.BooleanField(
        label=gettext_lazy("Goal: pro rata for who joins during the campaign"),
        required=False,
    )
    goal_exempt = _groups(gettext_lazy("Goal: exempt groups"))
    contact_amount = _amount(gettext_lazy("Each contact: amount after tax"))
    contact_most = _number(gettext_lazy("Each contact: up to so many"))
    department_amount = _amount(gettext_lazy("Best department: amount after tax, shared by its members"))
    department_level = _number(
        gettext_lazy("Departments of the level"),
        least=0,
        help_text=gettext_lazy("0: the department people belong to; 1: its topmost one; 2: the one below."),
    )
    department_members = _number(gettext_lazy("Least members of a department"), least=LEAST_MEMBERS)
    currency = fields.text(gettext_lazy("Currency"), longest=3)
    tie_break = fields.choice(gettext_lazy("What tells equals apart"), TIE_BREAKS)
    equals = fields.choice(gettext_lazy("Who is still equal"), EQUALS)
    per_person = fields.choice(gettext_lazy("Everybody gets"), PER_PERSON)
    employed_at = fields.choice(gettext_lazy("Winners must be employed"), EMPLOYED_AT)
    excluded_groups = _groups(gettext_lazy("Groups that take part and win nothing"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(name, name) for name in Group.objects.values_list("name", flat=True)]
        for field in ("goal_exempt", "excluded_groups"):
            self.fields[field].choices = names  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for one, other in (("goal_contacts", "goal_amount"), ("contact_most", "contact_amount")):
            if (data.get(one) is None) != (data.get(other) is None) and not self.errors:
                self.add_error(other, _("Fill in both fields of this prize, or neither."))
        return data

    def further(self) -> Further:
        data = self.cleaned_data
        currency, contacts, most = data["currency"], data["goal_contacts"], data["contact_most"]
        goal = contacts and Goal(
            contacts, data["goal_amount"], currency, data["goal_pro_rata"], tuple(sorted(data["goal_exempt"]))
        )
        department = data["department_amount"] is not None and DepartmentPrize(
            1, data["department_amount"], currency
        )
        return Further(
            goals=(goal,) if goal else (),
            per_contact=PerContact(data["contact_amount"], most, currency) if most else None,
            departments=(department,) if department else (),
        )

    def awarding(self) -> Awarding:
        data = self.cleaned_data
        return Awarding(
            tie_break=data["tie_break"],
            equals=data["equals"],
            per_person=data["per_person"],
            employed_at=data["employed_at"],
            excluded_groups=tuple(sorted(data["excluded_groups"])),
            department_level=data["department_level"] or 0,
            department_members=data["department_members"] or LEAST_MEMBERS,
        )


class FurtherPrizes(Step):
    name = "further-prizes"
    title = gettext_lazy("Further prizes")
    button = gettext_lazy("Save")
    permission = "campaigns.change_campaign"
    form_class = FurtherForm
    refusals = (CampaignError,)

    def is_open(self, thing: Campaign) -> bool:
        """While everything may change, and what there is fits the form; more is announced by a file."""
        further = Further.of(thing.further)
        fits = len(further.goals) <= 1 and [prize.place for prize in further.departments] in ([], [1])
        return is_open(thing) and fits

    def sentences(self, thing: Campaign, *, now: datetime) -> list[str | Promise]:  # noqa: ARG002
        return [
            _("These come beside the prizes for places. Leave out what there shall not be."),
            *prize_sentences(thing),
        ]

    def initial(self, thing: Campaign) -> dict[str, Any]:
        further, awarding = Further.of(thing.further), Awarding.of(thing.awarding)
        values = awarding.as_dict() | {"goal_pro_rata": True, "currency": _currency(thing, further)}
        for goal in further.goals:
            values |= {"goal_contacts": goal.contacts, "goal_amount": goal.net_amount}
            values |= {"goal_pro_rata": goal.pro_rata, "goal_exempt": goal.exempt_groups}
        if each := further.per_contact:
            values |= {"contact_amount": each.net_amount, "contact_most": each.most}
        for prize in further.departments:
            values["department_amount"] = prize.net_amount
        return values

    def take(self, request: HttpRequest, thing: Campaign, form: Any, *, now: datetime) -> str:
        announcement = replace(Announcement.of(thing), further=form.further(), awarding=form.awarding())
        announce(
            announcement,
            actor=request.user.get_username(),
            now=now,
            is_rehearsal=thing.is_rehearsal,
            draft=thing.state == Campaign.State.DRAFT,
        )
        return _("Saved; this is what everybody will read: %s") % " ".join(
            prize_sentences(Campaign.objects.get(pk=thing.pk))
        )


def _currency(thing: Campaign, further: Further) -> str:
    used = further.currencies() | {prize.currency for prize in thing.prizes.all()}
    return min(used, default="CNY")
