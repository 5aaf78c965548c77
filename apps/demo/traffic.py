"""Who writes to whom and when: every message of the demo, made up from the company and its seed."""

from bisect import bisect_left
from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple

from apps.demo.company import Company, Part, Person
from apps.demo.dates import LAST_DAY, Calendar
from apps.demo.names import outsider_handle

HOUR_WEIGHTS = [0] * 7 + [1, 4, 9, 10, 9, 4, 6, 10, 10, 9, 8, 5, 4, 4, 3, 2, 1]  # of 24; a break at noon
WEEKEND_CHANCE = 0.06  # that a tie talks on a given day of a weekend
SURE_DAYS = 22  # a steady tie this old has talked on three days
FADING_CHANCE = 0.2  # that a tie ends some time in the last month
NEW_CONTACT_CHANCE = 0.85  # else somebody whom colleagues know, too
ONE_SIDED_CHANCE = 0.3  # that one of two wrote alone on the day before a conversation
LONGEST_GAP, LONGEST_EAGER_GAP = 5, 2  # workdays between two conversations


class Message(NamedTuple):
    """To one recipient; `sent_at` in seconds since 1970."""

    sent_at: int
    sender: str
    recipient: str
    room_size: int = 2


def make_traffic(company: Company, calendar: Calendar) -> list[Message]:
    """All messages in the order of time; the same list for the same company."""
    maker = _Maker(company, calendar)
    for person in company.people:
        maker.add_ties(person)
    maker.add_ring(company.playing(Part.RING))
    for person in company.playing(Part.SPAMMER):
        maker.add_spam(person)
    for person in company.playing(Part.LAST_MINUTE):
        maker.add_last_minute(person)
    maker.add_second_account(company.double)
    for day in calendar.days():
        maker.add_chatter(day)
    return sorted(maker.messages)


