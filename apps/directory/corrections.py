"""One way to correct the directory: who was employed when, and whose an account was.

What is derived from the directory lies to the right of this app and registers here, in the `ready`
of its AppConfig, to be told:

    corrections.before_correction(close_gate)   # first statement of the transaction
    corrections.after_correction(rederive)      # called with Touched, in the same transaction
    corrections.traffic_since(first_day)        # the first day of any traffic, or None
    corrections.traffic_kept_from(whole_from)   # the first day of which it is still kept, or None
    corrections.before_renaming(keep_names)     # called with a kind and two names; may raise DirectoryError
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db import transaction


@dataclass(frozen=True)
class Touched:
    """Whose ownership or employment changed; all empty when only names, departments or groups did."""

    employee_ids: frozenset[int] = frozenset()
    account_keys: frozenset[int] = frozenset()
    domains_changed: bool = False

    def __bool__(self) -> bool:
        return bool(self.employee_ids or self.account_keys or self.domains_changed)


Before = Callable[[], None]
After = Callable[[Touched], object]
TrafficSince = Callable[[], date | None]
KeptFrom = Callable[[], date | None]
BeforeRenaming = Callable[[str, str, str], None]

_before: list[Before] = []
_after: list[After] = []
_traffic_since: list[TrafficSince] = []
_kept_from: list[KeptFrom] = []
_before_renaming: list[BeforeRenaming] = []


def before_correction(function: Before) -> Before:
    _before.append(function)
    return function


def after_correction(function: After) -> After:
    _after.append(function)
    return function


def traffic_since(function: TrafficSince) -> TrafficSince:
    _traffic_since.append(function)
    return function


def traffic_kept_from(function: KeptFrom) -> KeptFrom:
    _kept_from.append(function)
    return function


def before_renaming(function: BeforeRenaming) -> BeforeRenaming:
    _before_renaming.append(function)
    return function


def check_renaming(kind: str, old: str, new: str) -> None:
    """Ask whoever relies on names: of a "group", or of a "department" by its path, with all below it."""
    for look in _before_renaming:
        look(kind, old, new)


def apply_correction(change: Callable[[], Touched | None]) -> Touched | None:
    """Run `change` in a transaction of its own, between the two hooks.

    `change` answers what it touched, or None when it changed nothing at all; then nobody is told.
    Raises RuntimeError inside another transaction: the gate has to be the first statement.
    """
    with transaction.atomic(durable=True):
        for prepare in _before:
            prepare()
        touched = change()
        if touched is not None:
            for follow in _after:
                follow(touched)
    return touched


def first_traffic() -> date | None:
    """The first day, on the company's calendar, of which any traffic was taken in."""
    days = [day for answer in _traffic_since if (day := answer()) is not None]
    return min(days, default=None)


def kept_traffic() -> date | None:
    """The first day of which traffic is still kept; None when none of it was dropped."""
    days = [day for answer in _kept_from if (day := answer()) is not None]
    return max(days, default=None)
