"""The rules sheet: everything that employees are told about a campaign, kept word for word and hashed."""

import hashlib
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, override

from apps.audit.services import canonical
from apps.campaigns.models import Campaign, RulesSheet
from apps.campaigns.sheet_words import Section, sections


def keep_sheet(campaign: Campaign, *, now: datetime) -> RulesSheet | None:
    """The next version, when it says something else than the newest one; the caller holds the campaign's row.

    The words are kept too: a later release of the program changes nothing that was announced.
    """
    newest = campaign.rules_sheets.order_by("-version").first()
    languages = in_every_language(campaign)
    if newest is not None and newest.content["languages"] == languages:
        return None
    version = newest.version + 1 if newest else 1
    content = {"slug": campaign.slug, "version": version, "languages": languages}
    return RulesSheet.objects.create(
        campaign=campaign, version=version, content=content, sha256=hash_of(content), made_at=now
    )


def noted(sheet: RulesSheet | None) -> dict[str, Any]:
    """As the audit log says it, beside the act that made it."""
    return {"rules sheet": {"version": sheet.version, "sha256": sheet.sha256}} if sheet else {}


def in_every_language(campaign: Campaign) -> dict[str, Any]:
    """{code: [[title, [sentence, ...]], ...]}."""
    said = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            said[code] = [[section.title, list(section.sentences)] for section in sections(campaign)]
    return said


def hash_of(content: dict[str, Any]) -> str:
    """SHA-256, hexadecimal, over canonical JSON: keys sorted, no spaces, UTF-8."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def sections_of(sheet: RulesSheet) -> list[Section]:
    """In the reader's language, exactly as it was kept."""
    languages = sheet.content["languages"]
    said = languages.get(get_language(), languages["en"])
    return [Section(title, tuple(sentences)) for title, sentences in said]
