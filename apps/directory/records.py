"""The directory as plain values: what is held of a person, and what somebody states."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from apps.directory.periods import Days

BETWEEN_NAMES = " / "  # of departments, in a path


class Table(StrEnum):
    """The dated tables of a person, and what the value of a row is."""

    EMPLOYMENT = "employment"  # ""
    DEPARTMENT = "department"  # its path
    ENTITY = "entity"  # its name
    GROUP = "group"  # its name
    ACCOUNT = "account"  # "platform:handle"

    __hash__ = str.__hash__  # an Enum's own runs in Python, and these are keys of everything here


class Row(NamedTuple):
    days: Days
    value: str = ""


Timeline = tuple[Row, ...]  # by first day


@dataclass(frozen=True)
class Record:
    """All that is held of one person; equal records mean that nothing changes."""

    number: str
    name: str
    rows: dict[Table, Timeline]

    def employments(self) -> list[Days]:
        return [row.days for row in self.rows[Table.EMPLOYMENT]]


@dataclass
class StatedEmployment:
    """One employment as somebody states it; empty texts state nothing."""

    days: Days
    line: int = 0
    department: str = ""
    entity: str = ""
    groups: dict[str, int] = field(default_factory=dict)  # name -> line
    accounts: dict[str, int] = field(default_factory=dict)  # "platform:handle" -> line


@dataclass
class Stated:
    """One person as somebody states it: a partial account, it takes nothing away."""

    number: str
    name: str = ""
    line: int = 0
    employments: list[StatedEmployment] = field(default_factory=list)


class Problem(NamedTuple):
    line: int  # 0 when not about a line
    text: str


class DirectoryError(ValueError):
    """What was asked for cannot be; nothing was changed."""

    def __init__(self, problems: Iterable[Problem] | str) -> None:
        self.problems = [Problem(0, problems)] if isinstance(problems, str) else sorted(problems)
        super().__init__("; ".join(problem.text for problem in self.problems))


def timeline(rows: Iterable[Row]) -> Timeline:
    return tuple(sorted(rows))


def nobody(number: str) -> Record:
    return Record(number, number, dict.fromkeys(Table, ()))


def with_parents(path: str) -> list[str]:
    """The path of a department and of all above it, from the root down."""
    names = path.split(BETWEEN_NAMES)
    return [BETWEEN_NAMES.join(names[:depth]) for depth in range(1, len(names) + 1)]
