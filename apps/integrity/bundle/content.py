"""The input, and every version of the result: hashed as it was sealed, and ranked a second time."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest
from typing import Any

from .audit import Log
from .files import Bundle, Say, canonical, require
from .ranking import ALWAYS, ranking
from .trees import leaf_hash, tree_root

NO_DIVISION = 0
DAYS = 384  # that the program remembers of a tie, as digits 0 and 1 with the last day first
INPUT, CONTACTS, SOURCES, RESULTS = "input.ndjson", "contacts.ndjson", "sources.ndjson", "results.ndjson"
FACTS, PROMISED, CHECKS = "prize-facts.ndjson", "promised.json", "checks.ndjson"
HEADER = ("campaign", "version", "as_of", "cutoff", "rule", "corrections", "counts")
DIVISIONS = "divisions"  # in the header of a campaign that has any; then places and participants name theirs


@dataclass(frozen=True)
class Result:
    """A version as results.ndjson has it. lines: of its ranking, each without its end; root: over them.

    met: different contacts by division ("" for all) and department, when departments win prizes. counted: the
    contacts of everybody whose contacts people confirmed, in any version; of a person the account with the
    smallest number. belonging: of every participant the numbers of their division and of what they belong to.
    """

    said: dict[str, Any]
    lines: list[bytes]
    met: dict[tuple[str, str], int] = field(default_factory=dict)
    counted: dict[str, list[str]] = field(default_factory=dict)
    belonging: list[tuple[int | None, list[int] | None]] = field(default_factory=list)

    @property
    def version(self) -> int:
        return int(self.said["version"])

    @property
    def root(self) -> str:
        return tree_root([leaf_hash(line) for line in self.lines]).hex()


def ranking_name(version: int) -> str:
    return f"ranking-{version}.ndjson"


def check_content(bundle: Bundle, manifest: dict[str, Any], log: Log, *, say: Say) -> list[Result]:
    results = []
    departments = _competing(bundle)
    fixed = [line.encode() for line in _fixed_lines(bundle)]
    for line, said in enumerate(bundle.rows(RESULTS), start=1):
        place = f"{RESULTS}, line {line}"
        require(said["version"] == line, place, f"is not version {line}")
        require(said["campaign"] == manifest["campaign"], place, "is of another campaign")
        result = Result(said, [each.rstrip(b"\n") for each in bundle.lines(ranking_name(line))])
        require(_sealed_hash(result, fixed) == said["sha256"], place, "its hash is not that of its content")
        sealed = [entry for entry in log.named("result sealed") if entry["details"]["version"] == line]
        logged = [entry["details"]["sha256"] for entry in sealed]
        require(logged[-1:] == [said["sha256"]], place, "the audit log has no such version with this hash")
        require(result.root == said["root"], ranking_name(line), "is not what its root was made of")
        say(f"Result version {line}: the sealed hash {said['sha256']} is that of its content.")
        _rank_again(bundle, result, departments)
        say(f"Result version {line}: ranked again, all {len(result.lines)} lines agree.")
        results.append(result)
    require(bool(results), RESULTS, "holds no version")
    return results


def _fixed_lines(bundle: Bundle) -> Iterator[str]:
    """The sealed form's lines about the input: see SEALED in README.md."""
    for number, employed, ties, division, belongs in bundle.rows(INPUT):
        digest = hashlib.sha256()
        for n, (contact, sent, received, *handed) in enumerate(ties):
            line = " ".join([contact, _digits(sent), _digits(received), *handed])
            digest.update(f"{',' if n else ''}{line}".encode())
        days = "all" if employed is None else _digits(employed)
        ends = [] if division is None else [str(division)]
        ends += [] if belongs is None else [",".join(map(str, belongs)) or "-"]
        yield " ".join(["employee", number, days, digest.hexdigest(), *ends])
    for source in bundle.lines(SOURCES):
        yield f"source {source.decode().rstrip()}"
    for contact, person, outside in bundle.rows(CONTACTS):
        yield f"contact {contact} {person or '-'} {_digits(outside)}"


def _digits(days: str) -> str:
    return f"{int(days, 16):0{DAYS}b}"[::-1]


