"""The command line of the benchmarks."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from benchmarks import place
from benchmarks.cases import all_cases
from benchmarks.runner import run as measure
from benchmarks.world import MOST_DAYS, SIZES, Size, open_world

RUN_LOCK = 0x42454E43  # "BENC": one run at a time on one server


def run(arguments: Sequence[str]) -> int:
    """Do what the arguments say; returns the exit code."""
    cases = all_cases()
    options = _parser(list(cases)).parse_args(arguments)
    unknown = [name for name in options.names if name not in cases]
    if unknown:
        return _complain(f"There is no benchmark {unknown[0]}; there are: {', '.join(cases)}.")
    size = _size(options)
    if not 2 <= size.days <= MOST_DAYS:
        return _complain(f"--days must be from 2 to {MOST_DAYS}.")
    with _alone() as is_alone:
        if not is_alone:
            return _complain("Another run of the benchmarks is using these servers; wait for its end.")
        world = open_world(size, options.seed)
        for name in options.names or cases:
            sys.stderr.write(f"{name}\n")
            measured = measure(cases[name](), world, rounds=options.rounds)
            sys.stdout.write(f"{name} {measured.median:.4f} {measured.ratio} {measured.is_met}\n")
    return 0


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
    parser.add_argument("--rounds", type=int, default=5, help="of operation and floor in turn (default: 5)")
    parser.add_argument("--seed", type=int, default=1, help="of the company (default: 1)")
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
def _alone() -> Iterator[bool]:
    with place.maintenance() as server:
        row = server.execute("SELECT pg_try_advisory_lock(%s)", [RUN_LOCK]).fetchone()
        yield bool(row and row[0])


def _complain(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 2
