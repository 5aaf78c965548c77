"""Tax schedules: data files that say where they hold, until when, by which source, and when somebody checked."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, cast

import jsonschema
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

DATA = Path(__file__).parent / "data"
SHAPE = json.loads((Path(__file__).parent / "schedule.schema.json").read_text())
MONTHS = 12

Method = Literal["cumulative", "spread", "flat"]


class ScheduleRefused(Exception):
    """There is no such schedule, its file is wrong, or it does not hold on the day; one sentence."""


@dataclass(frozen=True)
class Band:
    """Tax = base x rate - quick deduction, for a base up to and including `up_to`; None: no upper end."""

    up_to: Decimal | None
    rate: Decimal
    quick_deduction: Decimal


@dataclass(frozen=True)
class Schedule:
    """method: "cumulative", the prize comes on top of the year's income; "spread", a twelfth of the prize picks
    the band (whose limits are per month) and the quick deduction is taken once; "flat", one rate.

    valid_from, valid_to: days of payment, both included. sha256: of the file. Texts by language code.
    """

    id: str
    jurisdiction: str
    currency: str
    method: Method
    titles: dict[str, str]
    valid_from: date
    valid_to: date
    checked_on: date
    sources: tuple[str, ...]
    conditions: tuple[dict[str, str], ...]
    bands: tuple[Band, ...]
    sha256: str

    def __str__(self) -> str:
        return _in_language(self.titles)

    def conditions_in_words(self) -> list[str]:
        """What payroll must find true, in the active language."""
        return [_in_language(condition) for condition in self.conditions]

    def check_holds(self, paid_on: date) -> None:
        if not self.valid_from <= paid_on <= self.valid_to:
            raise ScheduleRefused(
                _(
                    "Schedule %(id)s holds for payments from %(first)s to %(last)s, not on %(day)s; "
                    "look up the law then in force and add a schedule for it."
                )
                % {"id": self.id, "first": self.valid_from, "last": self.valid_to, "day": paid_on}
            )

    def limit(self, band: Band) -> Decimal | None:
        """The band's upper end in terms of the whole amount."""
        if band.up_to is None:
            return None
        return band.up_to * MONTHS if self.method == "spread" else band.up_to


def _in_language(texts: dict[str, str]) -> str:
    return texts.get(get_language() or "en") or texts["en"]


def schedules() -> dict[str, Schedule]:
    """All that there are, by id; a file of the company's own takes the place of ours with the same id."""
    return {schedule.id: schedule for path in _files() for schedule in [read(path)]}


def schedule(schedule_id: str) -> Schedule:
    known = schedules()
    if schedule_id not in known:
        raise ScheduleRefused(
            _("There is no tax schedule %(id)s; known: %(known)s.")
            % {"id": schedule_id, "known": ", ".join(known)}
        )
    return known[schedule_id]


def content_of(schedule_id: str) -> bytes:
    """The file that a known schedule was read from."""
    return next(path for path in reversed(list(_files())) if read(path).id == schedule_id).read_bytes()


def _files() -> Iterator[Path]:
    yield from sorted(DATA.glob("*.json"))
    if settings.TAX_SCHEDULES_DIR:
        yield from sorted(Path(settings.TAX_SCHEDULES_DIR).glob("*.json"))


def read(path: Path) -> Schedule:
    """The schedule a file holds. Raises ScheduleRefused, naming file, place and mistake."""
    try:
        content = path.read_bytes()
        values = json.loads(content)
        jsonschema.validate(values, SHAPE)
        found = _parse(values, hashlib.sha256(content).hexdigest())
    except OSError as error:
        raise ScheduleRefused(f"{path} cannot be read: {error.strerror}.") from error
    except jsonschema.ValidationError as error:
        place = "/".join(map(str, error.absolute_path)) or "the whole"
        raise ScheduleRefused(f"{path.name}, at {place}: {error.message}.") from error
    except ValueError as error:  # no JSON, no UTF-8, or no such day
        raise ScheduleRefused(f"{path.name} is no schedule: {error}.") from error
    if mistake := _mistake(found, may_jump=values.get("jumps", False)):
        raise ScheduleRefused(f"{path.name}: {mistake}")
    return found


def _parse(values: dict[str, Any], sha256: str) -> Schedule:
    bands = tuple(
        Band(
            None if band["up_to"] is None else Decimal(band["up_to"]),
            Decimal(band["rate"]),
            Decimal(band["quick_deduction"]),
        )
        for band in values["bands"]
    )
    return Schedule(
        id=values["id"],
        jurisdiction=values["jurisdiction"],
        currency=values["currency"],
        method=cast(Method, values["method"]),
        titles=values["title"],
        valid_from=date.fromisoformat(values["valid_from"]),
        valid_to=date.fromisoformat(values["valid_to"]),
        checked_on=date.fromisoformat(values["checked_on"]),
        sources=tuple(values["sources"]),
        conditions=tuple(values["conditions"]),
        bands=bands,
        sha256=sha256,
    )


def _mistake(it: Schedule, *, may_jump: bool) -> str:
    """What is wrong with dates or bands, in one sentence, or nothing."""
    if it.valid_to < it.valid_from:
        return f"it ends on {it.valid_to}, before it begins."
    if it.bands[-1].up_to is not None or any(band.up_to is None for band in it.bands[:-1]):
        return "the last band, and no other, has up_to null."
    if it.method == "flat" and (len(it.bands) > 1 or it.bands[0].quick_deduction):
        return "a flat rate has one band and no quick deduction."
    for lower, upper in pairwise(it.bands):
        assert lower.up_to is not None
        if not Decimal(0) < lower.up_to < (upper.up_to or Decimal("Infinity")):
            return f"up_to {lower.up_to} does not come before the next band's."
        step = lower.quick_deduction + (upper.rate - lower.rate) * lower.up_to
        if upper.quick_deduction != step and not may_jump:
            return (
                f"above {lower.up_to} the quick deduction should be {step.normalize():f}, "
                f"not {upper.quick_deduction}; correct it, or say that the table jumps there."
            )
    return ""
