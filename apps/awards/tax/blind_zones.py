"""Where more gross means less net, and which gross amounts nobody should therefore pay."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from apps.awards.tax.forward import CENT, NOTHING, in_cents, net_of
from apps.awards.tax.schedules import Schedule
from apps.awards.tax.solver import first_gross_leaving, segments


@dataclass(frozen=True)
class BlindZone:
    """Gross amounts above `start` and below `end` leave no more than `start` itself does.

    end: the smallest larger amount that leaves as much again. drop: what the first cent above `start` costs.
    """

    start: Decimal
    end: Decimal
    drop: Decimal


def blind_zones(schedule: Schedule, beside: Decimal = NOTHING) -> list[BlindZone]:
    """One for each limit at which the tax on the whole amount jumps up."""
    zones = []
    for lower, upper in pairwise(segments(schedule, beside)):
        assert lower.high is not None
        base = beside + lower.high
        drop = in_cents(base * (upper.rate - lower.rate) - (upper.quick_deduction - lower.quick_deduction))
        if drop > 0 and lower.high >= CENT:
            again = first_gross_leaving(
                net_of(schedule, lower.high, beside), schedule, beside, above=lower.high
            )
            zones.append(BlindZone(lower.high, again, drop))
    return zones
