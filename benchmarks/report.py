"""The figures as a table: for the terminal, and in Markdown."""

from collections.abc import Sequence
from itertools import zip_longest

from benchmarks.results import Result, Told

HEAD = (
    "operation",
    "size",
    "work",
    "median",
    "spread",
    "a second",
    "floor",
    "ratio",
    "target",
    "met",
    "memory",
)
FIGURES_HEAD = ("operation", "size", "figure", "value", "target", "met")


def rows_of(results: Sequence[Result]) -> list[tuple[str, ...]]:
    return [
        (
            r.operation,
            r.size,
            f"{r.amount:,.0f} {r.unit}",
            duration(r.median),
            f"{r.spread:.0%}",
            f"{r.rate:,.0f}" if r.rate >= 10 else f"{r.rate:.2g}",
            duration(r.floor) if r.floor is not None else "",
            _ratio(r),
            r.target,
            r.met,
            f"{r.peak_memory / 1e6:,.0f} MB" if r.peak_memory else "",
        )
        for r in results
    ]


def rows_of_figures(figures: Sequence[Told]) -> list[tuple[str, ...]]:
    return [(f.operation, f.size, f.name, f"{number(f.value)} {f.unit}", f.target, f.met) for f in figures]


def plain(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table for the terminal: columns of one width, two spaces apart."""
    table = [list(head), *map(list, rows)]
    widths = [max(map(len, column)) for column in zip_longest(*table, fillvalue="")]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n"
        for row in table
    )


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def duration(seconds: float) -> str:
    if seconds >= 100:
        return f"{seconds:,.0f} s"
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{1000 * seconds:.3g} ms"


def number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _ratio(result: Result) -> str:
    if result.ratio is None:
        return ""
    return f"{result.ratio:.0%}" if result.is_share else f"{result.ratio:.2f} x"
