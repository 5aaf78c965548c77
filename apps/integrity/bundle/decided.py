"""What people announced, decided, approved and gave: each beside its entry in the audit log."""

import hashlib
import json
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .audit import Log
from .belonging import check_belonging
from .content import FACTS, Result
from .files import Bundle, Recorded, Say, canonical, require
from .prizes import check_prizes
from .reviews import check_reviews

SHEETS = "rules-sheets.ndjson"
RULE, DECISIONS, APPROVALS = "rule.json", "decisions.ndjson", "approvals.ndjson"
AWARDS, TAX = "awards.ndjson", "tax.ndjson"
STATES = ("scheduled", "running", "settling", "provisional", "final", "paid", "void")
APPROVALS_NEEDED = 2


def check_decided(
    bundle: Bundle, manifest: dict[str, Any], log: Log, results: list[Result], *, say: Say
) -> None:
    _check_rule(bundle, manifest, log, results)
    say("Rule: is what was announced, and what the result was counted by.")
    check_belonging(json.loads(bundle.read(RULE)), results, say=say)
    say(f"Rules sheets: {check_sheets(bundle, log)}, word for word what the log has the hashes of.")
    decisions = check_decisions(bundle, log)
    for result in results:
        _check_corrections(result, decisions)
    say(f"Decisions: {len(decisions)}, each as it was proposed; the versions have made those that stand.")
    say(f"Approvals: {_check_approvals(bundle, manifest, log, results)}, each in the log.")
    say(f"Awards: {check_awards(bundle, log)}, each as it was proposed.")
    _check_facts(bundle, log)
    check_prizes(bundle, manifest, results, say=say)
    check_reviews(bundle, manifest, log, results, say=say)
    say(f"Tax: {_check_tax(bundle)} amounts computed again from the schedule.")


def _check_rule(bundle: Bundle, manifest: dict[str, Any], log: Log, results: list[Result]) -> None:
    said = json.loads(bundle.read(RULE))
    announced = _announced(log)
    for key in sorted(announced.keys() | said.keys()):
        require(key in said and key in announced, RULE, f"{key} is not what the log says was announced")
        require(said[key] == announced[key], RULE, f"{key} is {said[key]}, announced was {announced[key]}")
    for result in results:
        for name, value in result.said["rule"].items():
            known = said.get(f"rule.{name}", value)
            require(known == value, RULE, f"version {result.version} was counted with {name} {value}")
        require(result.said["as_of"] == said["deadline"], RULE, "the deadline is not that of the result")
        divisions = [division["key"] for division in said.get("divisions", ())]
        known = result.said.get("divisions", [])
        require(known == divisions, RULE, f"version {result.version} was ranked in the divisions {known}")
    states = [e["action"].removeprefix("campaign ") for e in log if e["action"].startswith("campaign ")]
    reached = [state for state in states if state in STATES]
    require(
        reached[-1:] == [manifest["state"]], "manifest.json", f"the log says the campaign is {reached[-1:]}"
    )


def check_sheets(bundle: Recorded, log: Log) -> int:
    """What employees read, in every language."""
    noted = [entry["details"]["rules sheet"] for entry in log if "rules sheet" in entry["details"]]
    logged = [(sheet["version"], sheet["sha256"]) for sheet in noted]
    found = []
    for line, content in enumerate(bundle.rows(SHEETS), start=1):
        found.append((content["version"], hashlib.sha256(canonical(content)).hexdigest()))
        require(found == logged[:line], f"{SHEETS}, line {line}", "the audit log has no such sheet")
    require(found == logged, SHEETS, f"version {len(found) + 1} is missing")
    return len(found)


def _announced(log: Log) -> dict[str, Any]:
    """What the log says was announced last; a later deadline is two people's."""
    announced: dict[str, Any] = {}
    proposed: dict[str, str] = {}
    for entry in log:
        details = entry["details"]
        for key, value in details.get("changes", {}).items():
            announced[key] = value if entry["action"] == "campaign created" else value[1]
        if entry["action"] == "later deadline proposed":
            proposed[details["deadline"]] = entry["actor"]
        if entry["action"] == "deadline moved":
            by = proposed.get(details["deadline"])
            require(by not in (None, entry["actor"]), RULE, "the deadline was moved by one person alone")
            announced["deadline"] = details["deadline"]
    if not announced.get("divisions"):
        announced.pop("divisions", None)  # given up again before the start
    return announced


def check_decisions(bundle: Recorded, log: Log) -> dict[int, dict[str, Any]]:
    decisions = {}
    proposed = _by_decision(log.named("decision proposed"))
    confirmed = _by_decision(log.named("decision confirmed"))
    rejected = _by_decision(log.named("decision rejected"))
    for line, decision in enumerate(bundle.rows(DECISIONS), start=1):
        number, place = decision["number"], f"{DECISIONS}, line {line}"
        logged = {"details": {"decision": number} | decision["said"], "actor": decision["proposed_by"]}
        require(_same(proposed.get(number), logged), place, "is not what the log says was proposed")
        for by, entries in (("confirmed_by", confirmed), ("rejected_by", rejected)):
            actor = entries[number]["actor"] if number in entries else None
            require(decision[by] == actor, place, f"{by} is {decision[by]}, the log has {actor}")
        require(decision["confirmed_by"] != decision["proposed_by"], place, "is one person's alone")
        version = confirmed[number]["details"]["version"] if number in confirmed else None
        counted = version if decision["said"]["kind"] != "gap" else None
        require(decision["version"] == counted, place, f"the log says it counts since version {version}")
        decisions[number] = decision
    missing = sorted(proposed.keys() - decisions.keys())
    require(not missing, DECISIONS, f"decision {missing[:1]} is missing")
    return decisions


