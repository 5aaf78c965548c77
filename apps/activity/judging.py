"""What becomes of each event of a batch, and the ties of those that count: plain arithmetic over what is known.

Who is whose contact by the directory of the day is the rule that `apps.activity.sql.RESOLVED` is in SQL.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from apps.activity.batch import Batch, Talk, microseconds

Verdict = Literal["counted", "staff_only", "outsiders_only", "group_rooms", "unknown_staff", "future", "late"]
Held = Literal["unknown_staff", "future", "late"]
HELD: tuple[Held, ...] = ("unknown_staff", "future", "late")  # verdicts of events that wait for somebody
FOREVER = 10_000_000  # an ordinal beyond all dates
SENT, RECEIVED = 0, 1


class Ownership(NamedTuple):
    """Whose an account was, on the days from starts_on to ends_on, as ordinals."""

    employee_id: int
    starts_on: int
    ends_on: int


@dataclass(frozen=True)
class Directory:
    """What the directory says of the accounts of a batch; ours: keys of handles at a company domain or below."""

    owners: Mapping[int, Sequence[Ownership]]
    ours: AbstractSet[int]

    def employee(self, account: int, day: int) -> int | None:
        for owner in self.owners.get(account, ()):
            if owner.starts_on <= day <= owner.ends_on:
                return owner.employee_id
        return None

    def throughout(self, first: int, last: int) -> dict[int, int]:
        """Employees by account, those to whom it belonged on every day from first to last."""
        return {
            account: owner.employee_id
            for account, owners in self.owners.items()
            for owner in owners
            if owner.starts_on <= first and last <= owner.ends_on
        }


@dataclass(frozen=True)
class Limits:
    """What is too large a room, too far ahead, or too long ago; None: nothing is."""

    room_size: int
    future: datetime
    stale: datetime | None


class Opinion(NamedTuple):
    """Of talk, whenever and in whatever room it was. stranger: the account that may become a contact."""

    verdict: Verdict
    employee_id: int = 0
    stranger: int | None = None
    side: int = SENT


@dataclass
class Judged:
    """What is to be done with a batch.

    counted: how many of its events do. ties: days, relative to `first_day`, on which each side wrote, by (employee,
    contact). left: the verdict on each event that does not count, by its place. strangers: all that may become
    contacts.
    """

    first_day: int
    counted: int = 0
    ties: dict[tuple[int, int], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    left: dict[int, Verdict] = field(default_factory=dict)
    strangers: set[int] = field(default_factory=set)


def judge(batch: Batch, directory: Directory, limits: Limits) -> Judged:
    """A verdict on every event."""
    odd = _odd(batch, limits)
    talks = batch.talk()
    spoken = {talk for place, talk in enumerate(talks) if place not in odd} if odd else set(talks)
    judged = Judged(first_day=min((day for _sender, _recipient, day in spoken), default=0))
    if refused := _count(judged, spoken, directory):
        judged.left = {place: refused[talk] for place, talk in enumerate(batch.talk()) if talk in refused}
    for place, why in odd.items():
        talk = batch.senders[place], batch.recipients[place], batch.days[place]
        opinion = opinion_of(talk, directory)
        judged.left[place] = opinion.verdict
        if why == "group_rooms":
            judged.left[place] = why
        elif opinion.stranger is not None:
            judged.left[place] = why
            judged.strangers.add(opinion.stranger)
    judged.counted = len(batch) - len(judged.left)
    return judged


def _odd(batch: Batch, limits: Limits) -> dict[int, Verdict]:
    """Events, by place, that cannot count whoever wrote them, and why."""
    instants, rooms = batch.instants, batch.room_sizes
    odd: dict[int, Verdict] = {}
    if limits.stale is not None:
        first = microseconds(limits.stale)
        odd |= {place: "late" for place, at in enumerate(instants) if at < first}
    last = microseconds(limits.future)
    if max(instants, default=last) > last:
        odd |= {place: "future" for place, at in enumerate(instants) if at > last}
    if max(rooms, default=0) > limits.room_size:
        odd |= {place: "group_rooms" for place, size in enumerate(rooms) if size > limits.room_size}
    return odd


def _count(judged: Judged, spoken: AbstractSet[Talk], directory: Directory) -> dict[Talk, Verdict]:
    """Put what counts into the ties; returns why the rest does not."""
    first, ties, refused = judged.first_day, judged.ties, dict[Talk, Verdict]()
    last = max((day for _sender, _recipient, day in spoken), default=0)
    employees = directory.throughout(first, last)
    staff = directory.owners.keys() | directory.ours
    for talk in spoken:
        sender, recipient, day = talk
        if sender in employees and recipient not in staff:  # almost all is this or the other way round
            ties[employees[sender], recipient][SENT] |= 1 << day - first
        elif recipient in employees and sender not in staff:
            ties[employees[recipient], sender][RECEIVED] |= 1 << day - first
        else:
            verdict, employee_id, stranger, side = opinion_of(talk, directory)
            if verdict == "counted" and stranger is not None:
                ties[employee_id, stranger][side] |= 1 << day - first
            else:
                refused[talk] = verdict
                judged.strangers |= set() if stranger is None else {stranger}
    judged.strangers.update([contact for _employee, contact in ties])
    return refused


def opinion_of(talk: Talk, directory: Directory) -> Opinion:
    """Who is no employee on the day may be staff all the same, by the handle."""
    sender, recipient, day = talk
    wrote, got = directory.employee(sender, day), directory.employee(recipient, day)
    sender_is_staff = wrote is not None or sender in directory.ours
    recipient_is_staff = got is not None or recipient in directory.ours
    if sender_is_staff and recipient_is_staff:
        return Opinion("staff_only")
    if wrote is not None:
        return Opinion("counted", wrote, recipient, SENT)
    if got is not None:
        return Opinion("counted", got, sender, RECEIVED)
    if sender_is_staff or recipient_is_staff:
        return Opinion("unknown_staff", stranger=recipient if sender_is_staff else sender)
    return Opinion("outsiders_only")
