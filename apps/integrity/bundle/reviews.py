"""The winners' check, a second time: who had to be checked, which contacts were drawn, who confirmed them."""

import hashlib
import json
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from math import comb
from typing import Any

from .audit import Log
from .content import CHECKS, FACTS, Result, department_of
from .files import Bundle, Recorded, Say, require
from .prizes import Given, Terms, awards_of, people_of, terms_of

REVIEWERS_NEEDED = 2
ESCAPES = 20  # a wrong result in one of so many draws, at most
A_FIFTH = 5  # of those drawn among many: that one in so many is false would be seen
FAKE = "fake"
Key = tuple[int, str]  # version, employee


def check_reviews(
    bundle: Bundle, manifest: dict[str, Any], log: Log, results: list[Result], *, say: Say
) -> None:
    rows = check_against_log(bundle, log)
    by_version = {result.version: result for result in results}
    for line, row in enumerate(rows, start=1):
        place = f"{CHECKS}, line {line}"
        require(row["version"] in by_version, place, "is of a version that is not there")
        _check_draw(row, by_version[row["version"]], place)
    say(f"Winners' checks: {len(rows)}, each drawn again by the sealed hash, each review in the log.")
    final = by_version.get(manifest["final"])
    if final is not None:
        should = _stakes(bundle, final)
        found = {row["employee"]: row["margin"] for row in rows if row["version"] == final.version}
        for number in sorted(should.keys() | found.keys()):
            known = f"the margin of {number} is {found.get(number)}, not {should.get(number)}"
            require(found.get(number) == should.get(number), CHECKS, known)
        _check_confirmed(rows, final.version)
        say(f"Winners' checks: two people confirmed every contact drawn of the {len(should)} to be checked.")


def check_against_log(recorded: Recorded, log: Log) -> list[dict[str, Any]]:
    """The rows, once each says what the log says, and none is missing."""
    rows = list(recorded.rows(CHECKS))
    drawn, full = (
        _by_check(log.named("winner's check drawn")),
        _by_check(log.named("winner's check made full")),
    )
    named = {(*_key(entry), entry["details"]["contact"]) for entry in log.named("contact named")}
    reviewed: dict[tuple[int, str, str], list[list[str]]] = defaultdict(list)
    fakes: dict[str, int] = {}  # employee -> the first version in which one was found
    for entry in log.named("contact reviewed"):
        version, number = _key(entry)
        how = entry["details"]["how"]
        reviewed[version, number, entry["details"]["contact"]].append([entry["actor"], how])
        if how == FAKE:
            fakes[number] = min(version, fakes.get(number, version))
    for line, row in enumerate(rows, start=1):
        key, place = (row["version"], row["employee"]), f"{CHECKS}, line {line}"
        said = drawn.pop(key, None)
        require(said is not None, place, "the log says of no such check that it was drawn")
        sizes = (row["population"], row["margin"], row["size"])
        logged = (said["contacts counted"], said["margin"], full.get(key, said)["to confirm"]) if said else ()
        require(sizes == logged, place, f"counted, margin and size are {sizes}, the log has {logged}")
        has_fake = fakes.get(row["employee"], row["version"] + 1) <= row["version"]
        require(row["full"] == has_fake, place, f"that it is full is {row['full']}, the log has {has_fake}")
        for contact, is_named, ticks in row["contacts"]:
            where = f"of contact {contact}"
            require(
                is_named == ((*key, contact) in named),
                place,
                f"{where} the log does not say that it was named",
            )
            require(ticks == reviewed.pop((*key, contact), []), place, f"{where} the log has other reviews")
        named -= {(*key, contact) for contact, _is_named, _ticks in row["contacts"]}
    require(not drawn, CHECKS, f"the check of {sorted(drawn)[:1]} is missing")
    require(not reviewed and not named, CHECKS, f"{sorted([*reviewed, *named])[:1]} of the log is missing")
    return rows


def _key(entry: dict[str, Any]) -> Key:
    return entry["details"]["version"], entry["details"]["employee"]


def _by_check(entries: Log) -> dict[Key, dict[str, Any]]:
    return {_key(entry): entry["details"] for entry in entries}


