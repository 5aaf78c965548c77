"""Runs an operation and its floor in turn, and says how they compare.

Both run in every round, one directly after the other, and the order changes from round to round, so that
what else the machine does meets both. Times are only comparable within one run; ratios are what counts.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, ClassVar, Literal

from benchmarks.memory import Watch

if TYPE_CHECKING:
    from benchmarks.world import World

Side = Literal["operation", "floor"]


@dataclass(frozen=True)
class Target:
    """What is good enough. kind: which figure is compared; bound: a limit above, or below for shares."""

    kind: Literal["times", "share", "seconds", "figure"]
    bound: float
    at_most: bool = True

    def is_met(self, value: float) -> bool:
        return value <= self.bound if self.at_most else value >= self.bound

    def __str__(self) -> str:
        sign = "<=" if self.at_most else ">="
        if self.kind == "share":
            return f"{sign} {self.bound:.0%}"
        if self.kind == "seconds":
            return f"{sign} {1000 * self.bound:g} ms"
        return f"{sign} {self.bound:g}" + (" x" if self.kind == "times" else "")


def times(bound: float) -> Target:
    """At most so many times the floor's time."""
    return Target("times", bound)


def share(bound: float) -> Target:
    """At least this share of the floor's rate (units of work a second)."""
    return Target("share", bound, at_most=False)


def seconds(bound: float) -> Target:
    """At most so many seconds an operation, whatever a floor says."""
    return Target("seconds", bound)


@dataclass(frozen=True)
class Figure:
    """Something beside the time: bytes a tie, connections held. `value` in `unit`."""

    name: str
    value: float
    unit: str
    target: Target | None = None  # of kind "figure"


@dataclass(frozen=True)
class Curve:
    """How something went on within one benchmark; the labels name what the axes hold, with units."""

    name: str
    x_label: str
    y_label: str
    points: tuple[tuple[float, float], ...]


class Benchmark(ABC):
    """One operation beside its floor. A case is a subclass in benchmarks/cases/ that gives a `name`.

    `operation` and `floor` are timed from outside; one that measures for itself (a load of requests in
    other processes) returns its seconds instead. `amount` is the units of work that the next time does.
    """

    name: ClassVar[str] = ""
    measures: ClassVar[str]  # what the operation does, in a line
    against: ClassVar[str] = ""  # what the floor does, in a line
    unit: ClassVar[str]  # of the amount, in the plural: "ties", "events", "requests"
    target: ClassVar[Target | None] = None
    rounds: ClassVar[int | None] = None  # when fewer than usual must do
    warms_up: ClassVar[bool] = (
        True  # False: too long to run once more, so its memory is watched while it is timed
    )
    makes_larger: ClassVar[bool] = False  # True: works on a company of ten times the people, too
    amount: float = 1

    def prepare(self, world: "World") -> None:  # noqa: B027  (a hook)
        """Once, before everything; sets `amount` unless `before` does."""

    def before(self, side: Side) -> None:  # noqa: B027  (a hook)
        """Before each time, not timed: put back what the last one used up, set another `amount`."""

    @abstractmethod
    def operation(self) -> float | None:
        """What is measured."""

    def floor(self) -> float | None:
        """The bare doing of the same; a benchmark that does not say it stands alone."""
        return None

    def processes(self) -> Iterable[int]:
        """Ids of further processes that take part (own children are found anyway), for the memory."""
        return ()

    def figures(self) -> Iterable[Figure]:
        """After the last round: what else is worth telling."""
        return ()

    def curves(self) -> Iterable[Curve]:
        """After the last round: how it went on, for a picture."""
        return ()

    def tidy(self) -> None:  # noqa: B027  (a hook)
        """Once, at the end, also after a failure."""

    @classmethod
    def has_floor(cls) -> bool:
        return cls.floor is not Benchmark.floor


@dataclass
class Measured:
    """What the rounds gave: seconds of each time, in their order; peak memory in bytes, None when unknown."""

    case: type[Benchmark]
    seconds: list[float] = field(default_factory=list)
    floor_seconds: list[float] = field(default_factory=list)
    amounts: list[float] = field(default_factory=list)
    floor_amounts: list[float] = field(default_factory=list)
    peak_memory: int | None = None
    figures: list[Figure] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)

    def note(self, side: Side, taken: float, amount: float) -> None:
        """One time of one side, and the units of work it did."""
        (self.seconds if side == "operation" else self.floor_seconds).append(taken)
        (self.amounts if side == "operation" else self.floor_amounts).append(amount)

    @property
    def median(self) -> float:
        return median(self.seconds)

    @property
    def amount(self) -> float:
        return median(self.amounts)

    @property
    def spread(self) -> float:
        """(maximum - minimum) / median of the operation's times."""
        return spread(self.seconds)

    @property
    def rate(self) -> float:
        """Units of work a second."""
        return self.amount / self.median

    @property
    def floor_median(self) -> float | None:
        return median(self.floor_seconds) if self.floor_seconds else None

    @property
    def ratios(self) -> list[float]:
        """Of each round's two neighbours: the operation's time a unit of work over the floor's."""
        mine = [taken / amount for taken, amount in zip(self.seconds, self.amounts, strict=True)]
        bare = [taken / amount for taken, amount in zip(self.floor_seconds, self.floor_amounts, strict=True)]
        return [one / other for one, other in zip(mine, bare, strict=True)] if bare else []

    @property
    def ratio(self) -> float | None:
        """The median of `ratios`: as a share of the floor's rate when the target is one, else in times its time."""
        if not self.floor_seconds:
            return None
        middle = median(self.ratios)
        return 1 / middle if self.case.target and self.case.target.kind == "share" else middle

    @property
    def is_met(self) -> bool | None:
        """None when there is no target."""
        if self.case.target is None:
            return None
        value = self.median if self.case.target.kind == "seconds" else self.ratio
        return None if value is None else self.case.target.is_met(value)


def spread(values: list[float]) -> float:
    return (max(values) - min(values)) / median(values)


def run(case: Benchmark, world: "World", *, rounds: int) -> Measured:
    """Prepare, warm both sides up while watching the memory, then time `rounds` rounds in turn."""
    try:
        case.prepare(world)
        peak = _warm_up(case) if case.warms_up else None
        measured = Measured(type(case), peak_memory=peak)
        for number in range(case.rounds or rounds):
            for side in _turns(case, number):
                case.before(side)
                with Watch(case.processes()) if not case.warms_up else nullcontext() as watch:
                    taken = _timed(case, side)
                measured.note(side, taken, case.amount)
                measured.peak_memory = watch.peak if watch else peak
        measured.figures, measured.curves = list(case.figures()), list(case.curves())
        return measured
    finally:
        case.tidy()


def _warm_up(case: Benchmark) -> int | None:
    """One round that is not timed. Looking at the memory costs time, so it is done here."""
    if case.has_floor():
        case.before("floor")
        case.floor()
    case.before("operation")
    with Watch(case.processes()) as watch:
        case.operation()
    return watch.peak


def _turns(case: Benchmark, number: int) -> Iterator[Side]:
    sides: list[Side] = ["operation", "floor"] if case.has_floor() else ["operation"]
    yield from reversed(sides) if number % 2 else sides


def _timed(case: Benchmark, side: Side) -> float:
    started = time.perf_counter()
    own = case.operation() if side == "operation" else case.floor()
    taken = time.perf_counter() - started
    return taken if own is None else own
