"""The details of an entry as facts, and what it changed as before and after."""

from typing import Any, NamedTuple

from apps.audit.models import Entry

LONGEST = 300  # characters of one fact in a list
PAIRED = (" changed", " renamed", " moved")  # ends of acts whose details are [before, after]
AFTER = ("deadline", "covers")  # what stands beside "before"


class Change(NamedTuple):
    what: str
    before: str
    after: str


def changes_of(entry: Entry) -> list[Change]:
    """Fields with what they said before and say since; of something new, only what it says."""
    details = entry.details
    found = [Change(name, said(value[0]), said(value[1])) for name, value in _pairs(entry)]
    for name, value in _mapping(details.get("changes")).items():
        before, after = value if _is_pair(value) and entry.action.endswith(PAIRED) else (None, value)
        found.append(Change(name, said(before), said(after)))
    found += [
        Change(name, said(details["before"]), said(details[name]))
        for name in AFTER
        if isinstance(details.get("before"), str) and name in details
    ]
    before, after = _mapping(details.get("before")), _mapping(details.get("after"))
    found += [Change(name, said(before.get(name)), said(value)) for name, value in after.items()]
    return found


def facts_of(entry: Entry) -> list[tuple[str, str]]:
    """Whatever is no change, as (term, words) in the order in which it was written."""
    changed = {change.what for change in changes_of(entry)} | {"changes"}
    changed |= {"before", "after"} if changed & set(AFTER) or "after" in entry.details else set()
    facts = [(name, said(value)) for name, value in entry.details.items() if name not in changed]
    return [(name, text) for name, text in facts if text]


def in_a_line(entry: Entry) -> str:
    """The first of it, for a list."""
    changes = [
        f"{change.what}: {change.before or '–'} → {change.after or '–'}" for change in changes_of(entry)
    ]
    text = "; ".join([*changes, *(f"{term}: {words}" for term, words in facts_of(entry))])
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def said(value: Any) -> str:
    """Plain words for a JSON value; nothing for nothing."""
    if value is None or value in ([], {}):
        return ""
    if isinstance(value, dict):
        return ", ".join(f"{name}: {said(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(said(each) for each in value)
    return str(value)


def _pairs(entry: Entry) -> list[tuple[str, Any]]:
    if not entry.action.endswith(PAIRED):
        return []
    return [(name, value) for name, value in entry.details.items() if _is_pair(value)]


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