def _check_draw(row: dict[str, Any], result: Result, place: str) -> None:
    counted = result.counted.get(row["employee"], [])
    require(row["population"] == len(counted), place, f"counted were {len(counted)}")
    size = len(counted) if row["full"] else sample_size(len(counted), row["margin"])
    require(row["size"] == size, place, f"{row['size']} contacts were drawn, {size} were to be")
    order = sorted(counted, key=lambda contact: _lot(result, row["employee"], contact))
    contacts = [contact for contact, _is_named, _ticks in row["contacts"]]
    require(contacts == order[:size], place, "these are not the contacts that the sealed hash draws")


def _lot(result: Result, *words: str) -> str:
    return hashlib.sha256("\n".join([result.said["sha256"], *words]).encode()).hexdigest()


def sample_size(population: int, margin: int) -> int:
    """The fewest so that none of `margin` fakes is among them with at most 5 %: hypergeometric."""
    honest = population - min(margin, population)
    return next(
        (n for n in range(1, population + 1) if ESCAPES * comb(honest, n) <= comb(population, n)), population
    )


def _check_confirmed(rows: Iterable[dict[str, Any]], final: int) -> None:
    """What was found of a contact holds in later versions; of each reviewer the latest word counts."""
    named: set[tuple[str, str]] = set()
    words: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for line, row in enumerate(rows, start=1):
        for contact, is_named, ticks in row["contacts"]:
            tie = (row["employee"], contact)
            named |= {tie} if is_named else set()
            words[tie].update(dict(ticks))
            is_good = tie in named and len(words[tie]) >= REVIEWERS_NEEDED and FAKE not in words[tie].values()
            where = f"{CHECKS}, line {line}"
            require(is_good or row["version"] != final, where, f"contact {contact} is not confirmed by two")


def _stakes(bundle: Bundle, result: Result) -> dict[str, int]:
    """Employee -> margin, of everybody whose contacts had to be confirmed before this version was final."""
    facts = {row[1]: row for row in bundle.rows(FACTS)}
    terms = terms_of(bundle)
    awards = awards_of(terms, result, facts)
    level = terms.awarding["department_level"]
    departments = {
        one.number: (one.division, department_of(one.department, level)) for one in people_of(result, facts)
    }
    return dict(_drawn(awards, result, departments)) | dict(_winners(terms, awards, result))


def _winners(terms: Terms, awards: list[Given], result: Result) -> Iterator[tuple[str, int]]:
    """By how much each is ahead of the next in the division, or above what the prize asks for."""
    won = {award.employee: award for award in awards if award.form == "place"}
    keys: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in _ranked(result):
        keys[row.get("division", 0)].append((row["active_contacts"], row["conversation_days"]))
    known = {division: (sorted(each), Counter(each)) for division, each in keys.items()}
    for row in _ranked(result):
        if row["employee"] not in won:
            continue
        award, key = won[row["employee"]], (row["active_contacts"], row["conversation_days"])
        ordered, times = known[row.get("division", 0)]
        below = bisect_left(ordered, key)
        ahead = key[0] - ordered[below - 1][0] if below else key[0]
        least = max((each["min_score"] for each in terms.said["prizes"] if _is_of(each, award)), default=0)
        yield row["employee"], min(1 if times[key] > 1 else max(1, ahead), key[0] - max(1, least) + 1)


def _is_of(prize: dict[str, Any], award: Given) -> bool:
    return (prize["division"], prize["place"]) == (award.division, award.place)


def _ranked(result: Result) -> Iterator[dict[str, Any]]:
    return (row for row in map(json.loads, result.lines) if row["rank"] is not None)


def _drawn(
    awards: list[Given], result: Result, departments: dict[str, tuple[str, str]]
) -> Iterator[tuple[str, int]]:
    """Of recipients of goals, of prizes for contacts, and of a winning department's members, some by lot."""
    asked = sorted((a.form, a.contacts, a.employee) for a in awards if a.form in ("goal", "contacts"))
    needed = {employee: contacts for _form, contacts, employee in asked}
    winning = {(award.division, award.department) for award in awards if award.form == "department"}
    for number, (division, name) in departments.items():
        if not winning.isdisjoint({("", name), (division, name)}):
            needed.setdefault(number, 0)
    scores = {r["employee"]: r["active_contacts"] for r in _ranked(result) if r["employee"] in needed}
    order = sorted(scores, key=lambda number: _lot(result, "recipients", number))
    for number in order[: sample_size(len(order), -(-len(order) // A_FIFTH))]:
        fifth = -(-scores[number] // A_FIFTH)
        yield number, max(fifth, scores[number] - needed[number] + 1) if needed[number] else fifth
