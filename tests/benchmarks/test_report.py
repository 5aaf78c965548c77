"""What is kept of the figures and shown: CSV, tables, the page."""

from pathlib import Path
from typing import ClassVar

from benchmarks import document, report, results
from benchmarks.results import Point, Result, Told
from benchmarks.runner import Benchmark, Curve, Figure, Measured, Target, share
from benchmarks.world import Size, World


class Reading(Benchmark):
    name = "reading"
    measures, against, unit = "rows read", "rows read by hand", "rows"
    target: ClassVar[Target | None] = share(0.5)


def world(employees: int) -> World:
    return World("", Size(employees=employees), seed=1, ties=100 * employees, events=0)


def measured(*times: tuple[float, float]) -> Measured:
    found = Measured(Reading, peak_memory=123_000_000)
    for mine, bare in times:
        found.note("operation", mine, 1000)
        found.note("floor", bare, 1000)
    found.figures = [Figure("bytes a row", 42, "bytes", Target("figure", 40))]
    found.curves = [Curve("row by row", "rows", "seconds", ((1, 0.5), (2, 0.25)))]
    return found


def test_what_was_measured_comes_back_from_its_file(tmp_path: Path) -> None:
    results.keep(tmp_path, measured((0.5, 0.2), (0.7, 0.4)), world(10))
    assert results.load(tmp_path, Result) == [
        Result(
            operation="reading",
            size="10 x 100, 35 days",
            ties=1000,
            measures="rows read",
            against="rows read by hand",
            amount=1000,
            unit="rows",
            median=0.6,
            spread=(0.7 - 0.5) / 0.6,
            floor=0.30000000000000004,
            ratio=1 / ((0.5 / 0.2 + 0.7 / 0.4) / 2),
            is_share=True,
            target=">= 50%",
            met="no",
            peak_memory=123_000_000,
            rounds="0.5/0.2 0.7/0.4",
            measured_at=results.load(tmp_path, Result)[0].measured_at,
        )
    ]
    assert results.load(tmp_path, Told) == [
        Told("reading", "10 x 100, 35 days", "bytes a row", 42, "bytes", "<= 40 bytes", "no")
    ]
    assert [(point.x, point.y) for point in results.load(tmp_path, Point)] == [(1, 0.5), (2, 0.25)]


def test_a_newer_run_takes_the_place_of_the_same_operation_and_size_alone(tmp_path: Path) -> None:
    for employees, seconds in ((10, 1.0), (100, 2.0), (10, 3.0)):
        results.keep(tmp_path, measured((seconds, 1.0)), world(employees))
    kept = [(result.ties, result.median) for result in results.load(tmp_path, Result)]
    assert sorted(kept) == [(1000, 3.0), (10_000, 2.0)]
    assert len(results.load(tmp_path, Told)) == 2
    assert len(results.load(tmp_path, Point)) == 4


def test_the_table_says_what_a_person_asks(tmp_path: Path) -> None:
    results.keep(tmp_path, measured((0.5, 0.25)), world(10))
    assert report.rows_of(results.load(tmp_path, Result)) == [
        (
            "reading", "10 x 100, 35 days", "1,000 rows", "500 ms", "0%", "2,000", "250 ms", "50%", ">= 50%", "yes",
            "123 MB",
        )
    ]  # fmt: skip
    assert report.plain(("a", "bb"), [("long", "x")]) == "a     bb\nlong  x\n"


def test_durations_are_written_in_the_unit_that_suits_them() -> None:
    assert [report.duration(s) for s in (0.00042, 0.0421, 1.5, 250)] == [
        "0.42 ms",
        "42.1 ms",
        "1.50 s",
        "250 s",
    ]


def test_the_page_keeps_its_words_and_gets_the_figures(tmp_path: Path) -> None:
    page, pictures = tmp_path / "performance.md", tmp_path / "images"
    page.write_text(f"Words before.\n{document.BEGIN}\nold figures\n{document.END}\nWords after.\n")
    for employees in (10, 100):
        results.keep(tmp_path / "results", measured((0.5, 0.25)), world(employees))
    document.write(tmp_path / "results", page, pictures)
    text = page.read_text()
    assert text.startswith("Words before.\n<!-- measured: begin -->\n")
    assert text.endswith("<!-- measured: end -->\nWords after.\n")
    assert "old figures" not in text
    assert "| reading | 10 x 100, 35 days | 1,000 rows | 500 ms |" in text
    assert "| reading | 100 x 100, 35 days |" in text
    assert {path.name for path in pictures.iterdir()} == {
        "growth.svg", "curves.svg", "results.csv", "figures.csv", "curves.csv",
    }  # fmt: skip
    before = (pictures / "growth.svg").read_bytes()
    document.write(tmp_path / "results", page, pictures)
    assert page.read_text() == text
    assert (pictures / "growth.svg").read_bytes() == before


def test_one_size_alone_is_no_growth(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"{document.BEGIN}\n{document.END}\n")
    results.keep(tmp_path / "results", measured((0.5, 0.25)), world(10))
    document.write(tmp_path / "results", page, tmp_path / "images")
    assert not (tmp_path / "images" / "growth.svg").exists()
