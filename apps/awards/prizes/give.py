"""Who wins what: plain arithmetic over places, contacts and what is known of people."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from apps.awards.models import Award
from apps.awards.prizes.people import Person
from apps.campaigns.announcement import PrizeLine
from apps.campaigns.divisions import NO_DIVISION, UNDIVIDED
from apps.campaigns.further import Awarding, DepartmentPrize, Further, Goal, PerContact
from apps.directory.records import with_parents

CENT = Decimal("0.01")
Form = Award.Form


class Placed(NamedTuple):
    """One employee in a run, those with no active contact left out; number orders who is equal in everything.

    division: its number, see apps.campaigns.divisions.
    """

    rank: int
    active_contacts: int
    conversation_days: int
    employee_id: int
    number: str
    division: int = NO_DIVISION


DepartmentContacts = Mapping[tuple[str, str], int]  # by key of a division, "" for all of them, and department


class Share(NamedTuple):
    """What one employee gets for one prize; see Award."""

    employee_id: int
    form: str
    place: int
    contacts: int
    department: str
    shared_by: int
    net_amount: Decimal
    currency: str
    division: str = UNDIVIDED


@dataclass(frozen=True)
class Promises:
    """What a campaign gives.

    campaign_days: from its first to its last day, for goals pro rata. divisions: number -> key, in their order;
    each has the prizes for places that name it, and of those for no place the ones that do.
    """

    prizes: tuple[PrizeLine, ...]
    further: Further
    awarding: Awarding
    campaign_days: int
    divisions: Mapping[int, str] = field(default_factory=lambda: {NO_DIVISION: UNDIVIDED})

    def concerns(self, line: Goal | PerContact | DepartmentPrize, person: Person) -> bool:
        """Whether a prize for no place is for somebody: it names no division, or theirs."""
        return line.division in (UNDIVIDED, self.divisions[person.division])


def give(
    promises: Promises,
    placed: Sequence[Placed],
    people: Mapping[int, Person] | None,
    department_contacts: DepartmentContacts | None = None,
) -> list[Share]:
    """Every share of every prize, places first, by division, in the order of places and numbers.

    placed: of each division best first; equals by conversation days, then number. people: everybody who takes
    part, or None when the prizes depend on nothing but places. department_contacts: different active contacts by
    division and department.
    """
    shares = [
        share
        for number, key in promises.divisions.items()
        for share in _places(promises, key, [each for each in placed if each.division == number], people)
    ]
    if people is not None:
        scores = {each.employee_id: each.active_contacts for each in placed}
        for key in dict.fromkeys((UNDIVIDED, *promises.divisions.values())):
            contacts = {name: n for (of, name), n in (department_contacts or {}).items() if of == key}
            shares += _departments(promises, key, people, contacts, _numbers(placed, people))
        shares += _goals(promises, people, scores)
        shares += _contacts(promises, people, scores)
    return _one_each(shares) if promises.awarding.per_person == "one" else shares


def wins(person: Person | None, awarding: Awarding) -> bool:
    """Whether somebody can win at all; None: nothing needs to be known of them."""
    if person is None:
        return True
    left = awarding.employed_at == "result" and not person.is_employed
    return not left and person.groups.isdisjoint(awarding.excluded_groups)


def _places(
    promises: Promises, division: str, placed: Sequence[Placed], people: Mapping[int, Person] | None
) -> Iterator[Share]:
    """Who cannot win frees the place; equals share the places they hold, or all get the prize of the first."""
    awarding = promises.awarding
    prizes = {prize.place: prize for prize in promises.prizes if prize.division == division}
    last = max(prizes, default=0)
    able = (each for each in placed if people is None or wins(people.get(each.employee_id), awarding))
    place = 1
    for _key, group in groupby(able, key=lambda each: _equal(each, awarding)):
        if place > last:
            return
        equals = sorted(group, key=lambda each: each.number)
        won = [prizes[p] for p in range(place, place + len(equals)) if p in prizes]
        won = [prize for prize in won if equals[0].active_contacts >= prize.min_score]
        if awarding.equals == "all":
            won = [prize for prize in won if prize.place == place]
            amounts = [prize.net_amount for prize in won] * len(equals)
        else:
            amounts = split_evenly(sum((prize.net_amount for prize in won), Decimal(0)), len(equals))
        for each, amount in zip(equals, amounts, strict=False):
            if amount:
                shared_by = 1 if awarding.equals == "all" else len(equals)
                currency = won[0].currency
                yield Share(each.employee_id, Form.PLACE, place, 0, "", shared_by, amount, currency, division)
        place += len(equals)


def _equal(each: Placed, awarding: Awarding) -> tuple[int, int]:
    return each.rank, each.conversation_days if awarding.tie_break == "conversation days" else 0


def split_evenly(amount: Decimal, people: int) -> list[Decimal]:
    """Shares to the cent that add up to `amount`; the first ones get the cents that are left over."""
    cents = int(amount / CENT)
    share, left_over = divmod(cents, people)
    return [CENT * (share + (1 if n < left_over else 0)) for n in range(people)]


def _numbers(placed: Sequence[Placed], people: Mapping[int, Person]) -> dict[int, tuple[bool, str]]:
    """An order of people that does not depend on the database: by number, those without contacts after them."""
    known = {each.employee_id: each.number for each in placed}
    return {employee_id: (employee_id not in known, known.get(employee_id, "")) for employee_id in people}


def _departments(
    promises: Promises,
    division: str,
    people: Mapping[int, Person],
    contacts: Mapping[str, int],
    order: Mapping[int, tuple[bool, str]],
) -> Iterator[Share]:
    """Equal departments share places and prizes, or all get it; a department's prize is shared by its members.

    division: of a division's prizes, its members alone are a department's.
    """
    lines = [prize for prize in promises.further.departments if prize.division == division]
    if not lines:
        return
    prizes = {prize.place: prize for prize in lines}
    of_division = (person for person in people.values() if promises.concerns(lines[0], person))
    awarding, members = promises.awarding, _members(of_division, promises.awarding)
    ratio = {name: Fraction(contacts.get(name, 0), len(ids)) for name, ids in members.items()}
    best = sorted((name for name in ratio if ratio[name]), key=lambda name: (-ratio[name], name))
    place = 1
    for _key, group in groupby(best, key=lambda name: ratio[name]):
        equals = list(group)
        for name, amount in zip(
            equals, _department_amounts(prizes, place, len(equals), awarding), strict=True
        ):
            ids = [one for one in members[name] if wins(people[one], awarding)]
            ids.sort(key=lambda one: (order[one], one))
            for one, share in zip(ids, split_evenly(amount, len(ids)) if ids else [], strict=True):
                if share:
                    currency = lines[0].currency
                    yield Share(one, Form.DEPARTMENT, place, 0, name, len(ids), share, currency, division)
        place += len(equals)


def _department_amounts(
    prizes: Mapping[int, DepartmentPrize], place: int, equals: int, awarding: Awarding
) -> list[Decimal]:
    if awarding.equals == "all":
        return [prizes[place].net_amount if place in prizes else Decimal(0)] * equals
    pooled = sum((prizes[p].net_amount for p in range(place, place + equals) if p in prizes), Decimal(0))
    return split_evenly(pooled, equals)


def _members(people: Iterable[Person], awarding: Awarding) -> dict[str, list[int]]:
    """Who belongs where, of departments large enough to compete."""
    members: dict[str, list[int]] = {}
    for person in people:
        if name := competing(person.department, awarding.department_level):
            members.setdefault(name, []).append(person.employee_id)
    return {name: ids for name, ids in members.items() if len(ids) >= awarding.department_members}


def competing(path: str, level: int) -> str:
    """The department that competes for a path: itself, or the one above it at that level."""
    return with_parents(path)[:level][-1] if level else path


def _goals(promises: Promises, people: Mapping[int, Person], scores: Mapping[int, int]) -> Iterator[Share]:
    for goal in promises.further.goals:
        for one, person in people.items():
            if outcome(goal, person, scores.get(one, 0), promises) == REACHED:
                amount, currency = goal.net_amount, goal.currency
                yield Share(one, Form.GOAL, 0, goal.contacts, "", 1, amount, currency, goal.division)


REACHED, NOT_REACHED, EXEMPT = "reached", "not reached", "exempt"


def outcome(goal: Goal, person: Person, score: int, promises: Promises) -> str:
    """The program grants and never deducts: who is exempt, or cannot win, neither reaches nor misses a goal."""
    if not wins(person, promises.awarding) or not person.groups.isdisjoint(goal.exempt_groups):
        return EXEMPT
    if not promises.concerns(goal, person):
        return EXEMPT
    return REACHED if score >= contacts_needed(goal, person, promises.campaign_days) else NOT_REACHED


def contacts_needed(goal: Goal, person: Person, campaign_days: int) -> int:
    """All of them, or of who was employed for a part of the campaign the same part, rounded up; at least one."""
    if not goal.pro_rata or person.days_employed >= campaign_days:
        return goal.contacts
    return max(1, -(-goal.contacts * person.days_employed // campaign_days))


def _contacts(promises: Promises, people: Mapping[int, Person], scores: Mapping[int, int]) -> Iterator[Share]:
    prize = promises.further.per_contact
    if prize is None:
        return
    for one, person in people.items():
        paid = min(scores.get(one, 0), prize.most)
        if paid and promises.concerns(prize, person) and wins(person, promises.awarding):
            amount = prize.net_amount * paid
            yield Share(one, Form.CONTACTS, 0, paid, "", 1, amount, prize.currency, prize.division)


def _one_each(shares: list[Share]) -> list[Share]:
    """A place if somebody won one, else the largest; of equally large ones the first in the order given."""
    best: dict[int, Share] = {}
    for share in shares:
        held = best.setdefault(share.employee_id, share)
        if held.form != Form.PLACE and share.net_amount > held.net_amount:
            best[share.employee_id] = share
    return [share for share in shares if best[share.employee_id] is share]
