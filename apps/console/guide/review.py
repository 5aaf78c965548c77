"""The rules sheet to approve: as it would be in force, and what changes against the version that is."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, get_language_info

from apps.campaigns.announcement import Announcement
from apps.campaigns.models import Campaign
from apps.campaigns.rules_sheet import in_every_language
from apps.campaigns.services import as_if_saved
from apps.console.guide.said import said_of

Languages = dict[str, Any]  # as a rules sheet keeps them


@dataclass(frozen=True)
class Line:
    """sign: "+" what comes, "-" what goes, "" the title of a section."""

    sign: str
    text: str


@dataclass(frozen=True)
class Changes:
    """What a rules sheet would say instead, a list for each language; version: which it would be."""

    lines: list[tuple[str, list[Line]]]
    version: int


def context(campaign: Campaign, *, now: datetime) -> dict[str, Any]:
    newest = campaign.rules_sheets.order_by("-version").first()
    languages = in_every_language(campaign)
    codes = sorted((code for code, _name in settings.LANGUAGES), key=lambda code: code != get_language())
    return {
        "campaign": campaign,
        "said": said_of(campaign, now=now),
        "languages": [(code, name_of(code), languages[code]) for code in codes],  # the reader's first
        "newest": newest,
        "changed": difference(newest.content["languages"], languages) if newest else [],
    }


def changes_by(
    announcement: Announcement, campaign: Campaign, *, is_rehearsal: bool, now: datetime
) -> Changes:
    """What saving would change for those who read the sheet. Raises InvalidCampaign."""
    newest = campaign.rules_sheets.order_by("-version").first()
    before = newest.content["languages"] if newest else in_every_language(campaign)
    with as_if_saved(announcement, campaign, is_rehearsal=is_rehearsal, now=now) as trial:
        after = in_every_language(trial)
    return Changes(difference(before, after), newest.version + 1 if newest else 1)


def difference(before: Languages, after: Languages) -> list[tuple[str, list[Line]]]:
    """(language, lines) of each language in which something differs."""
    found = ((name_of(code), list(_lines(before.get(code, []), after[code]))) for code in after)
    return [(name, lines) for name, lines in found if lines]


def _lines(before: list[Any], after: list[Any]) -> Iterator[Line]:
    old = dict(before)
    for title, sentences in after:
        differing = [
            Line(line[0], line[2:])
            for line in difflib.ndiff(old.get(title, []), sentences)
            if line[0] in "+-"
        ]
        if differing:
            yield Line("", title)
            yield from differing


def name_of(code: str) -> str:
    return str(get_language_info(code)["name_local"])
