"""All kinds together: what waits for somebody, most urgent first, and how much of it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from django.db.models import Count, Value

from apps.console.inbox.campaigns import Approvals, Deadlines, Gaps
from apps.console.inbox.ending import Cases, Checks, Decisions, Objections
from apps.console.inbox.kinds import Found, Kind, Line
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


class Counted(NamedTuple):
    """own: how many wait for this person; everybodys: how many wait at all."""

    kind: Kind
    found: Found
    own: int
    everybodys: int


def inbox(viewer: Viewer, *, now: datetime) -> Inbox:
    """At most SHOWN of each kind."""
    mine: list[Waits] = []
    others: list[Waits] = []
    counted = _counted(viewer, now)
    for kind, found, n_own, n_all in counted:
        own = list(found.own[:SHOWN]) if n_own else []
        keys = [thing.pk for thing in own]
        shown = found.everybodys[: SHOWN + len(keys)] if n_all > n_own else []
        rest = [thing for thing in shown if thing.pk not in keys][:SHOWN]
        lines = kind.lines([*own, *rest], viewer) if own or rest else []
        mine += [Waits(kind, line._replace(why_not="")) for line in lines[: len(own)]]
        others += [Waits(kind, line) for line in lines[len(own) :]]
    return Inbox(sorted(mine, key=_urgency), sorted(others, key=_urgency), _of_own(counted))


def kinds_of(viewer: Viewer) -> list[Kind]:
    return [kind for kind in KINDS if viewer.may(kind.permission)]


def counts(viewer: Viewer, *, now: datetime) -> dict[str, int]:
    """Kind -> how much of it waits for this person; kinds with nothing are absent."""
    return _of_own(_counted(viewer, now))


def _counted(viewer: Viewer, now: datetime) -> list[Counted]:
    """Every kind that this person may see, all counted by one query."""
    kinds = kinds_of(viewer)
    if not kinds:
        return []
    found = {kind: kind.found(viewer, now) for kind in kinds}
    each = [
        things.order_by().values(which=Value(n)).annotate(n=Count("*")).values_list("which", "n")
        for n, things in enumerate(things for kind in kinds for things in found[kind])
    ]
    numbers = dict(each[0].union(*each[1:], all=True))
    return [
        Counted(
            kind,
            found[kind],
            numbers.get(2 * n, 0) if viewer.may(kind.act) else 0,
            numbers.get(2 * n + 1, 0),
        )
        for n, kind in enumerate(kinds)
    ]


def _of_own(counted: Iterable[Counted]) -> dict[str, int]:
    return {each.kind.name: each.own for each in counted if each.own}


def _urgency(waits: Waits) -> tuple[datetime, int, datetime]:
    return (waits.line.until or NEVER, KINDS.index(waits.kind), waits.line.since or NEVER)
