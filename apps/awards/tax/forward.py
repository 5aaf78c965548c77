"""From gross to tax and net: exact cents, halves up."""

from decimal import ROUND_HALF_UP, Decimal

from apps.awards.tax.schedules import Band, Schedule

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")


def in_cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def band_of(schedule: Schedule, base: Decimal) -> Band:
    """The band that a base above 0 falls in; each band includes its upper end."""
    for band in schedule.bands:
        limit = schedule.limit(band)
        if limit is None or base <= limit:
            return band
    raise AssertionError("the last band has no upper end")


def tax_on(schedule: Schedule, base: Decimal) -> Decimal:
    """The tax on the whole base, in cents; none on a base of 0 or below."""
    if base <= 0:
        return NOTHING
    band = band_of(schedule, base)
    return in_cents(base * band.rate - band.quick_deduction)


def tax_for(schedule: Schedule, gross: Decimal, beside: Decimal = NOTHING) -> Decimal:
    """What is withheld for a prize: the tax with it, less the tax without it.

    beside: what is taxed together with the prize. For a cumulative schedule the year's other taxable income,
    which deductions may bring below 0; for a spread one another bonus under the same method; else 0.
    """
    return tax_on(schedule, beside + gross) - tax_on(schedule, beside)


def net_of(schedule: Schedule, gross: Decimal, beside: Decimal = NOTHING) -> Decimal:
    return gross - tax_for(schedule, gross, beside)
