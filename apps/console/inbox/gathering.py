"""All kinds together: what waits for somebody, most urgent first, and how much of it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet, Value

from apps.console.inbox.campaigns import Approvals, Deadlines, Gaps
from apps.console.inbox.ending import Cases, Checks, Decisions, Objections
from apps.console.inbox.kinds import Kind, Line
from apps.console.inbox.messages import Held, Unfinished
from apps.console.inbox.money import Answers, Exports, Returned
from apps.console.inbox.viewer import Viewer

# Most urgent first among those with the same time to be done by.
KINDS: Sequence[Kind] = (
    Deadlines(),
    Decisions(),
    Objections(),
    Gaps(),
    Checks(),
    Cases(),
    Approvals(),
    Returned(),
    Answers(),
    Exports(),
    Held(),
    Unfinished(),
)
SHOWN = 20  # of each kind
NEVER = datetime.max.replace(tzinfo=UTC)


class Waits(NamedTuple):
    kind: Kind
    line: Line


class Inbox(NamedTuple):
    """mine: what this person may do; others': what waits for somebody else, with why. counts: as `counts` has them."""

    mine: list[Waits]
    others: list[Waits]
    counts: dict[str, int]


def inbox(viewer: Viewer, *, now: datetime) -> Inbox:
    """At most SHOWN of each kind."""
    mine: list[Waits] = []
    others: list[Waits] = []
    kinds = kinds_of(viewer)
    alls = [kind.found(viewer, now) for kind in kinds]
    owns = [
        found.own() if viewer.may(kind.act) else found.everybodys.none()
        for kind, found in zip(kinds, alls, strict=True)
    ]
    numbers = _numbers([*owns, *(found.everybodys for found in alls)])
    for n, kind in enumerate(kinds):
        own = list(owns[n][:SHOWN]) if numbers[n] else []
        keys = [thing.pk for thing in own]
        has_others = numbers[len(kinds) + n] > numbers[n]
        shown = alls[n].everybodys[: SHOWN + len(keys)] if has_others else []
        rest = [thing for thing in shown if thing.pk not in keys][:SHOWN]
        lines = kind.lines([*own, *rest], viewer) if own or rest else []
        mine += [Waits(kind, line._replace(why_not="")) for line in lines[: len(own)]]
        others += [Waits(kind, line) for line in lines[len(own) :]]
    counted = _by_name(kinds, numbers[: len(kinds)])
    return Inbox(sorted(mine, key=_urgency), sorted(others, key=_urgency), counted)


def kinds_of(viewer: Viewer) -> list[Kind]:
    return [kind for kind in KINDS if viewer.may(kind.permission)]


def counts(viewer: Viewer, *, now: datetime) -> dict[str, int]:
    """Kind -> how much of it waits for this person; kinds with nothing are absent."""
    kinds = [kind for kind in kinds_of(viewer) if viewer.may(kind.act)]
    return _by_name(kinds, _numbers([kind.found(viewer, now).own() for kind in kinds]))


def _numbers(each: Sequence[QuerySet[Any]]) -> list[int]:
    """How many there are of each, by one query."""
    if not each:
        return []
    counted = [
        things.order_by().values(which=Value(n)).annotate(n=Count("*")).values_list("which", "n")
        for n, things in enumerate(each)
    ]
    numbers = dict(counted[0].union(*counted[1:], all=True))
    return [numbers.get(n, 0) for n in range(len(each))]


def _by_name(kinds: Iterable[Kind], numbers: Iterable[int]) -> dict[str, int]:
    return {kind.name: number for kind, number in zip(kinds, numbers, strict=True) if number}


def _urgency(waits: Waits) -> tuple[datetime, int, datetime]:
    return (waits.line.until or NEVER, KINDS.index(waits.kind), waits.line.since or NEVER)
