"""Benchmarks run for hours with nobody watching."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from benchmarks import command
from benchmarks.results import Result, load
from benchmarks.runner import Benchmark
from benchmarks.world import SIZES, World


class Fine(Benchmark):
    name, measures, unit = "fine", "nothing", "times"

    def operation(self) -> None:
        pass


class Broken(Fine):
    name = "broken"

    def operation(self) -> None:
        raise ZeroDivisionError


@pytest.mark.django_db
def test_one_that_fails_is_told_whole_and_the_others_are_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(command, "all_cases", lambda: {case.name: case for case in (Broken, Fine)})
    monkeypatch.setattr(command, "open_world", lambda size, seed: World("none", size, seed, 1, 1))
    monkeypatch.setattr(command, "_alone", nullcontext)
    monkeypatch.setattr(World, "use", lambda _world: None)
    assert command.run(["--results", str(tmp_path), "--rounds", "1"]) == 1
    assert [result.operation for result in load(tmp_path, Result)] == ["fine"]
    told = capsys.readouterr().err
    assert "ZeroDivisionError" in told
    assert told.endswith("Failed, as told above: broken.\n")


def test_a_large_company_has_none_of_ten_times_its_size_beside_it() -> None:
    cases = command.all_cases()
    left_out = cases.keys() - set(command._usual(cases, SIZES["tenfold"]))
    assert left_out == {"ten-times", "ten-times-board", "ten-times-place"}
    assert set(command._usual(cases, SIZES["default"])) == cases.keys()
