from collections.abc import Iterator

import pytest

from tests.faults.helpers import forget_the_meeting_point


@pytest.fixture
def meeting_point(transactional_db: None) -> Iterator[None]:
    """For tests that stop statements between rows: leaves no trigger behind, however they end."""
    yield
    forget_the_meeting_point()
