"""The lines of a file as statements about people, and where they contradict each other."""

from collections.abc import Iterable
from itertools import pairwise

from django.utils.translation import gettext as _

from apps.directory.parsing import Line
from apps.directory.periods import Days
from apps.directory.records import Problem, Stated, StatedEmployment


def stated_people(lines: Iterable[Line]) -> tuple[dict[str, Stated], list[Problem]]:
    """One statement for each number, and every line that contradicts an earlier one."""
    people: dict[str, Stated] = {}
    employments: dict[str, dict[Days, StatedEmployment]] = {}
    problems: list[Problem] = []
    for line in lines:
        person = people.setdefault(line.number, Stated(line.number, line=line.line))
        problems += _state_name(person, line)
        of_person = employments.setdefault(line.number, {})
        employment = of_person.setdefault(line.days, StatedEmployment(line.days, line=line.line))
        problems += _state_employment(employment, line)
    for number, person in people.items():
        person.employments = sorted(employments[number].values(), key=lambda employment: employment.days)
        problems += _overlaps(person)
    return people, problems


def _state_name(person: Stated, line: Line) -> list[Problem]:
    if not line.name or line.name == person.name:
        return []
    if person.name:
        text = _("employee %(number)s is called %(name)s here and %(other)s on an earlier line")
        names = {"number": line.number, "name": line.name, "other": person.name}
        return [Problem(line.line, text % names)]
    person.name = line.name
    return []


def _state_employment(employment: StatedEmployment, line: Line) -> list[Problem]:
    problems = []
    for column, value in (("department", line.department), ("entity", line.entity)):
        earlier = getattr(employment, column)
        if value and earlier and value != earlier:
            problems.append(_contradiction(line, column, value, earlier))
        elif value:
            setattr(employment, column, value)
    for group in line.groups:
        employment.groups.setdefault(group, line.line)
    if line.account:
        employment.accounts.setdefault(line.account, line.line)
    return problems


def _contradiction(line: Line, column: str, value: str, earlier: str) -> Problem:
    text = _("employee %(number)s has the %(column)s %(value)s here and %(other)s on an earlier line")
    about = {"number": line.number, "column": column, "value": value, "other": earlier}
    return Problem(line.line, text % about)


def _overlaps(person: Stated) -> list[Problem]:
    """Employments of one person that share a day; told on the later of the two lines."""
    return [
        _overlap(person.number, *sorted((first, second), key=lambda employment: employment.line))
        for first, second in pairwise(person.employments)
        if first.days.overlap(second.days)
    ]


def _overlap(number: str, earlier: StatedEmployment, later: StatedEmployment) -> Problem:
    text = _("employee %(number)s has overlapping employments: %(days)s, and %(other)s on line %(line)d")
    about = {"number": number, "days": later.days, "other": earlier.days, "line": earlier.line}
    return Problem(later.line, text % about)
