"""What one line of payroll's file says, checked against the payment it is about."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.awards.models import Payment
from apps.awards.payment.reading import Line
from bonus_tracker.cells import SHOWN_AS_TEXT, harmless

AMOUNT = re.compile(r"([0-9]{1,3}(,[0-9]{3}){1,4}|[0-9]{1,14})(\.[0-9]{1,2}0*)?")
LONGEST_REASON = 1000


class Wrong(Exception):
    """One sentence about one line."""


@dataclass(frozen=True)
class Answer:
    """gross, tax, paid: payroll's figures, all or none; paid_on: it is paid; returned: it is not, and why."""

    gross: Decimal | None
    tax: Decimal | None
    paid: Decimal | None
    paid_on: date | None
    returned: str

    @classmethod
    def of(cls, line: Line) -> "Answer | None":
        """None when payroll filled in nothing. Raises Wrong."""
        gross, tax, paid = (_amount(line, key) for key in ("gross", "tax", "paid"))
        paid_on, returned = _day(line), _reason(line)
        answer = cls(gross, tax, paid, paid_on, returned)
        if answer == cls(None, None, None, None, ""):
            return None
        answer.check()
        return answer

    def check(self) -> None:
        figures = (self.gross, self.tax, self.paid)
        if self.returned:
            if self.paid_on:
                raise Wrong(_("it is paid and returned at once; leave out one of them."))
            return
        if self.gross is None or self.tax is None or self.paid is None:
            raise Wrong(_("give gross, tax and net paid, all three."))
        if self.gross - self.tax != self.paid:
            raise Wrong(
                _("%(gross)s less %(tax)s is not %(paid)s; correct the figures.")
                % dict(zip(("gross", "tax", "paid"), figures, strict=True))
            )


def check_identity(line: Line, payment: Payment) -> None:
    """A column sorted alone would pay the wrong people: what the file says of us must still be so."""
    award = payment.award
    number = line.values.get("employee", "")
    if number and not _same(number, award.employee.number):
        raise Wrong(
            _("%(reference)s is the payment of employee %(ours)s, not of %(theirs)s; do not move cells.")
            % {"reference": payment.reference, "ours": award.employee.number, "theirs": number}
        )
    promised = _amount(line, "net")
    if promised is not None and promised != award.net_amount:
        raise Wrong(
            _("%(ours)s was promised, not %(theirs)s; that column is not for changes.")
            % {"ours": award.net_amount, "theirs": promised}
        )
    currency = line.values.get("currency", "")
    if currency and currency != award.currency:
        raise Wrong(
            _("the award is in %(ours)s, not in %(theirs)s.") % {"ours": award.currency, "theirs": currency}
        )


def _same(theirs: str, ours: str) -> bool:
    """Spreadsheets take zeros from the front of numbers, and may drop our apostrophe."""
    written = harmless(ours).strip()
    if theirs in {written, written.removeprefix(SHOWN_AS_TEXT)}:
        return True
    return ours.isdigit() and theirs.isdigit() and int(ours) == int(theirs)


def _amount(line: Line, key: str) -> Decimal | None:
    text = line.values.get(key, "")
    if not text:
        return None
    if not AMOUNT.fullmatch(text):
        raise Wrong(_("“%s” is no amount; write it such as 110877.78.") % text[:40])
    return Decimal(text.replace(",", "")).quantize(Decimal("0.01"))


def _day(line: Line) -> date | None:
    text = line.values.get("paid_on", "")
    if not text:
        return None
    match = re.fullmatch(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})", text)
    try:
        if match:
            return date(*map(int, match.groups()))
    except ValueError:
        pass  # as good as no date
    raise Wrong(_("“%s” is no date; write it such as 2027-01-29.") % text[:40])


def _reason(line: Line) -> str:
    text = line.values.get("returned", "")
    if len(text) > LONGEST_REASON:
        raise Wrong(_("the reason is longer than %d characters.") % LONGEST_REASON)
    return text.removeprefix(SHOWN_AS_TEXT)
