"""The form of a campaign: the same announcement, the same checks and sentences as a campaign file."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.campaigns.announcement import PARTICIPANTS, Announcement
from apps.campaigns.further import LEAST_MEMBERS, Awarding, Further, PerContact
from apps.campaigns.local_time import first_instant
from apps.campaigns.presets import NAMES, PRESETS, STEADY
from apps.campaigns.problems import Problem
from apps.campaigns.rule import Rule
from apps.campaigns.validation import problems
from apps.console.guide.lines import Departments, Goals, Lines, Places, amount, number
from apps.directory.models import Department, Group, LegalEntity
from bonus_tracker import clock
from bonus_tracker.admin_site import fields

OWN_NUMBERS = ""
LANGUAGES = {"name_en": "en", "name_zh": "zh-hans"}
RULE = tuple(Rule.__dataclass_fields__)
PLAIN = ("slug", "grace_hours", "objection_days", "public_places", "contact")
CHOSEN = ("tie_break", "equals", "per_person", "employed_at")  # of Awarding, one of two each
INSTANTS = ("deadline", "freeze_at")
FREE = frozenset({"name_en", "name_zh", "public_places", "contact"})  # FREE_AFTER_THE_START, as fields
FIELD_OF = {  # where a key of the file has another name here
    "name": "name_en",
    "starts_at": "starts_on",
    "rule.window": "window_days",
    "prizes.currency": "currency",
    "goals.currency": "currency",
    "per_contact.currency": "currency",
    "department_prizes.currency": "currency",
    "per_contact.net_amount": "contact_amount",
    "per_contact.most": "contact_most",
}
LINES = {"prizes": Places, "goals": Goals, "department_prizes": Departments}


def moment(label: Any, *, required: bool = True, help_text: Any = "") -> forms.SplitDateTimeField:
    widget = forms.SplitDateTimeWidget(
        date_format="%Y-%m-%d", time_format="%H:%M:%S", date_attrs={"autocomplete": "off"}
    )
    for part, kind in zip(widget.widgets, ("date", "time"), strict=True):
        part.input_type = kind
    return forms.SplitDateTimeField(
        label=label, required=required, help_text=help_text, widget=widget, input_date_formats=["%Y-%m-%d"]
    )


def names(label: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, required=False, widget=forms.CheckboxSelectMultiple)


def radio(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)


class Subject(NamedTuple):
    """What the form is about. slug: "" for a new campaign, else what stays. is_fixed: only FREE may change."""

    announcement: Announcement
    is_rehearsal: bool = False
    slug: str = ""
    is_announced: bool = False
    is_fixed: bool = False


class GuideForm(forms.Form):
    """Once valid, `announcement` is what was typed; `tables` are the lines of prizes, by key of the file."""

    name_en = fields.text(gettext_lazy("Name in English"), required=False, longest=100)
    name_zh = fields.text(gettext_lazy("Name in Chinese"), required=False, longest=100)
    slug = fields.text(gettext_lazy("Slug"), longest=60)
    contact = fields.text(gettext_lazy("Whom employees ask"), required=False)
    is_rehearsal = forms.TypedChoiceField(
        label=gettext_lazy("Real or rehearsal"),
        choices=[
            ("", gettext_lazy("Real: employees see it, and its prizes are paid")),
            ("yes", gettext_lazy("Rehearsal: HR alone sees it, and nothing is ever paid")),
        ],
        coerce=bool,
        empty_value=False,
        required=False,
        widget=forms.RadioSelect,
    )
    starts_on = fields.day(gettext_lazy("First day"))
    deadline = moment(gettext_lazy("Deadline"))
    freeze_at = moment(gettext_lazy("The board freezes"), required=False)
    grace_hours = forms.IntegerField(label=gettext_lazy("Hours of grace for late data"))
    objection_days = forms.IntegerField(label=gettext_lazy("Days for objections"))
    preset = forms.ChoiceField(
        label=gettext_lazy("Rule"), required=False, widget=forms.RadioSelect
    )
    window_days = number(gettext_lazy("Window in days"))
    min_sent_days = forms.IntegerField(label=gettext_lazy("Days the employee wrote"))
    min_received_days = forms.IntegerField(label=gettext_lazy("Days the contact wrote"))
    min_active_days = forms.IntegerField(label=gettext_lazy("Days with either"))
    min_mutual_days = forms.IntegerField(label=gettext_lazy("Days with both"))
    new_contacts_only = forms.BooleanField(label=gettext_lazy("New contacts only"), required=False)
    former_colleague_days = forms.IntegerField(
        label=gettext_lazy("Days a leaver still counts as a colleague")
    )
    entities = names(gettext_lazy("Legal entities"))
    departments = names(gettext_lazy("Departments, with all below them"))
    groups = names(gettext_lazy("Groups"))
    public_places = forms.IntegerField(label=gettext_lazy("Public places"))
    currency = fields.text(gettext_lazy("Currency of all prizes"), longest=3)
    contact_amount = amount(gettext_lazy("For each contact, after tax"))
    contact_most = number(gettext_lazy("For up to so many contacts"))
    department_level = number(gettext_lazy("Departments of the level"), least=0)
    department_members = number(gettext_lazy("Least members of a department"), least=LEAST_MEMBERS)
    tie_break = radio(
        gettext_lazy("What tells equals apart"),
        (
            ("conversation days", gettext_lazy("conversation days")),
            ("none", gettext_lazy("nothing")),
        ),
    )
    equals = radio(
        gettext_lazy("Who is still equal"),
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

    def __init__(self, subject: Subject, data: Any = None) -> None:
        self.subject = subject
        super().__init__(data, initial=initial(subject), use_required_attribute=False)
        self.tables: dict[str, Lines] = {
            key: made(data, prefix=key, initial=_rows(subject.announcement, key)) for key, made in LINES.items()
        }
        self._fill_in_choices()
        for name, field in self.fields.items():
            field.disabled = (
                (subject.is_fixed and name not in FREE)
                or (name == "slug" and bool(subject.slug))
                or (name == "is_rehearsal" and subject.is_announced)
            )

    def _fill_in_choices(self) -> None:
        directory: dict[str, list[str]] = {
            "entities": list(LegalEntity.objects.values_list("name", flat=True)),
            "departments": list(Department.objects.values_list("path", flat=True)),
            "groups": self.tables["goals"].groups,
        }
        directory["excluded_groups"] = directory["groups"]
        for field, known in directory.items():
            held = self.initial[field]
            self.fields[field].choices = [(name, name) for name in sorted({*known, *held})]  # type: ignore[attr-defined]
        choices = [*NAMES.items(), (OWN_NUMBERS, gettext_lazy("A rule of our own"))]
        self.fields["preset"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.subject.is_fixed:
            self._check(self._free_alone(data), data)
            return data
        for one, other in (("contact_amount", "contact_most"), ("contact_most", "contact_amount")):
            if data.get(one) is None and data.get(other) is not None and one not in self.errors:
                self.add_error(one, _("Fill in both fields of this prize, or neither."))
        tables_are_right = all([table.is_valid() for table in self.tables.values()])
        if not self.errors:
            self._check(self._announcement(data), data)
        if not tables_are_right and not self.errors:
            self.add_error(None, _("Some lines of prizes are not right yet."))
        return data

    def _announcement(self, data: dict[str, Any]) -> Announcement:
        values: dict[str, Any] = {name: data[name] for name in PLAIN}
        values |= {name: tuple(sorted(data[name])) for name in PARTICIPANTS}
        currency, most = data["currency"], data["contact_most"]
        further = Further(
            goals=self.tables["goals"].prizes(currency),
            per_contact=None if most is None else PerContact(data["contact_amount"], most, currency),
            departments=self.tables["department_prizes"].prizes(currency),
        )
        awarding = Awarding(
            **{name: data[name] for name in CHOSEN},
            excluded_groups=tuple(sorted(data["excluded_groups"])),
            department_level=data["department_level"] or 0,
            department_members=data["department_members"] or LEAST_MEMBERS,
        )
        return replace(
            self.subject.announcement,
            **values,
            name=self._name(data),
            starts_at=first_instant(data["starts_on"], clock.company_zone()),
            **{name: self._instant(name, data[name]) for name in INSTANTS},
            rule=self._rule(data),
            prizes=self.tables["prizes"].prizes(currency),
            further=further,
            awarding=awarding,
        )

    def _free_alone(self, data: dict[str, Any]) -> Announcement:
        places, contact = data.get("public_places"), data.get("contact", "")
        return replace(
            self.subject.announcement,
            name=self._name(data),
            contact=contact,
            public_places=places if places is not None else self.subject.announcement.public_places,
        )

    def _name(self, data: dict[str, Any]) -> dict[str, str]:
        others = {
            code: text
            for code, text in self.subject.announcement.name.items()
            if code not in LANGUAGES.values()
        }
        typed = {code: data.get(field, "").strip() for field, code in LANGUAGES.items()}
        return others | {code: text for code, text in typed.items() if text}

    def _instant(self, name: str, typed: datetime | None) -> datetime | None:
        """What was not touched stays, with the part of a second that no field shows."""
        held: datetime | None = getattr(self.subject.announcement, name)
        if typed is None:
            return None
        if held is not None and held.replace(microsecond=0) == typed:
            return held
        return typed.astimezone(UTC)

    def _rule(self, data: dict[str, Any]) -> Rule:
        """The preset just chosen, or the numbers; refuses both at once when they differ."""
        numbers = Rule(**{name: data[name] for name in RULE})
        chosen = PRESETS.get(data["preset"])
        if chosen is None or chosen == numbers or "preset" not in self.changed_data:
            return numbers
        if set(RULE).intersection(self.changed_data):
            self.add_error("preset", _("Choose a preset or change its numbers, not both at once."))
        return chosen

    def _check(self, announcement: Announcement, data: dict[str, Any]) -> None:
        self.announcement = announcement
        found = problems(
            announcement,
            zone=clock.company_zone(),
            now=clock.now(),
            is_rehearsal=bool(data.get("is_rehearsal")),
        )
        for problem in found:
            self._tell(problem)

    def _tell(self, problem: Problem) -> None:
        """At its field; of what is fixed nothing, for it was right when it was announced."""
        table, _dot, last = problem.key.rpartition(".")
        field = FIELD_OF.get(problem.key, last)
        if self.subject.is_fixed and field not in FREE:
            return
        if table in self.tables and problem.key not in FIELD_OF:
            self.tables[table].problems.append(problem.text)
            self.add_error(None, problem.text)
        elif field in self.fields:
            self.add_error(field, problem.text)
        else:
            self.add_error(None, str(problem))

    def more_of(self, table: str) -> None:
        """One more empty line."""
        self.tables[table].extra += 1


def initial(subject: Subject) -> dict[str, Any]:
    """What the fields show of an announcement."""
    it, zone = subject.announcement, clock.company_zone()
    values: dict[str, Any] = {name: getattr(it, name) for name in (*PLAIN, *INSTANTS)}
    values |= {name: list(getattr(it, name)) for name in PARTICIPANTS}
    values |= {field: it.name.get(code, "") for field, code in LANGUAGES.items()}
    values |= it.rule.as_dict() | it.awarding.as_dict()
    values["excluded_groups"] = list(it.awarding.excluded_groups)
    values["starts_on"] = it.starts_at.astimezone(zone).date()
    values["preset"] = next((name for name, preset in PRESETS.items() if preset == it.rule), OWN_NUMBERS)
    values["is_rehearsal"] = "yes" if subject.is_rehearsal else ""
    used = {prize.currency for prize in it.prizes} | it.further.currencies()
    values["currency"] = min(used, default="CNY")
    if each := it.further.per_contact:
        values |= {"contact_amount": each.net_amount, "contact_most": each.most}
    return values


def _rows(it: Announcement, table: str) -> list[dict[str, Any]]:
    lines: Iterable[Any] = {
        "prizes": it.prizes,
        "goals": it.further.goals,
        "department_prizes": it.further.departments,
    }[table]
    return [vars(line) | {"min_score": getattr(line, "min_score", 0) or None} for line in lines]
