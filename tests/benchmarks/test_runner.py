"""How times become figures."""

from collections.abc import Iterable
from typing import ClassVar

import pytest

from benchmarks import runner
from benchmarks.runner import Benchmark, Curve, Figure, Measured, Side, Target, seconds, share, times
from benchmarks.world import Size, World

WORLD = World("", Size(), seed=1, ties=0, events=0)


class Case(Benchmark):
    name = "case"
    measures, against, unit = "what it does", "what its floor does", "things"
    target: ClassVar[Target | None] = None


class Paced(Case):
    """Says how long it took instead of taking it, and writes down when it was called."""

    operation_seconds: ClassVar[Iterable[float]] = (9, 2, 4, 3)
    floor_seconds: ClassVar[Iterable[float]] = (9, 1, 1, 1)

    def prepare(self, world: World) -> None:
        self.calls: list[str] = []
        self.mine, self.bare = iter(self.operation_seconds), iter(self.floor_seconds)

    def before(self, side: Side) -> None:
        self.calls.append(f"before {side}")

    def operation(self) -> float:
        self.calls.append("operation")
        return next(self.mine)

    def floor(self) -> float:
        self.calls.append("floor")
        return next(self.bare)

    def tidy(self) -> None:
        self.calls.append("tidy")


@pytest.fixture(autouse=True)
def _no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.memory.postmaster", set)


def measured(case: type[Benchmark], mine: list[float], bare: list[float], amount: float = 1) -> Measured:
    found = Measured(case)
    for taken in mine:
        found.note("operation", taken, amount)
    for taken in bare:
        found.note("floor", taken, 1)
    return found


def targeting(target: Target) -> type[Benchmark]:
    return type("Targeting", (Case,), {"target": target})


def test_both_sides_run_in_every_round_and_take_turns_at_being_first() -> None:
    case = Paced()
    found = runner.run(case, WORLD, rounds=3)
    sides = [call for call in case.calls if not call.startswith("before")]
    assert sides == [
        "floor",
        "operation",
        *["operation", "floor"],
        *["floor", "operation"],
        "operation",
        "floor",
        "tidy",
    ]
    assert [call for call in case.calls if call.startswith("before")] == [
        f"before {side}" for side in sides[:-1]
    ]
    assert (found.seconds, found.floor_seconds) == ([2, 4, 3], [1, 1, 1])  # the first of each only warmed up


def test_a_ratio_is_the_median_of_neighbours_not_the_ratio_of_medians() -> None:
    found = measured(Case, [2, 30, 4], [1, 10, 4])
    assert (found.median, found.floor_median) == (4, 4)
    assert found.ratios == [2, 3, 1]
    assert found.ratio == 2


def test_the_spread_is_the_distance_of_the_extremes_over_the_median() -> None:
    assert measured(Case, [3, 5, 4], []).spread == 0.5


def test_work_of_another_amount_is_compared_by_the_unit() -> None:
    found = measured(targeting(share(0.5)), [4.0], [1.0], amount=2)
    assert found.ratio == 0.5
    assert found.rate == 0.5


@pytest.mark.parametrize(
    ("target", "mine", "is_met"),
    [(times(2), 2, True), (times(2), 2.1, False), (share(0.5), 2, True), (share(0.5), 2.1, False)],
)
def test_a_target_is_met_up_to_its_bound(target: Target, mine: float, is_met: bool) -> None:
    assert measured(targeting(target), [mine], [1]).is_met is is_met


def test_a_target_in_seconds_needs_no_floor() -> None:
    assert measured(targeting(seconds(0.005)), [0.004], []).is_met is True
    assert measured(targeting(seconds(0.005)), [0.006], []).is_met is False
    assert measured(Case, [1], [1]).is_met is None


def test_what_was_prepared_is_tidied_after_a_failure() -> None:
    class Failing(Paced):
        operation_seconds = ()

    case = Failing()
    with pytest.raises(StopIteration):
        runner.run(case, WORLD, rounds=1)
    assert case.calls[-1] == "tidy"


def test_a_benchmark_too_long_to_warm_up_is_watched_while_it_is_timed() -> None:
    class Long(Paced):
        warms_up = False

    found = runner.run(Long(), WORLD, rounds=2)
    assert found.seconds == [9, 2]
    assert found.peak_memory is not None
    assert found.peak_memory > 1_000_000


def test_figures_and_curves_are_asked_for_after_the_last_round() -> None:
    class Telling(Paced):
        def figures(self) -> Iterable[Figure]:
            yield Figure("calls so far", len(self.calls), "calls")

        def curves(self) -> Iterable[Curve]:
            yield Curve("line", "x", "y", ((1, 2),))

    found = runner.run(Telling(), WORLD, rounds=1)
    assert [figure.value for figure in found.figures] == [8]
    assert found.curves == [Curve("line", "x", "y", ((1, 2),))]
