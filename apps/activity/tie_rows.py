"""Ties of a batch as the table keeps them, from days gathered as bits."""

from collections.abc import Iterable, Sequence

from apps.activity.fields import DAYS_REMEMBERED, EARLIER_DAYS, RECENT_DAYS
from apps.activity.judging import Judged
from apps.activity.sql import array


def columns_of(judged: Judged) -> list[str]:
    """The ties in the order of their key, as arrays: what `apps.activity.sql.MERGE_GIVEN` takes."""
    pairs = sorted(judged.ties)
    sides = [judged.ties[pair] for pair in pairs]
    either = [sent | received for sent, received in sides]
    anchors = [days.bit_length() - 1 for days in either]
    sent, received = zip(*sides, strict=True)
    columns: list[Iterable[int]] = [
        [employee_id for employee_id, _contact in pairs],
        [contact_id for _employee, contact_id in pairs],
        [judged.first_day + (days & -days).bit_length() - 1 for days in either],
        [judged.first_day + anchor for anchor in anchors],
        map(recent, sent, anchors),
        map(recent, received, anchors),
    ]
    return [*map(array, columns), _earlier_of(sent, anchors), _earlier_of(received, anchors)]


def _earlier_of(side: Sequence[int], anchors: Sequence[int]) -> str:
    """Empty when no tie has earlier days, which PostgreSQL takes for as many nulls."""
    if max(anchors) < RECENT_DAYS:
        return "{}"
    return array(earlier(days, anchor) or "NULL" for days, anchor in zip(side, anchors, strict=True))


def recent(days: int, anchor: int) -> int:
    """The newest of days gathered as bits, the bit of the anchor the highest of RECENT_DAYS."""
    return days << RECENT_DAYS - 1 >> anchor


def earlier(days: int, anchor: int) -> str:
    """The days before these, the newest first, to the oldest that a tie remembers; empty when there are none."""
    bits = (days << DAYS_REMEMBERED - 1 >> anchor) & (1 << EARLIER_DAYS) - 1
    return f"{bits:0{EARLIER_DAYS}b}".rstrip("0") if bits else ""
