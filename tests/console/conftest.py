from collections.abc import Iterator

import pytest

from apps.console import navigation
from apps.console.monitor import results
from bonus_tracker import clock
from tests.admin.scene import NOW, Scene, add_the_end, make_scene


@pytest.fixture
def ended() -> Iterator[Scene]:
    """With a proposal, an objection, a case and a winner's check, in November."""
    with clock.showing(NOW):
        scene = make_scene()
        add_the_end(scene)
        yield scene


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """As after a restart of the web server."""
    navigation._waiting.clear()
    results._moved.clear()
