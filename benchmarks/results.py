"""What was measured, kept as CSV: one row an operation and size, the newest of each."""

import csv
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, TypeVar

from benchmarks.runner import Curve, Figure, Measured
from benchmarks.world import World


@dataclass(frozen=True)
class Result:
    """Times in seconds, memory in bytes, spread as a share of the median; "" where there is none.

    ratio: times the floor's time, or with a target of a share ("%") the share of the floor's rate.
    """

    operation: str
    size: str
    ties: int
    measures: str
    against: str
    amount: float
    unit: str
    median: float
    spread: float
    floor: float | None
    ratio: float | None
    is_share: bool
    target: str
    met: str
    peak_memory: int | None
    rounds: str  # every time, in turn: operation/floor, in seconds
    measured_at: str

    @classmethod
    def of(cls, measured: Measured, world: World) -> Self:
        case = measured.case
        return cls(
            operation=case.name,
            size=str(world.size),
            ties=world.ties,
            measures=case.measures,
            against=case.against,
            amount=measured.amount,
            unit=case.unit,
            median=measured.median,
            spread=measured.spread,
            floor=measured.floor_median,
            ratio=measured.ratio,
            is_share=case.target is not None and case.target.kind == "share",
            target=str(case.target or ""),
            met={True: "yes", False: "no", None: ""}[measured.is_met],
            peak_memory=measured.peak_memory,
            rounds=_rounds(measured),
            measured_at=datetime.now(UTC).strftime("%Y-%m-%d %H:%MZ"),
        )

    @property
    def rate(self) -> float:
        """Units of work a second."""
        return self.amount / self.median


@dataclass(frozen=True)
class Told:
    """A figure of an operation beside its time."""

    operation: str
    size: str
    name: str
    value: float
    unit: str
    target: str
    met: str

    @classmethod
    def of(cls, figure: Figure, measured: Measured, world: World) -> Self:
        met = "" if figure.target is None else "yes" if figure.target.is_met(figure.value) else "no"
        target = f"{figure.target} {figure.unit}" if figure.target else ""
        return cls(measured.case.name, str(world.size), figure.name, figure.value, figure.unit, target, met)


@dataclass(frozen=True)
class Point:
    """A point of a curve within one operation."""

    operation: str
    size: str
    curve: str
    x_label: str
    y_label: str
    x: float
    y: float

    @classmethod
    def of(cls, curve: Curve, measured: Measured, world: World) -> list[Self]:
        named = (measured.case.name, str(world.size), curve.name, curve.x_label, curve.y_label)
        return [cls(*named, x, y) for x, y in curve.points]


Row = Result | Told | Point
AnyRow = TypeVar("AnyRow", Result, Told, Point)
FILES: dict[type[Row], str] = {Result: "results.csv", Told: "figures.csv", Point: "curves.csv"}
READERS: dict[Any, Callable[[str], Any]] = {
    str: str,
    int: int,
    float: float,
    bool: lambda text: text == "True",
    float | None: lambda text: float(text) if text else None,
    int | None: lambda text: int(text) if text else None,
}


def keep(folder: Path, measured: Measured, world: World) -> None:
    """Put what was measured in the place of what an earlier run said of the same operation and size."""
    folder.mkdir(parents=True, exist_ok=True)
    known = (measured.case.name, str(world.size))
    _replace(folder, Result, known, [Result.of(measured, world)])
    _replace(folder, Told, known, [Told.of(figure, measured, world) for figure in measured.figures])
    _replace(
        folder,
        Point,
        known,
        [point for curve in measured.curves for point in Point.of(curve, measured, world)],
    )


def load(folder: Path, kind: type[AnyRow]) -> list[AnyRow]:
    path = folder / FILES[kind]
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return [
        kind(**{field.name: READERS[field.type](row[field.name]) for field in fields(kind)}) for row in rows
    ]


def _replace(folder: Path, kind: type[AnyRow], known: tuple[str, str], new: list[AnyRow]) -> None:
    others: list[AnyRow] = [row for row in load(folder, kind) if (row.operation, row.size) != known]
    with (folder / FILES[kind]).open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, [field.name for field in fields(kind)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in [*others, *new])


def _rounds(measured: Measured) -> str:
    if not measured.floor_seconds:
        return " ".join(f"{mine:.5g}" for mine in measured.seconds)
    pairs = zip(measured.seconds, measured.floor_seconds, strict=True)
    return " ".join(f"{mine:.5g}/{bare:.5g}" for mine, bare in pairs)
