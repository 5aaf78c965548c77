"""Everything that a campaign's form asks, besides the lines of its prizes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from apps.campaigns.divisions import Division
from apps.campaigns.further import LEAST_MEMBERS
from apps.console.guide.lines import amount, names, number
from bonus_tracker.admin_site import fields


def moment(label: Any, *, required: bool = True, help_text: Any = "") -> forms.SplitDateTimeField:
    widget = forms.SplitDateTimeWidget(date_format="%Y-%m-%d", time_format="%H:%M:%S")
    kinds = (("date", gettext_lazy("Day")), ("time", gettext_lazy("Time of day")))
    for part, (kind, said) in zip(widget.widgets, kinds, strict=True):
        part.input_type, part.attrs["aria-label"] = kind, said
    return forms.SplitDateTimeField(
        label=label, required=required, help_text=help_text, widget=widget, input_date_formats=["%Y-%m-%d"]
    )


def radio(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)


class Kept(forms.JSONField):
    """Divisions, which have a page of their own, as the form was opened with; a hidden field carries them."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> tuple[Division, ...]:
        try:
            return tuple(map(Division.of, super().clean(value) or ()))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error


class Questions(forms.Form):
    divisions = Kept(required=False)
    name_en = fields.text(gettext_lazy("Name in English"), required=False, longest=100)
    name_zh = fields.text(gettext_lazy("Name in Chinese"), required=False, longest=100)
    slug = fields.text(
        gettext_lazy("Short name (slug)"),
        required=False,
        longest=60,
        help_text=gettext_lazy(
            "The campaign's name in addresses and files. Left empty, it is made of the English name, or "
            "of the month; it stays."
        ),
    )
    contact = fields.text(
        gettext_lazy("Whom employees can ask"),
        required=False,
        help_text=gettext_lazy("A person or a desk; it is on the rules sheet."),
    )
    is_rehearsal = forms.ChoiceField(
        label=gettext_lazy("Real or rehearsal"),
        choices=[
            ("", gettext_lazy("Real: employees see it, and its prizes are paid")),
            ("yes", gettext_lazy("Rehearsal: HR alone sees it, and nothing is ever paid")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    starts_on = fields.day(
        gettext_lazy("First day"),
        help_text=gettext_lazy("It begins with this day. No earlier day counts."),
    )
    deadline = moment(
        gettext_lazy("Deadline"),
        help_text=gettext_lazy(
            "The first instant that no longer counts: for “until the end of 31 December” take 1 January, 00:00."
        ),
    )
    freeze_at = moment(
        gettext_lazy("The board freezes"),
        required=False,
        help_text=gettext_lazy(
            "From here on everybody sees places that stand still, and nobody knows what is missing for a prize. "
            "Empty: never."
        ),
    )
    grace_hours = forms.IntegerField(
        label=gettext_lazy("Hours of grace for late data"),
        help_text=gettext_lazy("How long after the deadline what was written before it may still arrive."),
    )
    objection_days = forms.IntegerField(
        label=gettext_lazy("Days for objections"),
        help_text=gettext_lazy("How long everybody may object to the provisional result."),
    )
    preset = forms.ChoiceField(label=gettext_lazy("Rule"), required=False, widget=forms.RadioSelect)
    window_days = number(gettext_lazy("Window in days"), help_text=gettext_lazy("Empty: the whole campaign."))
    min_sent_days = forms.IntegerField(label=gettext_lazy("Days the employee wrote"))
    min_received_days = forms.IntegerField(label=gettext_lazy("Days the contact wrote"))
    min_active_days = forms.IntegerField(label=gettext_lazy("Days on which either wrote"))
    min_mutual_days = forms.IntegerField(label=gettext_lazy("Days on which both wrote"))
    new_contacts_only = forms.BooleanField(label=gettext_lazy("New contacts only"), required=False)
    former_colleague_days = forms.IntegerField(
        label=gettext_lazy("Days a leaver still counts as a colleague")
    )
    entities = names(gettext_lazy("Legal entities"))
    departments = names(gettext_lazy("Departments, with all below them"))
    groups = names(gettext_lazy("Groups"))
    public_places = forms.IntegerField(
        label=gettext_lazy("Public places"),
        help_text=gettext_lazy("How far down the board shows names; everybody sees their own place anyway."),
    )
    currency = fields.text(
        gettext_lazy("Currency of all prizes"),
        longest=3,
        help_text=gettext_lazy("Three letters, such as CNY."),
    )
    contact_division = forms.ChoiceField(label=gettext_lazy("For whom"), required=False)
    contact_amount = amount(gettext_lazy("For each contact, after tax"))
    contact_most = number(gettext_lazy("Up to how many contacts"))
    department_level = number(
        gettext_lazy("Level of the departments"),
        least=0,
        help_text=gettext_lazy(
            "0: the department people belong to; 1: the topmost one above it; 2: the level below that."
        ),
    )
    department_members = number(gettext_lazy("Minimum members of a department"), least=LEAST_MEMBERS)
    tie_break = radio(
        gettext_lazy("What tells equals apart"),
        (
            ("conversation days", gettext_lazy("conversation days")),
            ("none", gettext_lazy("nothing")),
        ),
    )
    equals = radio(
        gettext_lazy("Those who are still equal"),
        (
            ("share", gettext_lazy("share the places and their prizes")),
            ("all", gettext_lazy("all get the prize of their place")),
        ),
    )
    per_person = radio(
        gettext_lazy("Everybody gets"),
        (
            ("several", gettext_lazy("every prize they won")),
            ("one", gettext_lazy("one: that of a place, else the largest")),
        ),
    )
    employed_at = radio(
        gettext_lazy("Winners must be employed"),
        (
            ("deadline", gettext_lazy("at the deadline")),
            ("result", gettext_lazy("until the result is sealed")),
        ),
    )
    excluded_groups = names(gettext_lazy("Groups that take part and win nothing"))
