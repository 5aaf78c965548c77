"""Which gross amount gives a promised net: band by band in closed form, then checked by the forward function."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext as _

from apps.awards.tax.forward import CENT, NOTHING, in_cents, net_of, tax_for, tax_on
from apps.awards.tax.schedules import Schedule

LARGEST_NET = Decimal("999999999999.99")

Verdict = Literal["solves", "below its band", "above its band", "not to the cent"]


class NetRefused(Exception):
    """No gross amount gives this net, or the figures make no sense; one sentence."""


@dataclass(frozen=True)
class Segment:
    """Gross amounts above `low`, up to and including `high` (None: no end), that one rate applies to.

    On them net = gross - ((beside + gross) x rate - quick_deduction - tax without the prize).
    """

    low: Decimal
    high: Decimal | None
    rate: Decimal
    quick_deduction: Decimal


@dataclass(frozen=True)
class Candidate:
    """What one segment answers: what its formula gives, and whether that lies there.

    gross: of a solution the smallest whole cents that leave the net, else the formula's answer.
    """

    segment: Segment
    formula: Decimal
    gross: Decimal
    verdict: Verdict


@dataclass(frozen=True)
class GrossUp:
    """An estimate: the smallest gross amount that leaves exactly `net`, and every way that was tried."""

    schedule: Schedule
    paid_on: date
    net: Decimal
    beside: Decimal
    gross: Decimal
    tax: Decimal
    candidates: tuple[Candidate, ...]

    @property
    def solutions(self) -> list[Decimal]:
        """The smallest gross amount of each band that gives the net, ascending."""
        return sorted({c.gross for c in self.candidates if c.verdict == "solves"})

    def as_dict(self) -> dict[str, Any]:
        """For the record, amounts as text. Who reads it can compute everything again."""
        return {
            "estimate": True,
            "schedule": self.schedule.id,
            "schedule sha256": self.schedule.sha256,
            "paid on": self.paid_on.isoformat(),
            "net": str(self.net),
            "beside": str(self.beside),
            "gross": str(self.gross),
            "tax": str(self.tax),
            "candidates": [
                {"rate": str(c.segment.rate), "gross": str(c.gross), "verdict": c.verdict}
                for c in self.candidates
            ],
        }


def gross_for(net: Decimal, schedule: Schedule, *, paid_on: date, beside: Decimal = NOTHING) -> GrossUp:
    """The smallest gross amount whose net is exactly `net` when paid on that day.

    net: above 0, whole cents, in the schedule's currency. beside: see tax_for.
    Raises ScheduleRefused outside the schedule's days; NetRefused, naming the nearest nets that there are.
    """
    schedule.check_holds(paid_on)
    _check(net, schedule, beside)
    candidates = tuple(_candidate(net, schedule, beside, segment) for segment in segments(schedule, beside))
    found = [c.gross for c in candidates if c.verdict == "solves"]
    if not found:
        raise NetRefused(_no_gross_gives(net, schedule, beside))
    gross = min(found)
    return GrossUp(schedule, paid_on, net, beside, gross, tax_for(schedule, gross, beside), candidates)


def _check(net: Decimal, schedule: Schedule, beside: Decimal) -> None:
    for amount in (net, beside):
        if not amount.is_finite() or amount != amount.quantize(CENT) or abs(amount) > LARGEST_NET:
            raise NetRefused(_("%s is no amount of money; give whole cents.") % amount)
    if net <= 0:
        raise NetRefused(_("A prize is more than 0; %s is not.") % net)
    if beside and schedule.method == "flat":
        raise NetRefused(_("A flat rate looks at no other income; leave it out."))
    if beside < 0 and schedule.method == "spread":
        raise NetRefused(_("Another bonus is 0 or more; %s is not.") % beside)


def segments(schedule: Schedule, beside: Decimal) -> Iterator[Segment]:
    """The gross amounts above 0, cut where the rate changes, ascending."""
    low = NOTHING
    if beside < 0:  # the prize first fills up what deductions left below zero
        low = -beside
        yield Segment(NOTHING, low, Decimal(0), NOTHING)
    for band in schedule.bands:
        limit = schedule.limit(band)
        high = None if limit is None else limit - beside
        if high is None or high > low:
            yield Segment(low, high, band.rate, band.quick_deduction)
            low = high or low


def _candidate(net: Decimal, schedule: Schedule, beside: Decimal, segment: Segment) -> Candidate:
    formula = by_formula(net, schedule, beside, segment)
    found = _first_reaching(net, schedule, beside, segment)
    if found is not None and net_of(schedule, found, beside) == net:
        return Candidate(segment, formula, found, "solves")
    if formula <= segment.low:
        return Candidate(segment, formula, formula, "below its band")
    if segment.high is not None and formula > segment.high:
        return Candidate(segment, formula, formula, "above its band")
    return Candidate(segment, formula, formula, "not to the cent")


def by_formula(net: Decimal, schedule: Schedule, beside: Decimal, segment: Segment) -> Decimal:
    """The gross amount that would leave `net` if the segment's rate applied everywhere, to the cent."""
    known = net + beside * segment.rate - segment.quick_deduction - tax_on(schedule, beside)
    return in_cents(known / (1 - segment.rate))


