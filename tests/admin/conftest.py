from collections.abc import Iterator

import pytest

from bonus_tracker import clock
from tests.admin.scene import NOW, Scene, make_scene


@pytest.fixture(autouse=True)
def _it_is_november() -> Iterator[None]:
    with clock.showing(NOW):
        yield


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene()
