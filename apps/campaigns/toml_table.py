"""Reads one table of a TOML file key by key, and collects what is wrong with it."""

import difflib
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from apps.campaigns.local_time import NoSuchTime, TwoSuchTimes, on_calendar
from apps.campaigns.problems import Problem

FIRST_YEAR, LAST_YEAR = 1900, 2999


class Table:
    """Each method takes one key and gives its value, or `default` when it is absent or wrong.

    What is wrong goes to `problems`, which tables of one file share; `close` reports the keys nobody took.
    """

    def __init__(self, values: dict[str, Any], problems: list[Problem], prefix: str = "") -> None:
        self._values = values
        self._prefix = prefix
        self._taken: list[str] = []
        self.problems = problems

    def has(self, key: str) -> bool:
        return key in self._values

    def complain(self, key: str, text: str) -> None:
        self.problems.append(Problem(f"{self._prefix}{key}", text))

    def whole(self, key: str, default: int) -> int:
        value = self._take(key, default)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        said = {"value": _shown(value), "example": default}
        text = _("%(value)s is no whole number; write one without quotes, such as %(example)s.") % said
        self.complain(key, text)
        return default

    def flag(self, key: str, default: bool) -> bool:
        value = self._take(key, default)
        if isinstance(value, bool):
            return value
        text = _("%s is neither true nor false; write one of them without quotes.") % _shown(value)
        self.complain(key, text)
        return default

    def text(self, key: str, default: str = "", *, example: str, longest: int = 200) -> str:
        value = self._take(key, default)
        if isinstance(value, str) and (key not in self._values or value.strip()) and len(value) <= longest:
            return value.strip()
        said = {"value": _shown(value), "longest": longest, "line": f"{key} = {example}"}
        text = _("%(value)s is no text of 1 to %(longest)s characters; write %(line)s.") % said
        self.complain(key, text)
        return default

    def choice(self, key: str, known: tuple[str, ...]) -> str:
        """One of a few words; the first of them when absent."""
        value = self._take(key, known[0])
        if value in known:
            return str(value)
        said = {"value": _shown(value), "line": f"{key} = {_alternatives(known)}"}
        self.complain(key, _("%(value)s is not known here; write %(line)s.") % said)
        return known[0]

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._take(key, [])
        if isinstance(value, list) and all(isinstance(each, str) and each.strip() for each in value):
            return tuple(sorted({each.strip() for each in value}))
        line = f'{key} = ["One", "Two"]'
        self.complain(key, _("write a list of names in quotes, such as %s.") % line)
        return ()

    def instant(self, key: str, zone: ZoneInfo) -> datetime | None:
        """In UTC; one written without an offset is on the calendar of `zone`."""
        value = self._take(key, None)
        if value is None:
            return None
        if not isinstance(value, datetime):
            said = {"value": _shown(value), "line": f"{key} = 2026-12-31T00:00:00"}
            self.complain(key, _("%(value)s is no date with a time; write %(line)s.") % said)
        elif not FIRST_YEAR <= value.year <= LAST_YEAR:
            self.complain(key, _("the year %s is no year for a campaign; correct it.") % value.year)
        else:
            return self._on_calendar(key, value, zone)
        return None

    def _on_calendar(self, key: str, value: datetime, zone: ZoneInfo) -> datetime | None:
        if value.tzinfo is not None:
            return value.astimezone(UTC)
        try:
            return on_calendar(value, zone)
        except NoSuchTime:
            text = _("%(value)s in %(zone)s is not one instant, clocks skip it; write %(either)s.")
        except TwoSuchTimes:
            text = _("%(value)s in %(zone)s is not one instant, clocks show it twice; write %(either)s.")
        either = _(" or ").join(value.replace(tzinfo=zone, fold=fold).isoformat() for fold in (0, 1))
        self.complain(key, text % {"value": value.isoformat(), "zone": zone.key, "either": either})
        return None

    def amount(self, key: str) -> Decimal | None:
        """Money, exact: a text of digits, or a whole number."""
        value = self._take(key, None)
        if isinstance(value, int) and not isinstance(value, bool):
            return Decimal(value)
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", value):
            return Decimal(value)
        said = {"value": _shown(value), "line": f'{key} = "100000.00"'}
        self.complain(key, _("%(value)s is no amount; write digits in quotes, such as %(line)s.") % said)
        return None

    def table(self, key: str, *, example: str) -> "Table":
        value = self._take(key, {})
        if not isinstance(value, dict):
            said = {"value": _shown(value), "table": f"[{key}]", "line": example}
            self.complain(key, _("%(value)s is no table; write %(table)s and below it %(line)s.") % said)
            value = {}
        return Table(value, self.problems, f"{self._prefix}{key}.")

    def tables(self, key: str, *, example: str) -> list["Table"]:
        value = self._take(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            said = {"table": f"[[{key}]]", "line": example}
            self.complain(key, _("write %(table)s for each, and below it %(line)s.") % said)
            value = []
        return [
            Table(each, self.problems, f"{self._prefix}{key}[{n}].") for n, each in enumerate(value, start=1)
        ]

    def close(self) -> None:
        """Refuse what was not taken, by name."""
        for key in self._values:
            if key not in self._taken:
                like = difflib.get_close_matches(key, self._taken, n=1)
                text = (
                    _("there is no such key; did you mean %s?") % like[0]
                    if like
                    else _("there is no such key; known here: %s.") % ", ".join(self._taken)
                )
                self.complain(key, text)

    def _take(self, key: str, default: Any) -> Any:
        self._taken.append(key)
        return self._values.get(key, default)


def _alternatives(known: tuple[str, ...]) -> str:
    return _(" or ").join(f'"{each}"' for each in known)


def _shown(value: Any) -> str:
    """As it stands in the file, or nearly so."""
    if value is None:
        return _("nothing")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date | time):
        return value.isoformat()
    shown = f'"{value}"' if isinstance(value, str) else str(value)
    return shown if len(shown) <= 80 else f"{shown[:79]}…"