def _sealed_hash(result: Result, fixed: list[bytes]) -> str:
    names = [name for name in (*HEADER, DIVISIONS) if name != DIVISIONS or name in result.said]
    digest = hashlib.sha256(canonical({name: result.said[name] for name in names}) + b"\n")
    for place in _places(result):
        digest.update(f"standing {' '.join(map(str, place))}\n".encode())
    for line in fixed:
        digest.update(line + b"\n")
    return digest.hexdigest()


def _places(result: Result) -> Iterator[tuple[Any, ...]]:
    names = ("rank", "employee", "active_contacts", "conversation_days")
    for row in _rows(result):
        if row["rank"] is not None:
            division = (row["division"],) if DIVISIONS in result.said else ()
            yield (*(row[name] for name in names), *division)


def _rows(result: Result) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in result.lines)


def department_of(path: str, level: int) -> str:
    """The department that competes: the path itself, or the one above it at that level."""
    return " / ".join(path.split(" / ")[:level]) if level else path


def _competing(bundle: Bundle) -> dict[str, str]:
    """Employee -> the department that competes, when departments win prizes."""
    if not json.loads(bundle.read(PROMISED))["department_prizes"]:
        return {}
    level = json.loads(bundle.read("rule.json"))["awarding.department_level"]
    return {row[1]: name for row in bundle.rows(FACTS) if (name := department_of(row[2], level))}


def _divisions_with_departments(bundle: Bundle) -> set[str]:
    """Keys of those with prizes for departments; "" for prizes of the whole campaign."""
    return {each.get("division", "") for each in json.loads(bundle.read(PROMISED))["department_prizes"]}


def _rank_again(bundle: Bundle, result: Result, departments: dict[str, str]) -> None:
    met: dict[tuple[str, str], set[int]] = {}  # numbers take half the memory of their digits
    keys, of_divisions = ["", *result.said.get(DIVISIONS, ())], _divisions_with_departments(bundle)

    confirmed = {row["employee"] for row in bundle.rows(CHECKS)}

    def note(number: str, persons: list[str]) -> None:
        if number in confirmed:
            result.counted[number] = persons
        if number in departments:
            for key in {"", keys[divisions[number]]} & of_divisions:
                met.setdefault((key, departments[number]), set()).update(map(int, persons))

    rule = result.said["rule"]
    first, last = date.fromisoformat(rule["first_day"]), date.fromisoformat(rule["last_day"])
    employees, divisions = {}, {}
    for number, employed, _ties, division, belongs in bundle.rows(INPUT):
        result.belonging.append((division, belongs))
        employees[number] = _days(employed)
        divisions[number] = NO_DIVISION if division is None else division
    known = set(range(1, len(result.said[DIVISIONS]) + 1)) if DIVISIONS in result.said else {NO_DIVISION}
    require(known.issuperset(divisions.values()), INPUT, "names a division that the result does not")
    again = ranking(
        rule=rule,
        window_days=max(0, (last - first).days + 1),
        employees=employees,
        ties=(
            (number, contact, int(sent, 16), int(received, 16), handed[0] if handed else None)
            for number, _employed, ties, _division, _belongs in bundle.rows(INPUT)
            for contact, sent, received, *handed in ties
        ),
        contacts={contact: (person, int(outside, 16)) for contact, person, outside in bundle.rows(CONTACTS)},
        corrections=result.said["corrections"],
        divisions=divisions,
        last_day=last.toordinal(),
        note=note,
    )
    result.met.update({where: len(persons) for where, persons in met.items()})
    ranked = {place[1] for place in again}
    without = sorted(employees.keys() - ranked, key=str.encode)
    expected = [*again, *((None, number, 0, 0, divisions[number]) for number in without)]
    for line, (should, row) in enumerate(zip_longest(expected, _rows(result)), start=1):
        place = f"{ranking_name(result.version)}, line {line}"
        require(row is not None, place, f"is missing, it should be {should}")
        names = ("rank", "employee", "active_contacts", "conversation_days")
        found = (*(row[name] for name in names), row.get("division", NO_DIVISION))
        require(found == should, place, f"{found} should be {should} by the input")


def _days(days: str | None) -> int:
    return ALWAYS if days is None else int(days, 16)
