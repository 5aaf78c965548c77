"""The other rule of a preview."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

from django import forms

from apps.campaigns.announcement import Announcement
from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule
from apps.campaigns.validation import problems
from apps.console.guide.forms import FIELD_OF, RULE, preset_choices, preset_of, rule_of
from apps.console.guide.questions import Questions
from bonus_tracker import clock


class RuleForm(forms.Form):
    """Asks for a rule as the campaign's form does. Once valid, `rule` is what was chosen."""

    def __init__(self, campaign: Campaign, rule: Rule, data: Any = None) -> None:
        """rule: what is shown first."""
        values = rule.as_dict() | {"preset": preset_of(rule)}
        super().__init__(data, initial=values, use_required_attribute=False, label_suffix="")
        self.campaign = campaign
        for name in ("preset", *RULE):
            self.fields[name] = deepcopy(Questions.base_fields[name])
        self.fields["preset"].choices = preset_choices()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            self.rule = rule_of(self, data)
            self._check()
        return data

    def _check(self) -> None:
        announcement = replace(Announcement.of(self.campaign), rule=self.rule)
        for problem in problems(announcement, zone=clock.company_zone(), now=clock.now(), is_rehearsal=True):
            table, _dot, last = problem.key.rpartition(".")
            if table == "rule":
                self.add_error(FIELD_OF.get(problem.key, last), problem.text)

    @property
    def shows_numbers(self) -> bool:
        return bool({*RULE, "preset"} & self.errors.keys()) or self["preset"].value() == ""