def _by_decision(entries: Log) -> dict[int, dict[str, Any]]:
    return {entry["details"]["decision"]: entry for entry in entries}


def _same(entry: dict[str, Any] | None, said: dict[str, Any]) -> bool:
    return entry is not None and {name: entry[name] for name in said} == said


def _check_corrections(result: Result, decisions: dict[int, dict[str, Any]]) -> None:
    made = {
        number: decision
        for number, decision in sorted(decisions.items())
        if decision["confirmed_by"] and (decision["version"] or result.version + 1) <= result.version
    }
    undone = {decision["said"]["undoes"] for decision in made.values()}
    should = [
        {"decision": number} | part
        for number, decision in made.items()
        if number not in undone and decision["said"]["kind"] != "undo"
        for part in decision["said"]["corrections"]
    ]
    place = f"results.ndjson, line {result.version}"
    require(result.said["corrections"] == should, place, "its corrections are not those that were decided")


def _check_approvals(bundle: Bundle, manifest: dict[str, Any], log: Log, results: list[Result]) -> int:
    logged = Counter(
        (entry["details"]["version"], entry["details"]["sha256"], entry["actor"], entry["at"])
        for entry in log.named("result approved")
    )
    hashes = {result.version: result.said["sha256"] for result in results}
    found: Counter[tuple[Any, ...]] = Counter()
    for line, each in enumerate(bundle.rows(APPROVALS), start=1):
        approval = (each["version"], hashes.get(each["version"]), each["approver"], each["at"])
        found[approval] += 1
        require(found[approval] <= logged[approval], f"{APPROVALS}, line {line}", "is not in the log")
    require(not logged - found, APPROVALS, "the log has an approval that is missing")
    final = [entry["details"]["version"] for entry in log.named("result final")]
    place, version = "manifest.json", manifest["final"]
    require(final[-1:] == ([] if version is None else [version]), place, f"the log has {final} as final")
    people = {approval[2] for approval in found if approval[0] == version}
    enough = len(people) >= APPROVALS_NEEDED or manifest["state"] not in ("final", "paid")
    require(enough, APPROVALS, f"only {len(people)} people approved version {version}")
    return found.total()


def check_awards(bundle: Recorded, log: Log) -> int:
    logged = Counter(_given(entry["details"]) for entry in log.named("award proposed", "awards proposed"))
    awards = 0
    together: dict[tuple[Any, ...], tuple[int, Decimal]] = {}
    for line, award in enumerate(bundle.rows(AWARDS), start=1):
        awards += 1
        net = f"{award['net']} {award['currency']}"
        if award["form"] == "place":
            said = {name: award[name] for name in ("employee", "place", "version")}
            said |= {"shared by": award["shared_by"], "net": net}
            said |= {"division": award["division"]} if "division" in award else {}
            require(logged[canonical(said)] > 0, f"{AWARDS}, line {line}", "is not in the log")
            logged[canonical(said)] -= 1
            continue
        names = ("version", "form", "place", "department", "currency")
        key = (*(award[name] for name in names), award.get("division", ""))
        count, sum_ = together.get(key, (0, Decimal(0)))
        together[key] = (count + 1, sum_ + Decimal(award["net"]))
    for (version, form, place, department, currency, division), (count, total) in together.items():
        said = {"for": form, "awards": count, "net": f"{total} {currency}", "version": version}
        said |= {"place": place, "department": department} if place else {}
        said |= {"division": division} if division else {}
        require(
            logged[canonical(said)] > 0,
            AWARDS,
            f"the log has no {count} awards for {form}, {total} {currency}",
        )
        logged[canonical(said)] -= 1
    require(not +logged, AWARDS, "the log has an award that is missing")
    return awards


def _given(details: dict[str, Any]) -> bytes:
    """What the log says of an award; without what the version before gave, which earlier logs do not have."""
    return canonical({name: each for name, each in details.items() if name not in ("before", "after")})


def _check_facts(bundle: Bundle, log: Log) -> None:
    digest, rows = hashlib.sha256(), list(bundle.rows(FACTS))
    for row_id, _number, department, groups, days, is_employed in rows:
        digest.update(f"{(row_id, department)} {groups} {(days, is_employed)}\n".encode())
    logged = [entry["details"]["sha256"] for entry in log.named("prize facts fixed")]
    require(logged[-1:] == ([digest.hexdigest()] if logged else []), FACTS, "is not what was fixed")
    require(bool(logged) or not rows, FACTS, "the log does not say that they were fixed")


def _check_tax(bundle: Bundle) -> int:
    found = 0
    for line, row in enumerate(bundle.rows(TAX), start=1):
        if "problem" in row:
            continue
        found, place = found + 1, f"{TAX}, line {line}"
        content = bundle.read(f"tax/{row['schedule']}.json")
        require(
            hashlib.sha256(content).hexdigest() == row["schedule_sha256"], place, "is of another schedule"
        )
        gross, tax = Decimal(row["gross"]), Decimal(row["tax"])
        require(_tax_on(gross, json.loads(content)) == tax, place, f"{tax} is not the tax on {gross}")
        require(gross - tax == Decimal(row["net"]), place, f"{gross} less {tax} is not {row['net']}")
    return found


def _tax_on(gross: Decimal, schedule: dict[str, Any]) -> Decimal:
    months = 12 if schedule["method"] == "spread" else 1
    limits = (
        band
        for band in schedule["bands"]
        if band["up_to"] is None or gross <= Decimal(band["up_to"]) * months
    )
    band = next(limits)
    tax = gross * Decimal(band["rate"]) - Decimal(band["quick_deduction"])
    return tax.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
