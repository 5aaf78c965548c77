"""Campaign files: TOML to an announcement, with every mistake named at once."""

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from apps.campaigns.announcement import PARTICIPANTS, Announcement
from apps.campaigns.divisions import BELONGING, Division
from apps.campaigns.presets import PRESETS, STEADY
from apps.campaigns.prize_files import awarding, further, places
from apps.campaigns.problems import InvalidCampaign, Problem
from apps.campaigns.rule import Rule
from apps.campaigns.toml_table import Table
from apps.campaigns.validation import problems

LARGEST_FILE = 1_048_576  # bytes


class UnreadableFile(Exception):
    """The file is not there, or is no TOML; one sentence."""


def read(path: Path, zone: ZoneInfo, *, now: datetime, is_rehearsal: bool = False) -> Announcement:
    """The announcement that a file holds; date-times without an offset are on the calendar of `zone`.

    Raises UnreadableFile when there is nothing to name keys in, InvalidCampaign with every mistake at once.
    """
    announcement, mistakes = parse(_values(path), zone)
    if not mistakes and announcement is not None:
        return announcement
    if (
        announcement is not None
    ):  # what could be read may be wrong too; of each key the first mistake is enough
        named = {mistake.key for mistake in mistakes}
        more = problems(announcement, zone=zone, now=now, is_rehearsal=is_rehearsal)
        mistakes += [mistake for mistake in more if mistake.key not in named]
    raise InvalidCampaign(mistakes)


def _values(path: Path) -> dict[str, Any]:
    try:
        content = path.read_bytes()
    except OSError as error:
        said = {"file": path, "why": error.strerror}
        raise UnreadableFile(_("%(file)s cannot be read: %(why)s; check the path.") % said) from error
    return values_in(content, str(path))


def values_in(content: bytes, name: str) -> dict[str, Any]:
    """The keys of a file of this name. Raises UnreadableFile."""
    try:
        if len(content) > LARGEST_FILE:
            raise UnreadableFile(_("%s is larger than 1 MiB; a campaign file is a page of text.") % name)
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        said = {"file": name, "byte": error.start}
        raise UnreadableFile(_("%(file)s is not UTF-8 at byte %(byte)d; save it as UTF-8.") % said) from error
    except (ValueError, RecursionError) as error:  # ValueError: bad TOML, or a number of 5000 digits
        said = {"file": name, "why": error}
        raise UnreadableFile(_("%(file)s is not TOML: %(why)s; correct it there.") % said) from error


def parse(values: dict[str, Any], zone: ZoneInfo) -> tuple[Announcement | None, list[Problem]]:
    """(announcement, mistakes); no announcement when a key that it cannot do without is missing or wrong."""
    root = Table(values, [])
    slug = root.text("slug", example='"year-end"', longest=60)
    starts_at, deadline = root.instant("starts_at", zone), root.instant("deadline", zone)
    for key, example in EXAMPLES.items():
        if not root.has(key):
            line = f"{key} = {example}"
            root.complain(key, _("it is missing; write it at the top, such as %s.") % line)
    rest: dict[str, Any] = {
        "name": _name(root.table("name", example='en = "Bring them in"')),
        "freeze_at": root.instant("freeze_at", zone),
        "grace_hours": root.whole("grace_hours", 72),
        "objection_days": root.whole("objection_days", 7),
        "public_places": root.whole("public_places", 100),
        "contact": root.text("contact", example='"HR service desk, hr@company.example"'),
        "rule": _rule(root),
        "prizes": places(root),
        "further": further(root),
        "awarding": awarding(root),
        **_participants(root.table("participants", example='groups = ["Sales"]')),
        "divisions": _divisions(root),
    }
    root.close()
    if not slug or starts_at is None or deadline is None:
        return None, root.problems
    return Announcement(slug=slug, starts_at=starts_at, deadline=deadline, **rest), root.problems


EXAMPLES = {  # of the keys that every file has
    "slug": '"year-end"',
    "starts_at": "2026-08-26T00:00:00",
    "deadline": "2027-01-01T00:00:00",
}


def _divisions(root: Table) -> tuple[Division, ...]:
    """In the order of the file."""
    found = []
    for table in root.tables("divisions", example='key = "sales", departments = ["Sales"]'):
        if not table.has("key"):
            table.complain("key", _("it is missing; write %s.") % 'key = "sales"')
        key = table.text("key", example='"sales"')
        name = _name(table.table("name", example='en = "Sales"'))
        lists = {kind: table.texts(kind) for kind in BELONGING}
        table.close()
        found.append(Division(key, name, **lists))
    return tuple(found)


def _name(table: Table) -> dict[str, str]:
    languages = [code for code, _name in settings.LANGUAGES]
    name = {code: table.text(code, example='"Bring them in"', longest=100) for code in languages}
    table.close()
    return {code: text for code, text in name.items() if text}


def _rule(root: Table) -> Rule:
    """The preset, Steady when none is named, with what [rule] says instead."""
    preset = root.text("preset", STEADY, example=f'"{STEADY}"').lower()
    if preset not in PRESETS:
        names = ", ".join(f'"{name}"' for name in PRESETS)
        said = {"value": preset, "names": names}
        root.complain("preset", _('"%(value)s" is no preset; write one of %(names)s.') % said)
    base = PRESETS.get(preset, PRESETS[STEADY])
    table = root.table("rule", example="window_days = 30")
    rule = Rule(
        window_days=_window_days(table, base.window_days),
        min_sent_days=table.whole("min_sent_days", base.min_sent_days),
        min_received_days=table.whole("min_received_days", base.min_received_days),
        min_active_days=table.whole("min_active_days", base.min_active_days),
        min_mutual_days=table.whole("min_mutual_days", base.min_mutual_days),
        new_contacts_only=table.flag("new_contacts_only", base.new_contacts_only),
        former_colleague_days=table.whole("former_colleague_days", base.former_colleague_days),
    )
    table.close()
    return rule


def _window_days(table: Table, base: int | None) -> int | None:
    if table.has("window") and table.has("window_days"):
        table.complain("window", _("a rule has either window or window_days; remove one."))
    window = table.text("window", example='"campaign"')
    if table.has("window") and window != "campaign":
        text = _('"%s" is no window; write window = "campaign", or window_days = 30.') % window
        table.complain("window", text)
    days = table.whole("window_days", base or 30)
    if table.has("window"):
        return None
    return days if table.has("window_days") else base


def _participants(table: Table) -> dict[str, tuple[str, ...]]:
    participants = {key: table.texts(key) for key in PARTICIPANTS}
    table.close()
    return participants
