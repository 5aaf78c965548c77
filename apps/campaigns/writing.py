"""An announcement as a campaign file, which apps.campaigns.files reads back as the same announcement."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from apps.campaigns.announcement import PARTICIPANTS, Announcement
from apps.campaigns.further import Awarding


def as_toml(it: Announcement, zone: ZoneInfo) -> str:
    """Everything is said, what is as usual too; instants are on the calendar of `zone`, with their offset."""
    return "\n".join(_lines(it, zone)) + "\n"


def _lines(it: Announcement, zone: ZoneInfo) -> Iterator[str]:
    yield from _pairs(
        {
            "slug": it.slug,
            "starts_at": it.starts_at.astimezone(zone),
            "deadline": it.deadline.astimezone(zone),
            "freeze_at": it.freeze_at and it.freeze_at.astimezone(zone),
            "grace_hours": it.grace_hours,
            "objection_days": it.objection_days,
            "public_places": it.public_places,
            "contact": it.contact or None,
        }
    )
    yield from _table("[name]", it.name)
    rule = it.rule.as_dict()
    window = {"window_days": it.rule.window_days} if it.rule.window_days else {"window": "campaign"}
    yield from _table("[rule]", window | {name: rule[name] for name in rule if name != "window_days"})
    yield from _table("[participants]", {name: getattr(it, name) or None for name in PARTICIPANTS})
    for division in it.divisions:
        yield from _table("[[divisions]]", division.as_json())
    for prize in it.prizes:
        yield from _table("[[prizes]]", _money(prize))
    for goal in it.further.goals:
        yield from _table("[[goals]]", _money(goal))
    if it.further.per_contact:
        yield from _table("[per_contact]", _money(it.further.per_contact))
    for department in it.further.departments:
        yield from _table("[[department_prizes]]", _money(department))
    if it.awarding != Awarding():
        yield from _table("[awarding]", it.awarding.as_dict())


def _money(line: Any) -> dict[str, Any]:
    """division: left out where there are none."""
    values = vars(line) | {"net_amount": f"{line.net_amount:.2f}"}
    return {key: value for key, value in values.items() if key != "division" or value}


def _table(head: str, values: dict[str, Any]) -> Iterator[str]:
    if lines := list(_pairs(values)):
        yield from ("", head, *lines)


def _pairs(values: dict[str, Any]) -> Iterator[str]:
    """What is None is left out."""
    for key, value in values.items():
        if value is not None:
            yield f"{key} = {_written(value)}"


def _written(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(_pairs(value))} }}" if value else "{}"
    # A JSON text is a TOML text, but for the one character that JSON leaves as it is.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
