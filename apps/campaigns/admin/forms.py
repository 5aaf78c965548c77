"""The form of a campaign: the same announcement, the same checks and sentences as a campaign file."""

import json
from typing import Any

from django import forms
from django.forms import inlineformset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminSelect2MultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from apps.campaigns.admin.prizes import is_open
from apps.campaigns.announcement import PARTICIPANTS, PLAIN, Announcement, PrizeLine
from apps.campaigns.divisions import divisions_of
from apps.campaigns.further import Awarding, Further
from apps.campaigns.models import Campaign, Prize
from apps.campaigns.presets import NAMES, PRESETS
from apps.campaigns.problems import Problem
from apps.campaigns.rule import Rule
from apps.campaigns.validation import problems
from apps.directory.models import Department, Group, LegalEntity
from bonus_tracker import clock

LANGUAGES = {"name_en": "en", "name_zh": "zh-hans"}
RULE = tuple(Rule.__dataclass_fields__)
INSTANTS = ("starts_at", "deadline", "freeze_at")
OWN_NUMBERS = ""
FIELD_OF = {"rule.window": "window_days", "name": "name_en"}  # where a key of the file has another name here


class PrizeRow(forms.ModelForm):
    """As it was typed. The division is no field of the model here: the announcement's checks tell what is twice."""

    division = forms.CharField(required=False, max_length=40)


Prizes = inlineformset_factory(
    Campaign, Prize, form=PrizeRow, fields=("place", "net_amount", "currency", "min_score"), extra=0
)


def _name(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=100, widget=UnfoldAdminTextInputWidget())


def _names(label: Any) -> forms.MultipleChoiceField:
    widget = UnfoldAdminSelect2MultipleWidget()
    return forms.MultipleChoiceField(label=label, required=False, widget=widget)


class CampaignForm(forms.ModelForm):
    """Fields that what was announced fixes are not in `fields`; then the campaign's own values stand."""

    name_en = _name(gettext_lazy("Name in English"))
    name_zh = _name(gettext_lazy("Name in Chinese"))
    preset = forms.ChoiceField(
        label=gettext_lazy("Preset"),
        required=False,
        widget=UnfoldAdminSelectWidget(),
        help_text=gettext_lazy("Fills in the numbers below; change one, and it is a rule of your own."),
    )
    entities = _names(gettext_lazy("Legal entities"))
    departments = _names(gettext_lazy("Departments, with all below them"))
    groups = _names(gettext_lazy("Groups"))

    class Meta:
        model = Campaign
        fields = (
            "slug",
            "is_rehearsal",
            "starts_at",
            "deadline",
            "freeze_at",
            "grace_hours",
            "objection_days",
            "public_places",
            "contact",
            *RULE,
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field, language in LANGUAGES.items():
            self._start(field, self.instance.name.get(language, ""))
        for field in INSTANTS:
            if field in self.fields:  # some languages leave out the seconds, and saving would lose them
                on, at = self.fields[field].widget.widgets
                on.format, at.format = "%Y-%m-%d", "%H:%M:%S"
        if "preset" in self.fields:
            choices = [(OWN_NUMBERS, _("A rule of our own")), *NAMES.items()]
            self.fields["preset"].choices = choices  # type: ignore[attr-defined]
            self.fields["preset"].widget.attrs["data-presets"] = _as_json(PRESETS)
            rule = Rule.of(self.instance)
            fitting = [name for name, preset in PRESETS.items() if preset == rule]
            self._start("preset", fitting[0] if fitting else OWN_NUMBERS)
        for field, names in self._directory().items():
            if field in self.fields:
                held = getattr(self.instance, field)
                choices = [(name, name) for name in sorted({*names, *held})]
                self.fields[field].choices = choices  # type: ignore[attr-defined]

    def _start(self, field: str, value: Any) -> None:
        if field in self.fields:
            self.initial.setdefault(field, value)

    def _directory(self) -> dict[str, list[str]]:
        return {
            "entities": list(LegalEntity.objects.values_list("name", flat=True)),
            "departments": list(Department.objects.values_list("path", flat=True)),
            "groups": list(Group.objects.values_list("name", flat=True)),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            rule = self._rule(data)
            self.announcement = self._announcement(data, rule)
            for problem in self._problems(data):
                self._tell(problem)
        return data

    def _rule(self, data: dict[str, Any]) -> Rule:
        """The preset just chosen, or the numbers; refuses both at once when they differ."""
        numbers = Rule(**{name: data.get(name, getattr(self.instance, name)) for name in RULE})
        chosen = PRESETS.get(data.get("preset", OWN_NUMBERS))
        if chosen is None or chosen == numbers or "preset" not in self.changed_data:
            return numbers
        if set(RULE).intersection(self.changed_data):
            self.add_error("preset", _("Choose a preset or change its numbers, not both at once."))
        return chosen

    def _announcement(self, data: dict[str, Any], rule: Rule) -> Announcement:
        def says(name: str) -> Any:
            return data.get(name, getattr(self.instance, name))

        values: dict[str, Any] = {name: says(name) for name in PLAIN if name != "name"}
        values |= {name: tuple(sorted(says(name))) for name in PARTICIPANTS}
        kept = {code: text for code, text in self.instance.name.items() if code not in LANGUAGES.values()}
        typed = {code: data[field].strip() for field, code in LANGUAGES.items()}
        names = kept | {code: text for code, text in typed.items() if text}
        return Announcement(
            **values,
            name=names,
            rule=rule,
            prizes=self._prizes(),
            further=Further.of(self.instance.further),
            awarding=Awarding.of(self.instance.awarding),
            divisions=divisions_of(self.instance),
        )

    def _prizes(self) -> tuple[PrizeLine, ...]:
        """As typed in the rows below the form, whose own mistakes are told there."""
        if not is_open(self.instance):
            return Announcement.of(self.instance).prizes
        rows = Prizes(self.data, instance=self.instance, prefix="prizes")
        rows.is_valid()
        lines = [
            PrizeLine(
                row.cleaned_data["place"],
                row.cleaned_data["net_amount"],
                row.cleaned_data["currency"],
                row.cleaned_data.get("min_score") or 0,
                row.cleaned_data.get("division") or "",
            )
            for row in rows.forms
            if row.is_valid() and row.cleaned_data.get("place") and not row.cleaned_data.get("DELETE")
        ]
        return tuple(sorted(lines))

    def _problems(self, data: dict[str, Any]) -> list[Problem]:
        now = clock.now()
        found = problems(
            self.announcement,
            zone=clock.company_zone(),
            now=now,
            is_rehearsal=data.get("is_rehearsal", self.instance.is_rehearsal),
        )
        announced = not is_open(self.instance)
        return [problem for problem in found if not announced or self._field(problem) in self.fields]

    def _tell(self, problem: Problem) -> None:
        field = self._field(problem)
        known = field in self.fields
        self.add_error(field if known else None, problem.text if known else str(problem))

    def _field(self, problem: Problem) -> str:
        return FIELD_OF.get(problem.key, problem.key.rpartition(".")[2])


def _as_json(presets: dict[str, Rule]) -> str:
    return json.dumps({name: rule.as_dict() for name, rule in presets.items()})
