"""The details of an entry as facts, and what it changed as before and after."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from apps.audit.models import Entry
from apps.console.log.names import slug_in
from apps.console.log.terms import term
from apps.console.log.values import said

KEY_OF_A_CONTACT = re.compile(r"-?\d{12,}")
LONGEST = 300  # characters of one fact in a list
PAIRED = (" changed", " renamed", " moved")  # ends of acts whose details are [before, after]
AFTER = ("deadline", "covers")  # what stands beside "before"


class Change(NamedTuple):
    """what: as the log has it; before and after: in the reader's language."""

    what: str
    before: str
    after: str

    @property
    def term(self) -> str:
        return term(self.what)


def changes_of(entry: Entry) -> list[Change]:
    """Fields with what they said before and say since; of something new, only what it says."""
    details = entry.details
    found = [Change(name, said(value[0], name), said(value[1], name)) for name, value in _pairs(entry)]
    for name, value in _mapping(details.get("changes")).items():
        before, after = value if _is_pair(value) and entry.action.endswith(PAIRED) else (None, value)
        found.append(Change(name, said(before, name), said(after, name)))
    found += [
        Change(name, said(details["before"], name), said(details[name], name))
        for name in AFTER
        if isinstance(details.get("before"), str) and name in details
    ]
    before, after = _mapping(details.get("before")), _mapping(details.get("after"))
    found += [
        Change(name, said(before.get(name), name), said(after.get(name), name))
        for name in dict.fromkeys([*after, *before])
    ]
    return found


def facts_of(entry: Entry) -> list[tuple[str, str]]:
    """Whatever is no change, as (term, words) in the order in which it was written."""
    changed = {change.what for change in changes_of(entry)} | {"changes"}
    changed |= {"before", "after"} if changed & set(AFTER) or "after" in entry.details else set()
    facts = [(term(name), said(value, name)) for name, value in entry.details.items() if name not in changed]
    return [(name, words) for name, words in facts if words]


def in_a_line(entry: Entry, names: Mapping[str, str]) -> str:
    """The first of it, for a list; what stayed as it was, hashes and numbers of contacts are on its own page.

    names: of campaigns, by slug.
    """
    shown = Entry(action=entry.action, subject=entry.subject, details=_in_short(entry.details))
    campaign = shown.details.get("campaign")
    if campaign and campaign == slug_in(entry.subject):
        del shown.details["campaign"]
    elif campaign in names:
        shown.details["campaign"] = names[campaign]
    changes = [
        (each.term, f"{each.before or _('none')} → {each.after or _('none')}")
        for each in changes_of(shown)
        if each.before != each.after
    ]
    told = [
        _("%(term)s: %(words)s") % {"term": name, "words": words}
        for name, words in [*changes, *facts_of(shown)]
    ]
    text = _("; ").join(told)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _in_short(value: Any, key: str = "") -> Any:
    """Contacts as how many they are."""
    if isinstance(value, dict):
        return {
            name: _in_short(each, name)
            for name, each in value.items()
            if not name.endswith("sha256") and not KEY_OF_A_CONTACT.fullmatch(str(each))
        }
    if isinstance(value, list):
        return len(value) if key == "contacts" else [_in_short(each, key) for each in value]
    return value


def _pairs(entry: Entry) -> list[tuple[str, Any]]:
    if not entry.action.endswith(PAIRED):
        return []
    return [(name, value) for name, value in entry.details.items() if _is_pair(value)]


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
