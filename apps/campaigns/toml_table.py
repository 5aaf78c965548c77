"""Reads one table of a TOML file key by key, and collects what is wrong with it."""

import difflib
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

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
        self.complain(
            key, f"{_shown(value)} is no whole number; write one without quotes, such as {default}."
        )
        return default

    def flag(self, key: str, default: bool) -> bool:
        value = self._take(key, default)
        if isinstance(value, bool):
            return value
        self.complain(key, f"{_shown(value)} is neither true nor false; write one of them without quotes.")
        return default

    def text(self, key: str, default: str = "", *, example: str, longest: int = 200) -> str:
        value = self._take(key, default)
        if isinstance(value, str) and (key not in self._values or value.strip()) and len(value) <= longest:
            return value.strip()
        self.complain(
            key, f"{_shown(value)} is no text of 1 to {longest} characters; write {key} = {example}."
        )
        return default

    def choice(self, key: str, known: tuple[str, ...]) -> str:
        """One of a few words; the first of them when absent."""
        value = self._take(key, known[0])
        if value in known:
            return str(value)
        self.complain(key, f"{_shown(value)} is not known here; write {key} = {_alternatives(known)}.")
        return known[0]

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._take(key, [])
        if isinstance(value, list) and all(isinstance(each, str) and each.strip() for each in value):
            return tuple(sorted({each.strip() for each in value}))
        self.complain(key, f'write a list of names in quotes, such as {key} = ["One", "Two"].')
        return ()

    def instant(self, key: str, zone: ZoneInfo) -> datetime | None:
        """In UTC; one written without an offset is on the calendar of `zone`."""
        value = self._take(key, None)
        if value is None:
            return None
        if not isinstance(value, datetime):
            self.complain(key, f"{_shown(value)} is no date with a time; write {key} = 2026-12-31T00:00:00.")
        elif not FIRST_YEAR <= value.year <= LAST_YEAR:
            self.complain(key, f"the year {value.year} is no year for a campaign; correct it.")
        else:
            return self._on_calendar(key, value, zone)
        return None

    def _on_calendar(self, key: str, value: datetime, zone: ZoneInfo) -> datetime | None:
        if value.tzinfo is not None:
            return value.astimezone(UTC)
        try:
            return on_calendar(value, zone)
        except NoSuchTime:
            problem = "clocks skip it"
        except TwoSuchTimes:
            problem = "clocks show it twice"
        either = " or ".join(value.replace(tzinfo=zone, fold=fold).isoformat() for fold in (0, 1))
        self.complain(
            key, f"{value.isoformat()} in {zone.key} is not one instant, {problem}; write {either}."
        )
        return None

    def amount(self, key: str) -> Decimal | None:
        """Money, exact: a text of digits, or a whole number."""
        value = self._take(key, None)
        if isinstance(value, int) and not isinstance(value, bool):
            return Decimal(value)
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", value):
            return Decimal(value)
        self.complain(
            key, f'{_shown(value)} is no amount; write digits in quotes, such as {key} = "100000.00".'
        )
        return None

    def table(self, key: str, *, example: str) -> "Table":
        value = self._take(key, {})
        if not isinstance(value, dict):
            self.complain(key, f"{_shown(value)} is no table; write [{key}] and below it {example}.")
            value = {}
        return Table(value, self.problems, f"{self._prefix}{key}.")

    def tables(self, key: str, *, example: str) -> list["Table"]:
        value = self._take(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self.complain(key, f"write [[{key}]] for each, and below it {example}.")
            value = []
        return [
            Table(each, self.problems, f"{self._prefix}{key}[{n}].") for n, each in enumerate(value, start=1)
        ]

    def close(self) -> None:
        """Refuse what was not taken, by name."""
        for key in self._values:
            if key not in self._taken:
                like = difflib.get_close_matches(key, self._taken, n=1)
                remedy = f"did you mean {like[0]}?" if like else f"known here: {', '.join(self._taken)}."
                self.complain(key, f"there is no such key; {remedy}")

    def _take(self, key: str, default: Any) -> Any:
        self._taken.append(key)
        return self._values.get(key, default)


def _alternatives(known: tuple[str, ...]) -> str:
    return " or ".join(f'"{each}"' for each in known)


def _shown(value: Any) -> str:
    """As it stands in the file, or nearly so."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date | time):
        return value.isoformat()
    shown = f'"{value}"' if isinstance(value, str) else str(value)
    return shown if len(shown) <= 80 else f"{shown[:79]}…"
