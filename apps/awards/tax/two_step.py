"""The look-up in two steps found in older payroll software, to compare with: it misses some nets.

It takes rate and quick deduction from the band of the *net* over twelve, and divides. Where the gross amount
falls in another band than the net, what payroll then pays is not what was promised.
Described in Guo Shui Han [2005] 715, whose text was not at hand; rebuilt from how payroll software does it.
"""

from decimal import Decimal

from apps.awards.tax.forward import band_of, in_cents
from apps.awards.tax.schedules import Schedule


def two_step_gross(net: Decimal, schedule: Schedule) -> Decimal:
    """For a spread schedule and no other bonus; compare net_of(schedule, two_step_gross(...)) with the net."""
    band = band_of(schedule, net)
    return in_cents((net - band.quick_deduction) / (1 - band.rate))
