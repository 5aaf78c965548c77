"""The divisions of a campaign: a page of it, with a few rows of fields."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.campaigns.announcement import Announcement, PrizeLine
from apps.campaigns.division_words import division_sentences
from apps.campaigns.divisions import BELONGING, Division, divisions_of
from apps.campaigns.models import Campaign
from apps.campaigns.problems import CampaignError
from apps.campaigns.services import announce
from apps.directory.models import Department, Group, LegalEntity
from bonus_tracker import clock
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.steps import Step

ROWS = 4  # more are announced by a file
NAMES = {"name_en": "en", "name_zh": "zh-hans"}
LABELS = {
    "key": gettext_lazy("key, such as sales"),
    "name_en": gettext_lazy("name in English"),
    "name_zh": gettext_lazy("name in Chinese"),
    "entities": gettext_lazy("legal entities"),
    "departments": gettext_lazy("departments, with all below them"),
    "groups": gettext_lazy("groups"),
}


class DivisionsForm(forms.Form):
    """A few fields a division; a row without a key is none. The last one has everybody else."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {
            "entities": list(LegalEntity.objects.values_list("name", flat=True)),
            "departments": list(Department.objects.values_list("path", flat=True)),
            "groups": list(Group.objects.values_list("name", flat=True)),
        }
        for row in range(1, ROWS + 1):
            for name, label in LABELS.items():
                numbered = _("Division %(row)d: %(field)s") % {"row": row, "field": label}
                if name in BELONGING:
                    held = self.initial.get(f"{name}_{row}", ())
                    choices = [(each, each) for each in sorted({*known[name], *held})]
                    field: forms.Field = forms.MultipleChoiceField(
                        label=numbered, required=False, choices=choices
                    )
                else:
                    field = fields.text(numbered, longest=100, required=False)
                self.fields[f"{name}_{row}"] = field

    def divisions(self) -> tuple[Division, ...]:
        return tuple(self._rows())

    def _rows(self) -> Iterator[Division]:
        for row in range(1, ROWS + 1):
            said = {name: self.cleaned_data[f"{name}_{row}"] for name in LABELS}
            if said["key"].strip():
                names = {code: said[name].strip() for name, code in NAMES.items() if said[name].strip()}
                lists = {kind: tuple(sorted(said[kind])) for kind in BELONGING}
                yield Division(said["key"].strip(), names, **lists)


class Divisions(Step):
    name = "divisions"
    title = gettext_lazy("Divisions")
    button = gettext_lazy("Save")
    permission = "campaigns.change_campaign"
    form_class = DivisionsForm
    refusals = (CampaignError,)

    def is_open(self, thing: Campaign) -> bool:
        """While everything may change, and what there is fits the form; more is announced by a file."""
        return not thing.is_fixed(now=clock.now()) and len(thing.divisions) <= ROWS

    def sentences(self, thing: Campaign, *, now: datetime) -> list[str | Promise]:  # noqa: ARG002
        return [
            _(
                "Each division has places, a board and prizes of its own; without any, all compete on one board."
            ),
            _(
                "Everybody belongs to the first one that fits; the last one names nobody and has everybody else."
            ),
            _("Prizes that name no division yet go to the first; change that on the page of the campaign."),
            *division_sentences(thing),
        ]

    def initial(self, thing: Campaign) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for row, division in enumerate(divisions_of(thing), start=1):
            values |= {f"{kind}_{row}": list(getattr(division, kind)) for kind in BELONGING}
            values |= {f"{name}_{row}": division.name.get(code, "") for name, code in NAMES.items()}
            values[f"key_{row}"] = division.key
        return values

    def take(self, request: HttpRequest, thing: Campaign, form: Any, *, now: datetime) -> str:
        before, divisions = Announcement.of(thing), form.divisions()
        announce(
            replace(before, divisions=divisions, prizes=_given_to(divisions, before.prizes)),
            actor=request.user.get_username(),
            now=now,
            is_rehearsal=thing.is_rehearsal,
            draft=thing.state == Campaign.State.DRAFT,
        )
        return _("Saved; this is what everybody will read: %s") % " ".join(
            division_sentences(Campaign.objects.get(pk=thing.pk))
        )


def _given_to(divisions: tuple[Division, ...], prizes: tuple[PrizeLine, ...]) -> tuple[PrizeLine, ...]:
    """Who has none yet gets the first; where there are no divisions any more, prizes name none."""
    if not divisions:
        return tuple(sorted(replace(prize, division="") for prize in prizes))
    first = divisions[0].key
    return tuple(sorted(replace(prize, division=prize.division or first) for prize in prizes))
