"""The command line of the benchmarks."""

import argparse
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from django.conf import settings

from benchmarks import place, report, results
from benchmarks.cases import all_cases
from benchmarks.cases.ingest import ImportGrowth
from benchmarks.results import Result, Told
from benchmarks.runner import Benchmark
from benchmarks.runner import run as measure
from benchmarks.world import MOST_DAYS, SIZES, Size, open_world

FEWEST_GROWTH = 1_000_000  # events: several batches in each part
RUN_LOCK = 0x42454E43  # "BENC": one run at a time on one server


def run(arguments: Sequence[str]) -> int:
    """Do what the arguments say; returns the exit code, 1 when a benchmark failed."""
    cases, failed = all_cases(), list[str]()
    options = _parser(list(cases)).parse_args(arguments)
    if problem := _problem(options, cases):
        sys.stderr.write(f"{problem}\n")
        return 2
    with _alone():
        if not options.drop:
            ImportGrowth.events = options.growth
            failed = _measure(
                [cases[name] for name in options.names or _usual(cases, _size(options))], options
            )
        if options.drop or options.drop_after:
            for name in place.ours():
                place.drop(name)
    if options.docs:
        from benchmarks import document  # brings Matplotlib, which takes seconds

        document.write(options.results)
    if failed:
        sys.stderr.write(f"Failed, as told above: {', '.join(failed)}.\n")
    return 1 if failed else 0


def _usual(cases: dict[str, type[Benchmark]], size: Size) -> list[str]:
    """What is measured when nothing is named: no company of ten times the people beside one that is large already."""
    return [
        name for name, case in cases.items() if not case.makes_larger or size.ties <= SIZES["default"].ties
    ]


def _problem(options: argparse.Namespace, cases: dict[str, type[Benchmark]]) -> str | None:
    if unknown := [name for name in options.names if name not in cases]:
        return f"There is no benchmark {unknown[0]}; there are: {', '.join(cases)}."
    if not 2 <= _size(options).days <= MOST_DAYS:
        return f"--days must be from 2 to {MOST_DAYS}."
    if options.growth is not None and options.growth < FEWEST_GROWTH:
        return f"--growth must be at least {FEWEST_GROWTH:,}."
    if options.rounds < 1:
        return "--rounds must be at least 1."
    return None


def _measure(cases: list[type[Benchmark]], options: argparse.Namespace) -> list[str]:
    """Tell each result as soon as it is there, and all in one table at the end; returns the names of what failed.

    Nobody watches for hours: what fails is told whole, and the others are measured all the same.
    """
    world, failed = open_world(_size(options), options.seed), list[str]()
    for case in cases:
        world.use()
        sys.stderr.write(f"{case.name}: {case.measures}\n")
        try:
            measured = measure(case(), world, rounds=options.rounds)
        except Exception:  # noqa: BLE001  (whatever it is)
            traceback.print_exc()
            failed.append(case.name)
            continue
        results.keep(options.results, measured, world)
        sys.stderr.write(f"  {report.duration(measured.median)} at a spread of {measured.spread:.0%}\n")
    names, size = {case.name for case in cases}, str(world.size)
    done = [r for r in results.load(options.results, Result) if r.operation in names and r.size == size]
    told = [f for f in results.load(options.results, Told) if f.operation in names and f.size == size]
    sys.stdout.write(report.plain(report.HEAD, report.rows_of(done)))
    if told:
        sys.stdout.write("\n" + report.plain(report.FIGURES_HEAD, report.rows_of_figures(told)))
    return failed


def _parser(names: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure operations beside their floors, on data made from a seed.",
        epilog=f"Benchmarks: {', '.join(names)}.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="which to run; all when none is named")
    parser.add_argument("--size", choices=SIZES, default="default", help="of the company")
    parser.add_argument("--employees", type=int, help="instead of the size's")
    parser.add_argument("--contacts", type=int, help="of an employee on average")
    parser.add_argument("--days", type=int, help="of history")
    parser.add_argument("--growth", type=int, help="events of import-growth; by the size unless said")
    parser.add_argument("--rounds", type=int, default=5, help="of operation and floor in turn (default: 5)")
    parser.add_argument("--seed", type=int, default=1, help="of the company (default: 1)")
    parser.add_argument(
        "--results", type=Path, default=settings.VAR_DIR / "results", help="folder of the CSV"
    )
    parser.add_argument("--docs", action="store_true", help="put all results so far into docs/performance.md")
    parser.add_argument(
        "--drop", action="store_true", help="drop the companies that earlier runs kept, and end"
    )
    parser.add_argument("--drop-after", action="store_true", help="keep no company for the next run")
    return parser


def _size(options: argparse.Namespace) -> Size:
    size = SIZES[options.size]
    days = options.days or size.days
    return replace(
        size,
        employees=options.employees or size.employees,
        contacts=options.contacts or size.contacts,
        days=days,
        ledger_days=min(days, size.ledger_days) if size.ledger_days < size.days else days,
    )


@contextmanager
def _alone() -> Iterator[None]:
    """Two runs at once on one server would measure each other."""
    with place.maintenance() as server:
        row = server.execute("SELECT pg_try_advisory_lock(%s)", [RUN_LOCK]).fetchone()
        if row and not row[0]:
            sys.stderr.write("Another run of the benchmarks uses these servers; waiting for its end.\n")
            server.execute("SELECT pg_advisory_lock(%s)", [RUN_LOCK])
        yield
