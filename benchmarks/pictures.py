"""Growth curves as SVG: time against size for every operation measured at several sizes."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

from benchmarks.results import Point, Result

mpl.use("svg")  # before pyplot, which asks for a screen

from matplotlib import pyplot as plt
from matplotlib.ticker import MaxNLocator

COLUMNS = 3
INK, FLOOR = "#0b6a57", "#8a8f98"
STYLE: Any = {
    "svg.hashsalt": "benchmarks",  # the same figures make the same file
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.dpi": 100,
}
PLAIN: Any = {"Date": None, "Creator": None}


def draw_growth(results: Sequence[Result], path: Path) -> bool:
    """Median time against ties, operation and floor; False when nothing was measured at two sizes."""
    grown = {
        name: rows for name, rows in _by_operation(results).items() if len({row.ties for row in rows}) > 1
    }
    if not grown:
        return False
    with plt.rc_context(STYLE):
        figure, axes = _panels(len(grown))
        for panel, (name, rows) in zip(axes, grown.items(), strict=False):
            _draw_operation(panel, name, sorted(rows, key=lambda row: row.ties))
        figure.savefig(path, metadata=PLAIN)
        plt.close(figure)
    return True


def draw_curves(points: Sequence[Point], path: Path) -> bool:
    """How operations went on within one run; False when there is nothing to draw."""
    curves: dict[tuple[str, str], list[Point]] = defaultdict(list)
    for point in points:
        curves[point.operation, point.curve].append(point)
    if not curves:
        return False
    with plt.rc_context(STYLE):
        figure, axes = _panels(len(curves))
        for panel, ((_, name), of_curve) in zip(axes, curves.items(), strict=False):
            for size in dict.fromkeys(point.size for point in of_curve):
                line = [point for point in of_curve if point.size == size]
                panel.plot([p.x for p in line], [p.y for p in line], marker=".", label=size)
            panel.set(title=name, xlabel=of_curve[0].x_label, ylabel=of_curve[0].y_label, ylim=(0, None))
            panel.legend(frameon=False)
        figure.savefig(path, metadata=PLAIN)
        plt.close(figure)
    return True


def _by_operation(results: Sequence[Result]) -> dict[str, list[Result]]:
    found: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        found[result.operation].append(result)
    return found


def _panels(number: int) -> tuple[Any, list[Any]]:
    rows = -(-number // COLUMNS)
    figure, axes = plt.subplots(
        rows, COLUMNS, figsize=(10.5, 2.7 * rows), layout="constrained", squeeze=False
    )
    panels = list(axes.flat)
    for unused in panels[number:]:
        unused.set_visible(False)
    return figure, panels


def _draw_operation(panel: Any, name: str, rows: list[Result]) -> None:
    ties = [row.ties for row in rows]
    panel.plot(ties, [row.median for row in rows], marker="o", color=INK, label="operation")
    if all(row.floor is not None for row in rows):
        panel.plot(ties, [row.floor for row in rows], marker="o", color=FLOOR, label="floor")
    panel.set(title=name, xlabel="ties", ylabel="seconds", xscale="log", yscale="log")
    sizes = sorted(set(ties))
    panel.set_xticks(sizes, [f"{size:,}" for size in sizes])
    panel.yaxis.set_major_locator(MaxNLocator(4))
    panel.yaxis.set_major_formatter("{x:.3g}")
    panel.minorticks_off()
    panel.grid(color="#e6e8ea", linewidth=0.6)
    panel.legend(frameon=False)
