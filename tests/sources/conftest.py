from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bonus_tracker import clock
from tests.sources.helpers import HEADER, NOW


@pytest.fixture(autouse=True)
def _present() -> Iterator[None]:
    with clock.showing(NOW):
        yield


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def write(*lines: str, name: str = "messages.csv", header: str = HEADER) -> Path:
        path = tmp_path / name
        path.write_text(header + "".join(f"{line}\n" for line in lines))
        return path

    return write
