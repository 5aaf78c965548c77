"""Every benchmark runs, from its door, on a company so small that it takes seconds; nothing is timed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from benchmarks.cases import all_cases
from benchmarks.results import Result, load

ROOT = Path(__file__).parents[2]
TINY = ("--employees", "40", "--contacts", "12", "--days", "8", "--rounds", "1")


def benchmarks(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        env=environment | {"VAR_DIR": str(settings.VAR_DIR)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.xdist_group("benchmarks")
def test_every_benchmark_runs(tmp_path: Path) -> None:
    done = benchmarks(*TINY, "--results", str(tmp_path), "--drop-after")
    assert done.returncode == 0, done.stderr
    assert {result.operation for result in load(tmp_path, Result)} == set(all_cases())
    assert all(result.measures in done.stderr for result in load(tmp_path, Result))
    assert "operation" in done.stdout.splitlines()[0]


def test_a_wrong_name_is_told_with_the_right_ones() -> None:
    done = benchmarks("rankings")
    assert done.returncode == 2
    assert done.stderr.startswith("There is no benchmark rankings; there are: ")
    assert "ranking-30" in done.stderr


def test_a_history_that_no_bigint_holds_is_refused() -> None:
    done = benchmarks("--days", "63")
    assert (done.returncode, done.stderr) == (2, "--days must be from 2 to 62.\n")
