"""All kinds together: what waits for somebody, most urgent first, and how much of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from django.db.models import CharField, Count, Value

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
    """mine: what this person may do; others': what waits for somebody else, with why."""

    mine: list[Waits]
    others: list[Waits]


def inbox(viewer: Viewer, *, now: datetime) -> Inbox:
    """At most SHOWN of each kind."""
    mine: list[Waits] = []
    others: list[Waits] = []
    for kind in kinds_of(viewer):
        own = list(kind.of(viewer, now)[:SHOWN])
        keys = [thing.pk for thing in own]
        rest = [thing for thing in kind.waiting(now)[: SHOWN + len(keys)] if thing.pk not in keys][:SHOWN]
        lines = kind.lines([*own, *rest], viewer)
        mine += [Waits(kind, line._replace(why_not="")) for line in lines[: len(own)]]
        others += [Waits(kind, line) for line in lines[len(own) :]]
    return Inbox(sorted(mine, key=_urgency), sorted(others, key=_urgency))


def kinds_of(viewer: Viewer) -> list[Kind]:
    return [kind for kind in KINDS if viewer.may(kind.permission)]


def counts(viewer: Viewer, *, now: datetime) -> dict[str, int]:
    """Kind -> how much of it waits for this person; kinds with nothing are absent."""
    each = [
        kind.of(viewer, now)
        .order_by()
        .values(waits_as=Value(kind.name, CharField()))
        .annotate(n=Count("*"))
        .values_list("waits_as", "n")
        for kind in kinds_of(viewer)
        if viewer.may(kind.act)
    ]
    if not each:
        return {}
    return {name: n for name, n in each[0].union(*each[1:], all=True) if n}


def _urgency(waits: Waits) -> tuple[datetime, int, datetime]:
    return (waits.line.until or NEVER, KINDS.index(waits.kind), waits.line.since or NEVER)
