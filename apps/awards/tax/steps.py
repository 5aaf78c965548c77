"""An estimate written out, step by step, in the reader's language."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.awards.tax.forward import band_of, net_of, tax_on
from apps.awards.tax.schedules import Schedule
from apps.awards.tax.solver import Candidate, GrossUp
from apps.awards.tax.two_step import two_step_gross


def steps(it: GrossUp) -> list[str]:
    """Everything that was computed, so that somebody can follow it with a pocket calculator."""
    return [
        _("Promised after tax: %(net)s %(currency)s.")
        % {"net": money(it.net), "currency": it.schedule.currency},
        *_what_holds(it),
        *_without_the_prize(it),
        *(_tried(it, candidate) for candidate in it.candidates),
        *_chosen(it),
        *_checked(it),
        *_two_steps(it),
        _("This is an estimate until payroll has returned gross, tax and net."),
        *it.schedule.conditions_in_words(),
    ]


def money(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def percent(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f} %"


def _what_holds(it: GrossUp) -> Iterator[str]:
    yield _("%(schedule)s (%(id)s, for payments from %(first)s to %(last)s, checked on %(checked)s).") % {
        "schedule": it.schedule,
        "id": it.schedule.id,
        "first": it.schedule.valid_from,
        "last": it.schedule.valid_to,
        "checked": it.schedule.checked_on,
    }
    yield _("Paid on %s.") % it.paid_on
    if it.schedule.method == "spread":
        yield _(
            "A twelfth of the amount picks the rate; the quick deduction is taken once. "
            "Amounts below are for the whole."
        )


def _without_the_prize(it: GrossUp) -> Iterator[str]:
    if it.schedule.method == "flat":
        return
    words = {
        "beside": money(it.beside),
        "tax": _tax_in_words(it.schedule, it.beside),
    }
    if it.schedule.method == "spread":
        yield _("Another bonus computed together with it: %(beside)s; tax on that alone: %(tax)s.") % words
    else:
        yield _("Other taxable income of the year: %(beside)s; tax on that alone: %(tax)s.") % words


def _tax_in_words(schedule: Schedule, base: Decimal) -> str:
    """ "60,000.00 × 10 % − 2,520.00 = 3,480.00"."""
    tax = money(tax_on(schedule, base))
    if base <= 0:
        return tax
    band = band_of(schedule, base)
    less = f" − {money(band.quick_deduction)}" if band.quick_deduction else ""
    return f"{money(base)} × {percent(band.rate)}{less} = {tax}"


def _tried(it: GrossUp, candidate: Candidate) -> str:
    words = {
        "rate": percent(candidate.segment.rate),
        "low": money(candidate.segment.low),
        "high": money(candidate.segment.high) if candidate.segment.high is not None else "",
        "formula": _formula(it, candidate),
        "verdict": _verdict(candidate),
    }
    if not words["high"]:
        return _("At %(rate)s, for gross amounts above %(low)s: %(formula)s; %(verdict)s.") % words
    return (
        _("At %(rate)s, for gross amounts above %(low)s and up to %(high)s: %(formula)s; %(verdict)s.")
        % words
    )


def _formula(it: GrossUp, candidate: Candidate) -> str:
    """ "(100,000.00 + 60,000.00 × 20 % − 16,920.00 − 3,480.00) ÷ (1 − 20 %) = 114,500.00"."""
    segment = candidate.segment
    terms = money(it.net)
    if it.beside and segment.rate:
        sign = "+" if it.beside > 0 else "−"
        terms += f" {sign} {money(abs(it.beside))} × {percent(segment.rate)}"
    for less in (segment.quick_deduction, tax_on(it.schedule, it.beside)):
        if less:
            terms += f" {'−' if less > 0 else '+'} {money(abs(less))}"
    return f"({terms}) ÷ (1 − {percent(segment.rate)}) = {money(candidate.formula)}"


def _verdict(candidate: Candidate) -> str:
    if candidate.verdict == "solves" and candidate.gross != candidate.formula:
        return _("the smallest whole cents that leave the promised net are %s") % money(candidate.gross)
    return {
        "solves": _("it lies there, a solution"),
        "below its band": _("it lies below"),
        "above its band": _("it lies above"),
        "not to the cent": _("it lies there, but no whole cent leaves the promised net"),
    }[candidate.verdict]


def _chosen(it: GrossUp) -> Iterator[str]:
    if len(it.solutions) > 1:
        yield _(
            "Several gross amounts leave the promised net: %(all)s. The smallest is taken: %(gross)s."
        ) % {
            "all": "; ".join(map(money, it.solutions)),
            "gross": money(it.gross),
        }


def _checked(it: GrossUp) -> Iterator[str]:
    together = it.beside + it.gross
    if it.beside:
        yield _("Check: tax on %(together)s together: %(tax)s.") % {
            "together": money(together),
            "tax": _tax_in_words(it.schedule, together),
        }
        yield _("Withheld for the prize: %(all)s − %(alone)s = %(tax)s.") % {
            "all": money(tax_on(it.schedule, together)),
            "alone": money(tax_on(it.schedule, it.beside)),
            "tax": money(it.tax),
        }
    else:
        yield _("Check: withheld for the prize: %s.") % _tax_in_words(it.schedule, it.gross)
    yield _("Gross %(gross)s − tax %(tax)s = net %(net)s, as promised to the cent.") % {
        "gross": money(it.gross),
        "tax": money(it.tax),
        "net": money(it.gross - it.tax),
    }


def _two_steps(it: GrossUp) -> Iterator[str]:
    """A warning where older payroll software would pay something else."""
    if it.schedule.method != "spread" or it.beside:
        return
    gross = two_step_gross(it.net, it.schedule)
    net = net_of(it.schedule, gross)
    if net != it.net:
        yield _(
            "Careful: software that looks up rate and deduction by the net in two steps finds %(gross)s, "
            "which leaves %(net)s and not what was promised."
        ) % {"gross": money(gross), "net": money(net)}
