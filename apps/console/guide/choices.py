"""The presets as big choices, each with its rule in words."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.campaigns.presets import EVERYONE_CAN, NEW_PEOPLE, PRESETS, STEADY, WHOLE_CAMPAIGN
from apps.campaigns.words import whom_it_counts
from apps.console.guide.forms import OWN_NUMBERS
from bonus_tracker import clock

GOOD_FOR: dict[str, Promise] = {
    STEADY: _("For almost everything: real talk, not one burst of it."),
    WHOLE_CAMPAIGN: _("For short campaigns: every day since the start counts."),
    NEW_PEOPLE: _("To win contacts whom nobody in the company knew before."),
    EVERYONE_CAN: _("For small goals, never for the prize of a place: two mass greetings pass it."),
    OWN_NUMBERS: _("Set each number below; the rule in words says what it amounts to."),
}


@dataclass(frozen=True)
class Card:
    choice: Any  # the radio button
    good_for: Promise
    words: str


def preset_cards(form: forms.Form, starts_at: datetime) -> list[Card]:
    starts_on = starts_at.astimezone(clock.company_zone()).date()
    return [
        Card(choice, GOOD_FOR[choice.data["value"]], _words(choice.data["value"], starts_on))
        for choice in form["preset"].subwidgets
    ]


def _words(preset: str, starts_on: date) -> str:
    return whom_it_counts(PRESETS[preset], starts_on) if preset in PRESETS else ""


def presets_as_json() -> dict[str, dict[str, Any]]:
    return {name: rule.as_dict() for name, rule in PRESETS.items()}
