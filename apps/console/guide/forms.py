"""The form of a campaign: the same announcement, the same checks and sentences as a campaign file."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.campaigns.announcement import PARTICIPANTS, Announcement
from apps.campaigns.divisions import Division
from apps.campaigns.further import LEAST_MEMBERS, Awarding, Further, PerContact
from apps.campaigns.local_time import first_instant
from apps.campaigns.presets import NAMES, PRESETS
from apps.campaigns.problems import Problem
from apps.campaigns.rule import Rule
from apps.campaigns.toml_table import FIRST_YEAR, LAST_YEAR
from apps.campaigns.validation import problems
from apps.console.guide.lines import Departments, Goals, Lines, Places, offer, offer_divisions
from apps.console.guide.periods import free_slug
from apps.console.guide.questions import Questions
from apps.directory.models import Department, LegalEntity
from bonus_tracker import clock

OWN_NUMBERS = ""
LANGUAGES = {"name_en": "en", "name_zh": "zh-hans"}
RULE = tuple(Rule.__dataclass_fields__)
PLAIN = ("divisions", "slug", "grace_hours", "objection_days", "public_places", "contact")
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
    "per_contact.division": "contact_division",
}
LINES = {"prizes": Places, "goals": Goals, "department_prizes": Departments}


class Subject(NamedTuple):
    """What the form is about. slug: "" for a new campaign, else what stays. is_fixed: only FREE may change."""

    announcement: Announcement
    is_rehearsal: bool = False
    slug: str = ""
    is_announced: bool = False
    is_fixed: bool = False


class GuideForm(Questions):
    """Once valid, `announcement` is what was typed; `tables` are the lines of prizes, by key of the file."""

    def __init__(self, subject: Subject, data: Any = None) -> None:
        self.subject = subject
        super().__init__(data, initial=initial(subject), use_required_attribute=False, label_suffix="")
        divisions = self._divisions(data)
        self.tables: dict[str, Lines] = {
            key: made(
                data,
                prefix=key,
                initial=_rows(subject.announcement, key),
                divisions=divisions,
            )
            for key, made in LINES.items()
        }
        offer_divisions(self, "contact_division", divisions)
        self._fill_in_choices()
        for name, field in self.fields.items():
            field.disabled = (
                (subject.is_fixed and name not in FREE)
                or (name == "slug" and bool(subject.slug))
                or (name == "is_rehearsal" and subject.is_announced)
            )

    def _divisions(self, data: Any) -> tuple[Division, ...]:
        """Of which a prize may be: those that the form carries."""
        if data is None or self.subject.is_fixed:
            return self.subject.announcement.divisions
        try:
            return self.base_fields["divisions"].clean(data.get("divisions"))
        except ValidationError:
            return ()  # told at the field

    def _fill_in_choices(self) -> None:
        directory: dict[str, list[str]] = {
            "entities": list(LegalEntity.objects.values_list("name", flat=True)),
            "departments": list(Department.objects.values_list("path", flat=True)),
            "groups": self.tables["goals"].groups,
        }
        directory["excluded_groups"] = directory["groups"]
        for field, known in directory.items():
            offer(self, field, known)
        self.fields["preset"].choices = preset_choices()  # type: ignore[attr-defined]

    def clean_slug(self) -> str:
        typed: str = self.cleaned_data["slug"]
        return typed or slugify(self.cleaned_data.get("name_en", ""))[:60].strip("-")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.subject.is_fixed:
            self._check(self._free_alone(data), data)
            return data
        if not data.get("slug") and data.get("name_zh") and data.get("starts_on"):
            data["slug"] = free_slug("campaign", data["starts_on"])
        for name in ("starts_on", *INSTANTS):
            if (typed := data.get(name)) and not FIRST_YEAR <= typed.year <= LAST_YEAR:
                self.add_error(name, _("The year %d is no year for a campaign; correct it.") % typed.year)
        for one, other in (("contact_amount", "contact_most"), ("contact_most", "contact_amount")):
            if data.get(one) is None and data.get(other) is not None and one not in self.errors:
                self.add_error(one, _("Fill in both fields of this prize, or neither."))
        tables_are_right = all(table.is_valid() for table in self.tables.values())
        if not self.errors:
            self._check(self._announcement(data), data)
        if not tables_are_right and not self.errors:
            self.add_error(None, _("Some lines of prizes are not right yet."))
        return data

    def _announcement(self, data: dict[str, Any]) -> Announcement:
        values: dict[str, Any] = {name: data[name] for name in PLAIN}
        values |= {name: tuple(sorted(data[name])) for name in PARTICIPANTS}
        values |= {name: self._instant(name, data[name]) for name in INSTANTS}
        currency = data["currency"]
        further = Further(
            goals=self.tables["goals"].prizes(currency),
            per_contact=None if data["contact_most"] is None else _per_contact(data, currency),
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
            rule=rule_of(self, data),
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
        if problem.key == "slug" and not self.announcement.slug:
            self.add_error(
                "slug", _("Give the campaign a name; its short name is made of that, or typed here.")
            )
        elif table in self.tables and problem.key not in FIELD_OF:
            self.tables[table].problems.append(problem.text)
            self.add_error(None, problem.text)
        elif field in self.fields:
            self.add_error(field, problem.text)
        else:
            self.add_error(None, str(problem))

    @property
    def shows_numbers(self) -> bool:
        """Of the rule, because they are one's own or wrong."""
        return bool({*RULE, "preset"} & self.errors.keys()) or self["preset"].value() == OWN_NUMBERS

    @property
    def has_further(self) -> bool:
        """Whether to show those prizes at once."""
        of_lines = (self.tables[key] for key in ("goals", "department_prizes"))
        return (
            bool(self.subject.announcement.further)
            or (self.is_bound and any(self[name].value() for name in ("contact_amount", "contact_most")))
            or any(table.is_bound and table.has_changed() for table in of_lines)
        )

    @property
    def has_awarding(self) -> bool:
        changed = {*CHOSEN, "excluded_groups"} & set(self.changed_data if self.is_bound else ())
        return self.subject.announcement.awarding != Awarding() or bool(changed)

    def what_is_wrong(self) -> list[tuple[str, str, str]]:
        """(id of the field or "", its label, sentence) of everything, in the order of the form."""
        if not self.is_bound:
            return []
        found = [
            (_first_id(self[name]), str(self[name].label), str(text))
            if name in self.fields
            else ("", "", str(text))
            for name, texts in self.errors.items()
            for text in texts
        ]
        for table in self.tables.values():
            for line in table.forms:
                found += [
                    (line[name].id_for_label, str(line[name].label), str(text))
                    for name, texts in line.errors.items()
                    if name in line.fields
                    for text in texts
                ]
        return found


