"""Who gets which prize, a second time: whole cents over a bundle's content, written apart from the program."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any, NamedTuple

from .content import FACTS, PROMISED, Result, department_of
from .files import Bundle, Say, require

RULE, AWARDS = "rule.json", "awards.ndjson"
FURTHEST = timedelta(hours=14)  # that a midnight anywhere is from the same date's in UTC


class Given(NamedTuple):
    """An award: net in whole cents."""

    employee: str
    form: str
    place: int
    contacts: int
    department: str
    shared_by: int
    net: int
    currency: str
    division: str = ""


@dataclass(frozen=True)
class Somebody:
    """A participant. row: orders those without contacts among each other."""

    number: str
    active: int = 0
    days: int = 0
    row: int = 0
    department: str = ""
    groups: frozenset[str] = frozenset()
    days_employed: int = 0
    is_employed: bool = True
    division: str = ""


@dataclass(frozen=True)
class Terms:
    """What was promised, with `awarding` from the rule."""

    said: dict[str, Any]
    awarding: dict[str, Any]
    days: int = field(default=0)

    def can_win(self, one: Somebody) -> bool:
        if self.awarding["employed_at"] == "result" and not one.is_employed:
            return False
        return not one.groups & set(self.awarding["excluded_groups"])


def check_prizes(bundle: Bundle, manifest: dict[str, Any], results: list[Result], *, say: Say) -> None:
    """Every version that awards were proposed for gives exactly these; the final one has all of its own."""
    terms = terms_of(bundle)
    listed: dict[int, dict[Given, int]] = defaultdict(dict)
    for line, award in enumerate(bundle.rows(AWARDS), start=1):
        listed[award["version"]][_listed(award)] = line
    facts = {row[1]: row for row in bundle.rows(FACTS)}
    for result in results:
        is_final = result.version == manifest["final"]
        if result.version in listed or is_final:
            should = awards_of(terms, result, facts)
            _compare(result.version, should, listed[result.version])
            say(f"Prizes of version {result.version}: all {len(should)} awards are given again, to the cent.")
        if is_final:
            _name_winners(should, result, say=say)


def _name_winners(awards: list[Given], result: Result, *, say: Say) -> None:
    """Of places alone; goals may have thousands."""
    contacts = {row["employee"]: row["active_contacts"] for row in map(json.loads, result.lines)}
    for award in (each for each in awards if each.form == "place"):
        shared = f", shared by {award.shared_by}" if award.shared_by > 1 else ""
        within = f" of {award.division}" if award.division else ""
        won = f"{award.employee}, {contacts[award.employee]} contacts, {award.net / 100:.2f} {award.currency}"
        say(f"Place {award.place}{within}: {won}{shared}.")


def _compare(version: int, should: list[Given], listed: dict[Given, int]) -> None:
    known = set(should)
    for award, line in listed.items():
        require(award in known, f"{AWARDS}, line {line}", f"{_spelled(award)} is not what the result gives")
    for award in should:
        require(award in listed, AWARDS, f"version {version} gives {_spelled(award)}, which is missing")


def _spelled(award: Given) -> str:
    return f"{award.net / 100:.2f} {award.currency} for {award.form} to {award.employee}"


def _listed(award: dict[str, Any]) -> Given:
    said = {name: award[name] for name in Given._fields if name not in {"net", "division"}}
    return Given(**said, net=_cents(award["net"]), division=award.get("division", ""))


def _cents(net: str) -> int:
    return int(Decimal(net) * 100)


def terms_of(bundle: Bundle) -> Terms:
    """What was promised is what the rule says, and the rule is what the log says was announced."""
    said, rule = json.loads(bundle.read(PROMISED)), json.loads(bundle.read(RULE))
    for key in ("prizes", "goals", "per_contact", "department_prizes"):
        spelled = [_announced(key, each) for each in said[key]]
        known = rule[key] if isinstance(rule[key], list) else [rule[key]] if rule[key] else []
        require(spelled == known, PROMISED, f"{key} is not what was announced")
    first, last = (date.fromisoformat(said[name]) for name in ("first_day", "last_day"))
    midnight = datetime(first.year, first.month, first.day, tzinfo=UTC)
    apart = abs(midnight - datetime.fromisoformat(rule["starts_at"]))
    require(apart <= FURTHEST, PROMISED, "does not begin when the campaign began")
    awarding = {key.partition(".")[2]: value for key, value in rule.items() if key.startswith("awarding.")}
    return Terms(said, awarding, (last - first).days + 1)


def _announced(key: str, each: dict[str, Any]) -> str:
    money = f"{Decimal(each['net']):.2f} {each['currency']}"
    within = f"{each['division']} " if each.get("division") else ""
    if key == "per_contact":
        return f"{within}{money}, {each['most']} at most"
    if key == "goals":
        groups = f", without {', '.join(each['exempt_groups'])}" if each["exempt_groups"] else ""
        return f"{within}{each['contacts']}: {money}, {'pro rata' if each['pro_rata'] else 'in full'}{groups}"
    least = f" >= {each['min_score']}" if each.get("min_score") else ""
    return f"{within}{each['place']}: {money}{least}"


def awards_of(terms: Terms, result: Result, facts: dict[str, Any]) -> list[Given]:
    everybody = list(people_of(result, facts))
    ranked = [one for one in everybody if one.active]
    given = [
        award
        for division in result.said.get("divisions") or [""]
        for award in _places(terms, division, [one for one in ranked if one.division == division])
    ]
    if facts:
        for division in ["", *result.said.get("divisions", ())]:
            given += _departments(terms, division, everybody, result.met)
        given += _goals(terms, everybody)
        given += _per_contact(terms, everybody)
    return _largest_of_each(given) if terms.awarding["per_person"] == "one" else given


def people_of(result: Result, facts: dict[str, Any]) -> Iterator[Somebody]:
    """Those who take part, in the order of rows; nothing is known of anybody when prizes depend on places alone."""
    left_out = {each["employee"] for each in result.said["corrections"] if each["kind"] == "left out"}
    rows = [json.loads(line) for line in result.lines]
    rows.sort(key=lambda row: facts[row["employee"]][0] if facts else 0)
    for row in rows:
        number, known, divisions = row["employee"], {}, ["", *result.said.get("divisions", ())]
        if number in left_out:
            continue
        if facts:
            row_id, _number, department, groups, days, is_employed = facts[number]
            known = {"row": row_id, "department": department, "groups": frozenset(groups)}
            known |= {"days_employed": days, "is_employed": is_employed}
        division = divisions[row.get("division", 0)]
        yield Somebody(number, row["active_contacts"], row["conversation_days"], division=division, **known)


def _places(terms: Terms, division: str, ranked: list[Somebody]) -> Iterator[Given]:
    own = (prize for prize in terms.said["prizes"] if prize["division"] == division)
    prizes = {prize["place"]: prize for prize in own}
    by_days = terms.awarding["tie_break"] == "conversation days"

    def key(one: Somebody) -> tuple[int, int]:
        return -one.active, -one.days if by_days else 0

    able = sorted((one for one in ranked if terms.can_win(one)), key=lambda one: (*key(one), one.number))
    place = 1
    for _key, equals in groupby(able, key=key):
        group = list(equals)
        held = [prizes.get(n) for n in range(place, place + len(group))]
        won = [prize for prize in held if prize and group[0].active >= prize["min_score"]]
        yield from _to_equals(terms, place, group, won)
        place += len(group)
        if place > max(prizes, default=0):
            return


def _to_equals(terms: Terms, place: int, group: list[Somebody], won: list[dict[str, Any]]) -> Iterator[Given]:
    division = group[0].division
    if terms.awarding["equals"] == "all":
        for prize in (prize for prize in won if prize["place"] == place):
            for one in group:
                yield Given(
                    one.number, "place", place, 0, "", 1, _cents(prize["net"]), prize["currency"], division
                )
        return
    for one, cents in zip(
        group, _divided(sum(_cents(prize["net"]) for prize in won), len(group)), strict=True
    ):
        if cents:
            yield Given(one.number, "place", place, 0, "", len(group), cents, won[0]["currency"], division)


def _divided(cents: int, among: int) -> list[int]:
    """To the cent; those who come first get the cents left over."""
    return [(cents + among - 1 - n) // among for n in range(among)]


def _is_for(prize: dict[str, Any], one: Somebody) -> bool:
    return prize.get("division", "") in ("", one.division)


def _departments(
    terms: Terms, division: str, everybody: list[Somebody], met: dict[tuple[str, str], int]
) -> Iterator[Given]:
    own = (each for each in terms.said["department_prizes"] if each.get("division", "") == division)
    prizes = {prize["place"]: prize for prize in own}
    if not prizes:
        return
    members: dict[str, list[Somebody]] = defaultdict(list)
    for one in everybody:
        if division in ("", one.division):
            members[department_of(one.department, terms.awarding["department_level"])].append(one)
    members.pop("", None)
    least = terms.awarding["department_members"]
    ratio = {
        name: Fraction(met.get((division, name), 0), len(people))
        for name, people in members.items()
        if len(people) >= least
    }
    place, order = 1, sorted((name for name in ratio if ratio[name]), key=lambda name: (-ratio[name], name))
    for _ratio, equals in groupby(order, key=ratio.__getitem__):
        names = list(equals)
        pool = [_cents(prizes[n]["net"]) for n in range(place, place + len(names)) if n in prizes]
        amounts = _divided(sum(pool), len(names))
        if terms.awarding["equals"] == "all":
            amounts = [_cents(prizes[place]["net"]) if place in prizes else 0] * len(names)
        for name, cents in zip(names, amounts, strict=True):
            for award in _to_members(terms, place, name, members[name], cents):
                yield award._replace(division=division)
        place += len(names)


def _to_members(terms: Terms, place: int, name: str, members: list[Somebody], cents: int) -> Iterator[Given]:
    able = [one for one in members if terms.can_win(one)]
    able.sort(key=lambda one: (one.active == 0, one.number if one.active else "", one.row))
    currency = terms.said["department_prizes"][0]["currency"]
    for one, share in zip(able, _divided(cents, len(able)) if able else [], strict=True):
        if share:
            yield Given(one.number, "department", place, 0, name, len(able), share, currency)


def _goals(terms: Terms, everybody: list[Somebody]) -> Iterator[Given]:
    for goal in terms.said["goals"]:
        for one in everybody:
            needed = goal["contacts"]
            if goal["pro_rata"] and one.days_employed < terms.days:
                needed = max(1, (needed * one.days_employed + terms.days - 1) // terms.days)
            exempt = one.groups & set(goal["exempt_groups"])
            if one.active >= needed and not exempt and terms.can_win(one) and _is_for(goal, one):
                cents, division = _cents(goal["net"]), goal.get("division", "")
                yield Given(one.number, "goal", 0, goal["contacts"], "", 1, cents, goal["currency"], division)


def _per_contact(terms: Terms, everybody: list[Somebody]) -> Iterator[Given]:
    for prize in terms.said["per_contact"]:
        for one in everybody:
            paid = min(one.active, prize["most"])
            if paid and terms.can_win(one) and _is_for(prize, one):
                cents, division = paid * _cents(prize["net"]), prize.get("division", "")
                yield Given(one.number, "contacts", 0, paid, "", 1, cents, prize["currency"], division)


def _largest_of_each(given: Iterable[Given]) -> list[Given]:
    """Of everybody one: that of a place, else the largest, of equally large ones the first."""
    by_person: dict[str, list[Given]] = defaultdict(list)
    for award in given:
        by_person[award.employee].append(award)
    return [
        max(awards, key=lambda award: (award.form == "place", award.net)) for awards in by_person.values()
    ]
