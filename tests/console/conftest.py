from collections.abc import Iterator

import pytest

from bonus_tracker import clock
from tests.admin.scene import NOW, Scene, add_the_end, make_scene


@pytest.fixture
def ended() -> Iterator[Scene]:
    """With a proposal, an objection, a case and a winner's check, in November."""
    with clock.showing(NOW):
        scene = make_scene()
        add_the_end(scene)
        yield scene
