"""What a chart shows, for static/js/charts.js and for those who read its table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from bonus_tracker.admin_site.figures import Figure, figure


@dataclass(frozen=True)
class Series:
    """values: one a label, None where there is none; colour: a token of leaderboard/tokens.css.

    on_the_right: measured on an axis of its own, where the others are of another size; less_is_better: so that
    1 stands on top of that axis. look: "filled" down to the axis, or "dashed"; lines alone.
    """

    name: str | Promise
    values: Sequence[int | float | None]
    colour: str = ""
    on_the_right: bool = False
    less_is_better: bool = False
    look: str = ""


@dataclass(frozen=True)
class Plot:
    """id: of the page's element; kind: "line" or "bar"; labels: of the axis below, in the reader's language."""

    id: str
    title: str | Promise
    kind: str
    labels: Sequence[str]
    series: Sequence[Series]
    below: str | Promise = ""

    @property
    def data(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "labels": list(self.labels),
            "x": str(self.below),
            "series": [
                {
                    "name": str(each.name),
                    "values": list(each.values),
                    "colour": each.colour,
                    "right": each.on_the_right,
                    "reverse": each.less_is_better,
                    "look": each.look,
                }
                for each in self.series
            ],
        }

    @property
    def headers(self) -> list[Any]:
        return [str(self.below), *(Figure(each.name) for each in self.series)]

    @property
    def rows(self) -> list[list[Any]]:
        columns = [each.values for each in self.series]
        return [
            [label, *("" if value is None else figure(value) for value in values)]
            for label, *values in zip(self.labels, *columns, strict=True)
        ]
