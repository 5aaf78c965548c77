"""What is wrong with the prizes of an announcement."""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TypeVar

from babel.numbers import is_currency
from django.utils.translation import gettext as _

from apps.campaigns.announcement import Announcement
from apps.campaigns.further import LEAST_MEMBERS
from apps.campaigns.problems import Problem
from apps.campaigns.remedies import out_of_range, unknown_names

T = TypeVar("T")
LARGEST_PRIZE = Decimal("999999999999.99")
MOST_PLACES, MOST_CONTACTS, MOST_LEVELS = 10_000, 1_000_000, 20


def prize_problems(it: Announcement) -> Iterator[Problem]:
    yield from _place_problems(it)
    yield from _further_problems(it)
    yield from _awarding_problems(it)
    if len({prize.currency for prize in it.prizes} | it.further.currencies()) > 1:
        yield Problem(
            "prizes.currency", _("equals share their prizes, so all prizes need one currency; choose one.")
        )


def _place_problems(it: Announcement) -> Iterator[Problem]:
    for _division, place in _repeated((prize.division, prize.place) for prize in it.prizes):
        yield Problem("prizes.place", _("place %d has more than one prize; keep one of them.") % place)
    for prize in it.prizes:
        if not 1 <= prize.place <= MOST_PLACES:
            yield out_of_range("prizes.place", prize.place, 1, MOST_PLACES)
        if not 0 <= prize.min_score <= MOST_CONTACTS:
            yield out_of_range("prizes.min_score", prize.min_score, 0, MOST_CONTACTS)
        if not _is_money(prize.net_amount):
            yield Problem(
                "prizes.net_amount",
                _(
                    "%(amount)s for place %(place)d is no prize; give more than 0 with at most 2 decimals, "
                    'such as "100000.00".'
                )
                % {"amount": prize.net_amount, "place": prize.place},
            )
        if not _is_currency(prize.currency):
            yield Problem(
                "prizes.currency",
                _(
                    '"%(currency)s" for place %(place)d is no currency; give the three capital letters of '
                    "ISO 4217, such as CNY."
                )
                % {"currency": prize.currency, "place": prize.place},
            )


def _further_problems(it: Announcement) -> Iterator[Problem]:
    further = it.further
    for _division, contacts in _repeated((goal.division, goal.contacts) for goal in further.goals):
        yield Problem(
            "goals.contacts", _("the goal of %d has more than one prize; keep one of them.") % contacts
        )
    for _division, place in _repeated((prize.division, prize.place) for prize in further.departments):
        yield Problem(
            "department_prizes.place", _("place %d has more than one prize; keep one of them.") % place
        )
    for goal in further.goals:
        if not 1 <= goal.contacts <= MOST_CONTACTS:
            yield out_of_range("goals.contacts", goal.contacts, 1, MOST_CONTACTS)
        yield from _money_problems("goals", goal.net_amount, goal.currency)
        yield from _group_problems("goals.exempt_groups", goal.exempt_groups)
    for department in further.departments:
        if not 1 <= department.place <= MOST_PLACES:
            yield out_of_range("department_prizes.place", department.place, 1, MOST_PLACES)
        yield from _money_problems("department_prizes", department.net_amount, department.currency)
    if each := further.per_contact:
        if not 1 <= each.most <= MOST_CONTACTS:
            yield out_of_range("per_contact.most", each.most, 1, MOST_CONTACTS)
        elif _is_money(each.net_amount) and not _is_money(each.net_amount * each.most):
            yield Problem("per_contact.most", _("so many contacts at that amount are no prize; give less."))
        yield from _money_problems("per_contact", each.net_amount, each.currency)


def _awarding_problems(it: Announcement) -> Iterator[Problem]:
    awarding = it.awarding
    if not 0 <= awarding.department_level <= MOST_LEVELS:
        yield out_of_range("awarding.department_level", awarding.department_level, 0, MOST_LEVELS)
    if not LEAST_MEMBERS <= awarding.department_members <= MOST_CONTACTS:
        yield out_of_range(
            "awarding.department_members", awarding.department_members, LEAST_MEMBERS, MOST_CONTACTS
        )
    yield from _group_problems("awarding.excluded_groups", awarding.excluded_groups)


def _money_problems(table: str, amount: Decimal, currency: str) -> Iterator[Problem]:
    if not _is_money(amount):
        yield Problem(
            f"{table}.net_amount",
            _('%s is no prize; give more than 0 with at most 2 decimals, such as "500.00".') % amount,
        )
    if not _is_currency(currency):
        yield Problem(
            f"{table}.currency",
            _('"%s" is no currency; give the three capital letters of ISO 4217, such as CNY.') % currency,
        )


def _group_problems(key: str, wanted: tuple[str, ...]) -> Iterator[Problem]:
    for text in unknown_names("groups", wanted):
        yield Problem(key, text)


def _is_money(amount: Decimal) -> bool:
    return 0 < amount <= LARGEST_PRIZE and amount == amount.quantize(Decimal("0.01"))


def _is_currency(text: str) -> bool:
    return text == text.upper() and is_currency(text)  # RMB is none, and payroll would not know it


def _repeated(numbers: Iterable[T]) -> list[T]:
    return [number for number, times in Counter(numbers).items() if times > 1]
