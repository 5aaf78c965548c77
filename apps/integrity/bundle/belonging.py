"""Why everybody takes part, and in which division: held against what was announced, written apart from the program."""

from collections.abc import Mapping
from typing import Any

from .content import INPUT, Result
from .files import Say, require

KINDS = ("departments", "entities", "groups")
Name = tuple[str, str]  # kind and name
Names = Mapping[str, list[str]]  # by kind; of each kind that has any, people belong to one at least


def check_belonging(rule: dict[str, Any], results: list[Result], *, say: Say) -> None:
    """rule: as rule.json has it. All results have the same participants, those of the input."""
    part: Names = {kind: rule[f"participants.{kind}"] for kind in KINDS}
    divisions: list[Names] = rule.get("divisions", [])
    asked = sorted({name for names in (part, *divisions) for name in _all_of(names)})
    people = results[0].belonging
    for line, (division, belongs) in enumerate(people, start=1):
        place = f"{INPUT}, line {line}"
        require((belongs is not None) == bool(asked), place, "does not say what they belong to")
        held = _named(asked, belongs or [], place)
        require(_fits(part, held), place, "does not belong to those who take part")
        fitting = (number for number, names in enumerate(divisions, start=1) if _fits(names, held))
        should = next(fitting, None)
        require(division == should, place, f"is in division {division}, by the rule in {should}")
    if asked:
        say(f"Participants: {len(people)}, each by what they belong to.")


def _all_of(names: Names) -> list[Name]:
    return [(kind, name) for kind in KINDS for name in names.get(kind, ())]


def _named(asked: list[Name], numbers: list[int], place: str) -> set[Name]:
    require(all(0 < number <= len(asked) for number in numbers), place, "belongs to what nobody asked for")
    return {asked[number - 1] for number in numbers}


def _fits(names: Names, held: set[Name]) -> bool:
    return all(any((kind, name) in held for name in names[kind]) for kind in KINDS if names.get(kind))
