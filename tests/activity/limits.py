"""How much is derived in one transaction, made so small that a few rows take many parts."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import strategies as st

from apps.activity import parts, quarantine


@contextmanager
def limits(rows_at_once: int, rows_read_at_once: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "ROWS_AT_ONCE", rows_at_once)
        patch.setattr(parts, "ROWS_READ_AT_ONCE", rows_read_at_once)
        patch.setattr(quarantine, "EVENTS_AT_ONCE", max(1, rows_at_once))
        yield


# (rows folded, rows read) in one transaction: as it is, ranges of employees, spans of time, both.
LIMITS = st.sampled_from([(1_000_000, 20_000_000), (3, 1_000), (1_000, 5), (2, 3)])
EVERYTHING_IS_OWED = (0, 5)