class _Maker:
    def __init__(self, company: Company, calendar: Calendar) -> None:
        self.people = company.people
        self.rng = Random(f"traffic {company.seed} {len(company.people)}")  # noqa: S311  (to be repeated, not to be secret)
        self.messages: list[Message] = []
        days = calendar.days()
        self.first, self.last = days[0], days[-1]
        self.workdays = [day for day in days if day.weekday() < 5]
        self.weekend_days = [day for day in days if day.weekday() >= 5]
        self.midnights = {day: _midnight(day, calendar) for day in days}
        self.seconds = _times_of_day(self.rng)
        self.contacts: list[str] = []

    # Contacts

    def new_contact(self) -> str:
        self.contacts.append(outsider_handle(self.rng, len(self.contacts) + 1))
        return self.contacts[-1]

    def some_contact(self) -> str:
        if not self.contacts or self.rng.random() < NEW_CONTACT_CHANCE:
            return self.new_contact()
        return self.rng.choice(self.contacts)

    # Whole ties of one employee

    def add_ties(self, person: Person) -> None:
        rng = self.rng
        fresh = min(person.fresh, person.contacts)
        if person.part in {Part.STAR, Part.LATE_STAR, Part.DOUBLE}:
            steady = person.contacts - fresh - (person.part == Part.DOUBLE)  # the second account is one, too
            contacts = [self.new_contact() for _ in range(steady)]
        elif person.part == Part.QUIET:
            contacts = list(dict.fromkeys(self.some_contact() for _ in range(person.contacts)))
        else:
            return
        for contact in contacts:
            if person.part == Part.QUIET and rng.random() < FADING_CHANCE:
                end = LAST_DAY - timedelta(days=rng.randint(1, 30))
                self.add_steady_tie(person, contact, self.first, LONGEST_GAP, end)
            elif person.part == Part.LATE_STAR:
                start = LAST_DAY - timedelta(days=rng.randint(6, 9))
                self.add_steady_tie(person, contact, start, LONGEST_EAGER_GAP)
            else:
                start = LAST_DAY - timedelta(days=rng.randint(SURE_DAYS, 60))
                self.add_steady_tie(person, contact, start, LONGEST_GAP)
        for _ in range(fresh):
            self.add_fresh_tie(person)
        for _ in range(1 + int(person.contacts * rng.random())):
            self.add_loose_tie(person)

    def add_steady_tie(
        self, person: Person, contact: str, start: date, longest_gap: int, end: date = date.max
    ) -> None:
        rng = self.rng
        place = bisect_left(self.workdays, max(start, self.first))
        if longest_gap == LONGEST_GAP:
            place += rng.randrange(3)
        while place < len(self.workdays) and self.workdays[place] <= end:
            self.talk(person, contact, self.workdays[place])
            if place and self.workdays[place - 1] >= start and rng.random() < ONE_SIDED_CHANCE:
                rng.choice((self.write, self.answer))(person, contact, self.workdays[place - 1])
            place += rng.randint(1, longest_gap)
        for day in self.weekend_days:
            if start <= day <= end and rng.random() < WEEKEND_CHANCE:
                self.talk(person, contact, day)

    def add_fresh_tie(self, person: Person) -> None:
        """Two days of talk, and the third is the last day."""
        contact = self.new_contact()
        before = [day for day in self.workdays if LAST_DAY - timedelta(days=7) <= day < LAST_DAY]
        for day in [*self.rng.sample(before, 2), LAST_DAY]:
            self.talk(person, contact, day)

    def add_loose_tie(self, person: Person) -> None:
        """A greeting, answered or not, and perhaps one more day: never enough."""
        contact = self.new_contact()
        day = self.rng.choice(self.workdays)
        if self.rng.random() < 0.5:
            self.talk(person, contact, day)
        else:
            self.write(person, contact, day)
        if self.rng.random() < 0.4:
            self.write(person, contact, self.rng.choice(self.workdays))

    # Those who try it another way

    def add_ring(self, ring: list[Person]) -> None:
        shared = [self.new_contact() for _ in range(ring[0].contacts)]
        for person in ring:
            for contact in shared:
                start = LAST_DAY - timedelta(days=self.rng.randint(SURE_DAYS, 30))
                self.add_steady_tie(person, contact, start, LONGEST_GAP)

    def add_spam(self, person: Person) -> None:
        for _ in range(min(3_000, 2 * len(self.people))):
            contact = self.new_contact()
            for day in self.rng.sample(self.workdays, 4):
                self.write(person, contact, day)
            if self.rng.random() < 0.01:
                self.answer(person, contact, self.rng.choice(self.workdays))

    def add_last_minute(self, person: Person) -> None:
        for _ in range(120):
            contact = self.new_contact()
            self.talk(person, contact, LAST_DAY - timedelta(days=1))
            self.talk(person, contact, LAST_DAY)

    def add_second_account(self, person: Person) -> None:
        self.add_steady_tie(person, person.second_handle, LAST_DAY - timedelta(days=30), LONGEST_EAGER_GAP)

    # Colleagues among themselves, and rooms of many

    def add_chatter(self, day: date) -> None:
        rng = self.rng
        share = 0.3 if day.weekday() < 5 else 0.03
        there = [person for person in self.people if _is_employed(person, day)]
        for _ in range(int(share * len(there))):
            one, other = rng.sample(there, 2)
            for _ in range(rng.randint(1, 4)):
                self.messages.append(Message(self.moment(day), one.handle, other.handle))
                one, other = other, one
        for _ in range(int(share * len(there) / 12)):
            members = [person.handle for person in rng.sample(there, rng.randint(3, 14))]
            members += rng.sample(self.contacts, rng.randint(1, 3))
            at, size = self.moment(day), len(members)
            self.messages += (Message(at, members[0], member, size) for member in members[1:])

    # Single days of a tie

    def talk(self, person: Person, contact: str, day: date) -> None:
        """Both write."""
        if _is_employed(person, day):
            for _ in range(self.rng.choice((1, 1, 2))):
                self.write(person, contact, day)
                self.answer(person, contact, day)

    def write(self, person: Person, contact: str, day: date) -> None:
        if _is_employed(person, day):
            self.messages.append(Message(self.moment(day), person.handle, contact))

    def answer(self, person: Person, contact: str, day: date) -> None:
        if _is_employed(person, day):
            self.messages.append(Message(self.moment(day), contact, person.handle))

    def moment(self, day: date) -> int:
        return self.midnights[day] + self.seconds[int(self.rng.random() * len(self.seconds))]


def _is_employed(person: Person, day: date) -> bool:
    return person.hired_on <= day and (person.left_on is None or day <= person.left_on)


def _midnight(day: date, calendar: Calendar) -> int:
    return int(datetime.combine(day, time(), calendar.zone).timestamp())


def _times_of_day(rng: Random) -> list[int]:
    """Seconds after midnight, as often as people write at that time."""
    hours = rng.choices(range(24), HOUR_WEIGHTS, k=20_011)
    return [hour * 3_600 + rng.randrange(3_600) for hour in hours]


def parts(messages: list[Message], company: Company, calendar: Calendar) -> dict[str, list[Message]]:
    """Messages by how they arrive: "history" is there before the demo begins, "live" comes as it is written,
    "late" is held up at one office until after the deadline, within the grace."""
    opens, cut_off, deadline = (
        int(at.timestamp()) for at in (calendar.opens_at, calendar.cut_off_at, calendar.deadline)
    )
    office = {person.handle for person in company.people if person.entity == company.double.entity}

    def is_late(message: Message) -> bool:
        return cut_off <= message.sent_at < deadline and not office.isdisjoint(message[1:3])

    first = bisect_left(messages, opens, key=lambda message: message.sent_at)
    last_day = messages[first:]
    return {
        "history": messages[:first],
        "live": [message for message in last_day if not is_late(message)],
        "late": [message for message in last_day if is_late(message)],
    }