def _per_contact(data: dict[str, Any], currency: str) -> PerContact:
    division = data.get("contact_division", "")
    return PerContact(data["contact_amount"], data["contact_most"], currency, division)


def _first_id(bound: BoundField) -> str:
    """Of its only box, or the first of several: a date and a time have no label of their own."""
    return bound.id_for_label or f"{bound.auto_id}_0"


def preset_choices() -> list[tuple[str, Any]]:
    return [*NAMES.items(), (OWN_NUMBERS, gettext_lazy("A rule of our own"))]


def preset_of(rule: Rule) -> str:
    return next((name for name, preset in PRESETS.items() if preset == rule), OWN_NUMBERS)


def rule_of(form: forms.Form, data: dict[str, Any]) -> Rule:
    """The preset just chosen, or the numbers; refuses both at once when they differ."""
    numbers = Rule(**{name: data[name] for name in RULE})
    chosen = PRESETS.get(data["preset"])
    if chosen is None or chosen == numbers or "preset" not in form.changed_data:
        return numbers
    if set(RULE).intersection(form.changed_data):
        form.add_error("preset", _("Choose a preset or change its numbers, not both at once."))
    return chosen


def initial(subject: Subject) -> dict[str, Any]:
    """What the fields show of an announcement."""
    it, zone = subject.announcement, clock.company_zone()
    values: dict[str, Any] = {name: getattr(it, name) for name in (*PLAIN, *INSTANTS)}
    values |= {name: list(getattr(it, name)) for name in PARTICIPANTS}
    values["divisions"] = [division.as_json() for division in it.divisions]
    values |= {field: it.name.get(code, "") for field, code in LANGUAGES.items()}
    values |= it.rule.as_dict() | it.awarding.as_dict()
    values["excluded_groups"] = list(it.awarding.excluded_groups)
    values["starts_on"] = it.starts_at.astimezone(zone).date()
    values["preset"] = preset_of(it.rule)
    values["is_rehearsal"] = "yes" if subject.is_rehearsal else ""
    used = {prize.currency for prize in it.prizes} | it.further.currencies()
    values["currency"] = min(used, default="CNY")
    if each := it.further.per_contact:
        values |= {"contact_amount": each.net_amount, "contact_most": each.most}
        values["contact_division"] = each.division
    return values


def _rows(it: Announcement, table: str) -> list[dict[str, Any]]:
    lines: Iterable[Any] = {
        "prizes": it.prizes,
        "goals": it.further.goals,
        "department_prizes": it.further.departments,
    }[table]
    return [vars(line) | {"min_score": getattr(line, "min_score", 0) or None} for line in lines]
