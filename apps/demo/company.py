"""Who works at the demo's company, how much each of them talks with outsiders, and who plays a part."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from apps.demo.dates import HISTORY_DAYS, LAST_DAY
from apps.demo.names import COMPANY_DOMAIN, DEPARTMENTS, ENTITIES, person_name

FEWEST_EMPLOYEES = 60  # below, the parts would be most of the company
MOST_CONTACTS_OF_THE_QUIET = 34
RING_SIZE = 5


class Part(StrEnum):
    QUIET = "quiet"
    STAR = "star"
    LATE_STAR = "late star"  # nobody until the last week
    DOUBLE = "double"  # a star with a second account that counts until HR hears of it
    RING = "ring"  # colleagues who share their contacts
    SPAMMER = "spammer"  # writes to thousands, hears from hardly any
    LAST_MINUTE = "last minute"  # writes on the last two days only


@dataclass(frozen=True)
class Person:
    number: str
    name: str
    handle: str
    department: str
    entity: str
    hired_on: date
    left_on: date | None = None
    part: Part = Part.QUIET
    contacts: int = 0  # how many of theirs shall be active at the deadline
    fresh: int = 0  # of these, how many become so on the last day

    @property
    def is_in_sales(self) -> bool:
        return self.department.startswith(("Sales", "Customer Service / Key"))

    @property
    def second_handle(self) -> str:
        return f"{self.number.lower()}.private@silver-homes.example"


@dataclass(frozen=True)
class Company:
    seed: int
    people: list[Person]

    def playing(self, *parts: Part) -> list[Person]:
        return [person for person in self.people if person.part in parts]

    @property
    def double(self) -> Person:
        return self.playing(Part.DOUBLE)[0]

    @property
    def stars(self) -> list[Person]:
        """Most contacts first."""
        stars = self.playing(Part.STAR, Part.LATE_STAR, Part.DOUBLE)
        return sorted(stars, key=lambda person: (-person.contacts, person.number))


def make_company(employees: int, seed: int) -> Company:
    """The same company for the same two numbers."""
    rng = Random(f"company {seed} {employees}")  # noqa: S311  (to be repeated, not to be secret)
    people = [_quiet_person(rng, number) for number in range(1, employees + 1)]
    _tell_apart(people)
    _cast(rng, people)
    return Company(seed, people)


def _quiet_person(rng: Random, number: int) -> Person:
    name, spelled = person_name(rng)
    (department,) = rng.choices(list(DEPARTMENTS), list(DEPARTMENTS.values()))
    (entity,) = rng.choices(list(ENTITIES), list(ENTITIES.values()))
    hired_on = LAST_DAY - timedelta(days=rng.randrange(HISTORY_DAYS + 20, 4_000))
    left_on = None
    chance = rng.random()
    if chance < 0.03:
        hired_on = LAST_DAY - timedelta(days=rng.randrange(1, HISTORY_DAYS))
    elif chance < 0.055:
        left_on = LAST_DAY - timedelta(days=rng.randrange(1, HISTORY_DAYS))
    person = Person(f"E{number:05}", name, spelled, department, entity, hired_on, left_on)
    busy = 2.2 if person.is_in_sales else 1.0
    contacts = MOST_CONTACTS_OF_THE_QUIET + 1
    while contacts > MOST_CONTACTS_OF_THE_QUIET:
        # Many with a few, few with many: a Pareto distribution has no typical member.
        contacts = int(busy * 1.3 * rng.paretovariate(1.25)) - 1
    return replace(person, contacts=contacts)


def _tell_apart(people: list[Person]) -> None:
    """Several people have one name; their handles are numbered."""
    seen: Counter[str] = Counter()
    for place, person in enumerate(people):
        seen[person.handle] += 1
        count = seen[person.handle]
        handle = f"{person.handle}{count if count > 1 else ''}@{COMPANY_DOMAIN}"
        people[place] = replace(person, handle=handle)


def _cast(rng: Random, people: list[Person]) -> None:
    """Give the parts to people who were there all the time, mostly in sales."""
    settled = [
        place
        for place, person in enumerate(people)
        if person.left_on is None and (LAST_DAY - person.hired_on).days > HISTORY_DAYS + 1
    ]
    rng.shuffle(settled)
    settled.sort(key=lambda place: not people[place].is_in_sales)
    for place, (part, contacts, fresh) in zip(settled, _parts(rng, len(people)), strict=False):
        people[place] = replace(people[place], part=part, contacts=contacts, fresh=fresh)


def _parts(rng: Random, employees: int) -> Iterator[tuple[Part, int, int]]:
    """(part, contacts, fresh ones) of everybody in the cast."""
    score = rng.randint(62, 74)
    stars = max(7, min(14, employees // 60))
    for place in range(stars):
        if place == 0:  # comes from behind on the last day
            yield Part.STAR, score, rng.randint(7, 9)
        elif place == 1:
            yield Part.LATE_STAR, score, 12
        elif place == 2:  # equal to the one before, once the second account is known
            yield Part.DOUBLE, score + 1, rng.randint(4, 7)
        elif place == 3:  # leads in the morning
            yield Part.STAR, score, rng.randint(0, 2)
        else:
            yield Part.STAR, score, rng.randint(2, 6)
        # Narrow at the top.
        score -= 0 if place == 1 else rng.choice((0, 1, 1, 2) if place < 4 else (0, 1, 3, 4))
    for _ in range(RING_SIZE):
        yield Part.RING, min(36, 6 + employees // 40), 0
    yield Part.SPAMMER, 0, 0
    yield Part.LAST_MINUTE, 0, 0
