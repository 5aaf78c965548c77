"""docs/performance.md: the figures between two markers; the words around them are written by hand."""

import shutil
from pathlib import Path

from benchmarks import report
from benchmarks.pictures import draw_curves, draw_growth
from benchmarks.results import FILES, Point, Result, Told, load

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
DOCS = Path(__file__).parent.parent / "docs"
PAGE, PICTURES = DOCS / "performance.md", DOCS / "images" / "performance"


def write(folder: Path, page: Path = PAGE, pictures: Path = PICTURES) -> None:
    """Put the figures of `folder` on the page, their pictures and the CSV beside it."""
    results, figures, points = load(folder, Result), load(folder, Told), load(folder, Point)
    pictures.mkdir(parents=True, exist_ok=True)
    for name in FILES.values():
        if (folder / name).exists() and folder != pictures:
            shutil.copy(folder / name, pictures / name)
    shown = [BEGIN, "", report.markdown(report.HEAD, report.rows_of(results))]
    shown += [_what(results)]
    if draw_growth(results, pictures / "growth.svg"):
        shown += [_picture("Time against size", pictures / "growth.svg", page), ""]
    if figures:
        shown += [report.markdown(report.FIGURES_HEAD, report.rows_of_figures(figures))]
    if draw_curves(points, pictures / "curves.svg"):
        shown += [_picture("Within one run", pictures / "curves.svg", page), ""]
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    page.write_text(before + "\n".join([*shown, END]) + after, encoding="utf-8")


def _what(results: list[Result]) -> str:
    """Each operation once, and what it is compared with."""
    meant = {r.operation: (r.operation, r.measures, r.against) for r in results}
    return report.markdown(("operation", "what it does", "its floor"), list(meant.values()))


def _picture(title: str, path: Path, page: Path) -> str:
    return f"![{title}]({path.relative_to(page.parent)})"