def _first_reaching(net: Decimal, schedule: Schedule, beside: Decimal, segment: Segment) -> Decimal | None:
    """The smallest gross amount of the segment whose net is at least `net`; within one the net never falls.

    The two roundings move a net by a cent at most, so what is sought lies close to the formula's answer.
    """
    formula = int(by_formula(net, schedule, beside, segment) / CENT)
    spare = 2 + int(2 / (1 - segment.rate))  # cents
    first = int(segment.low / CENT) + 1
    last = max(first, formula + spare) if segment.high is None else int(segment.high / CENT)
    low, high = min(max(first, formula - spare), last), max(min(last, formula + spare), first)
    if last < first or net_of(schedule, high * CENT, beside) < net:
        return None
    while low < high:
        middle = (low + high) // 2
        if net_of(schedule, middle * CENT, beside) >= net:
            high = middle
        else:
            low = middle + 1
    return low * CENT


def first_gross_leaving(net: Decimal, schedule: Schedule, beside: Decimal, *, above: Decimal) -> Decimal:
    """The smallest gross amount of a segment that begins at or after `above` whose net is at least `net`."""
    later = (segment for segment in segments(schedule, beside) if segment.low >= above)
    found = (_first_reaching(net, schedule, beside, segment) for segment in later)
    return min(gross for gross in found if gross is not None)


def _no_gross_gives(net: Decimal, schedule: Schedule, beside: Decimal) -> str:
    """One sentence with the nearest nets above and below, if there is one below."""
    near = {net_of(schedule, gross, beside): gross for gross in _around(net, schedule, beside)}
    more, less = min(n for n in near if n > net), max((n for n in near if n < net), default=None)
    words = {"net": net, "more": more, "gross_more": near[more]}
    if less is None:
        return _("No gross amount leaves exactly %(net)s; the least is %(more)s, of %(gross_more)s.") % words
    return _(
        "No gross amount leaves exactly %(net)s; the nearest are %(less)s, of %(gross_less)s, "
        "and %(more)s, of %(gross_more)s."
    ) % (words | {"less": less, "gross_less": near[less]})


def _around(net: Decimal, schedule: Schedule, beside: Decimal) -> Iterator[Decimal]:
    """The gross amounts on both sides of a net that nothing gives; larger ones first, so that smaller ones stay."""
    for segment in reversed(list(segments(schedule, beside))):
        first = _first_reaching(net, schedule, beside, segment)
        last = segment.high if first is None else first - CENT
        yield from (gross for gross in (first, last) if gross is not None and gross > segment.low)
