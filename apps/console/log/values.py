"""One value of an entry in the reader's language: numbers, days, instants and money, and words told apart.

What people typed is shown as they typed it.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from apps.console.log.terms import choice, promise, term
from bonus_tracker.formats import day, instant, number, plain_money

TYPED = {"reason", "comment", "note", "void_reason", "name", "contact", "file", "path", "sha256", "key"}
NUMBERS_OF = {
    "events",
    "decision",
    "decisions",
    "version",
    "version before",
    "objection",
    "undoes",
    "run",
    "fact",
}
INSTANT = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[+-]\d\d:\d\d|Z)"
DAY = r"\d{4}-\d\d-\d\d"
MONEY = r"(?P<amount>-?\d+\.\d\d) (?P<currency>[A-Z]{3})"
SHOWN = re.compile(rf"(?<![\w-])(?:(?P<instant>{INSTANT})|(?P<day>{DAY})|{MONEY})(?![\w-])")


def said(value: Any, key: str = "") -> str:
    """Plain words for a JSON value; nothing for nothing. key: what it is the value of."""
    if value is None or value in ([], {}):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return str(value) if key in NUMBERS_OF else number(value)
    if isinstance(value, dict):
        parts = ((name, said(each, name)) for name, each in value.items())
        return _(", ").join(
            _("%(term)s: %(words)s") % {"term": term(name), "words": each} for name, each in parts
        )
    if isinstance(value, list):
        shown = [each[-1] for each in value] if key == "approvers" else value  # [id, username] each
        return _(", ").join(said(each, key) for each in shown)
    if key == "promised":
        value = promise(value)
    return choice(key, value) or (value if key in TYPED else SHOWN.sub(_shown, value))


def _shown(found: re.Match[str]) -> str:
    try:
        if found["instant"]:
            return instant(datetime.fromisoformat(found["instant"]))
        if found["day"]:
            return day(date.fromisoformat(found["day"]))
    except ValueError:  # digits that only look like a day
        return found[0]
    return plain_money(Decimal(found["amount"]), found["currency"])
