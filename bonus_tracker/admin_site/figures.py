"""Numbers in tables: set to the right, so that digits stand below digits."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from bonus_tracker.formats import number


@dataclass(frozen=True)
class Figure:
    """A number as people read it, or the words above a column of such."""

    words: Any
    is_number: ClassVar[bool] = True  # for console/_table.html

    def __str__(self) -> str:
        return str(self.words)


def figure(value: int | Decimal) -> Figure:
    return Figure(number(value))
