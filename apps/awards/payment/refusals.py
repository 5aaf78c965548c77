"""What payment does not allow."""

from typing import NamedTuple

from django.utils.translation import gettext as _


class PaymentRefused(Exception):
    """The state or the person does not allow it; one sentence."""


class Problem(NamedTuple):
    """What is wrong with one line of payroll's file; line 0: with the file."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"{_('line %d') % self.line}: {self.text}" if self.line else self.text


class ConfirmationRefused(PaymentRefused):
    """Nothing of the file was taken over; `problems` has a sentence for each mistake, in the order of lines."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
