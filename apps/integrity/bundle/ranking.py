"""The ranking, a second time: plain Python over a bundle's input, written apart from the program's SQL."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Any

# (employee, contact, days sent, days received, day on which the contact was handed over, if it was)
FixedTie = tuple[str, str, int, int, "str | None"]
ALWAYS = -1  # a set of days is a whole number: bit n is the day n days before the last one counted


def ranking(
    *,
    rule: Mapping[str, Any],
    window_days: int,
    employees: Mapping[str, int],
    ties: Iterable[FixedTie],
    contacts: Mapping[str, tuple[str | None, int]],
    corrections: list[dict[str, Any]],
    divisions: Mapping[str, int],
    last_day: int = 0,
    note: Callable[[str, list[str]], object] = lambda _number, _persons: None,
) -> list[tuple[int, str, int, int, int]]:
    """(rank, employee, active contacts, conversation days, division), best first, equals by number.

    One division after the other; a rank is within its division. employees: number -> days employed. divisions:
    number -> division, 0 for everybody where there are none. ties: those of an employee together; what was
    written before a hand-over does not count. contacts: contact -> (person or None, days on which an outsider).
    last_day: as an ordinal, for dates: those of hand-overs, and those that corrections grant. note: is told of
    everybody's active contacts, one account for each person.
    """
    persons = _Persons(contacts, corrections)
    left_out = {each["employee"] for each in corrections if each["kind"] == "left out"}
    granted = _granted(corrections, last_day)
    window = (1 << window_days) - 1
    scores = {}
    for number, days in _by_employee(ties, granted, last_day):
        if number not in employees or number in left_out:
            continue
        active = _active(rule, number, days, persons, employees[number] & window)
        if active:
            scores[number] = len(active), sum(active.values())
            note(number, list(active))
    return [
        (rank, number, *scores[number], division)
        for division in sorted(set(divisions.values()))
        for rank, number in _ranks({n: s for n, (s, _days) in scores.items() if divisions[n] == division})
    ]


def _ranks(scores: Mapping[str, int]) -> Iterator[tuple[int, str]]:
    """Equals share the place of the first of them."""
    first: dict[int, int] = {}
    for place, number in enumerate(sorted(scores, key=lambda n: (-scores[n], n.encode())), start=1):
        yield first.setdefault(scores[number], place), number


def _active(
    rule: Mapping[str, Any],
    number: str,
    days: Iterable[tuple[str, int, int]],
    persons: "_Persons",
    allowed: int,
) -> dict[str, int]:
    """Active contacts, each with the days on which both wrote."""
    together: dict[str, list[int]] = {}
    for contact, sent, received in days:
        if persons.is_dropped(number, contact):
            continue
        both = together.setdefault(persons.of(contact), [0, 0])
        both[0] |= sent & persons.outside(contact) & allowed
        both[1] |= received & persons.outside(contact) & allowed
    return {
        person: (sent & received).bit_count()
        for person, (sent, received) in together.items()
        if counts(rule, sent, received)
    }


def counts(rule: Mapping[str, Any], sent: int, received: int) -> bool:
    return (
        sent.bit_count() >= rule["min_sent_days"]
        and received.bit_count() >= rule["min_received_days"]
        and (sent | received).bit_count() >= rule["min_active_days"]
        and (sent & received).bit_count() >= rule["min_mutual_days"]
    )


def _by_employee(
    ties: Iterable[FixedTie], granted: dict[str, list[tuple[str, int, int]]], last_day: int
) -> Iterator[tuple[str, list[tuple[str, int, int]]]]:
    waiting = dict(granted)
    for number, group in groupby(ties, key=lambda tie: tie[0]):
        own = [
            (contact, sent & _since(handed, last_day), received & _since(handed, last_day))
            for _number, contact, sent, received, handed in group
        ]
        yield number, own + waiting.pop(number, [])
    yield from waiting.items()


def _since(day: str | None, last_day: int) -> int:
    if day is None:
        return ALWAYS
    return (1 << max(0, last_day - date.fromisoformat(day).toordinal() + 1)) - 1


def _granted(corrections: list[dict[str, Any]], last_day: int) -> dict[str, list[tuple[str, int, int]]]:
    granted: dict[str, list[tuple[str, int, int]]] = {}
    for each in corrections:
        if each["kind"] == "days granted":
            sent, received = (_days(each[side], last_day) for side in ("sent", "received"))
            granted.setdefault(each["employee"], []).append((each["contact"], sent, received))
    return granted


def _days(dates: Iterable[str], last_day: int) -> int:
    back = (last_day - date.fromisoformat(day).toordinal() for day in dates)
    return sum({1 << n for n in back if n >= 0})


class _Persons:
    """Accounts of one person put together, by what was fixed and what was decided."""

    def __init__(
        self, contacts: Mapping[str, tuple[str | None, int]], corrections: list[dict[str, Any]]
    ) -> None:
        self.leader: dict[str, str] = {}
        self.days: dict[str, int] = {}
        for contact, (person, _outside) in contacts.items():
            if person is not None:
                self._join([contact, person])
        for each in corrections:
            if each["kind"] == "one person":
                self._join(each["contacts"])
        for contact, (_person, outside) in contacts.items():
            leader = self.of(contact)
            self.days[leader] = self.days.get(leader, ALWAYS) & outside
        for each in corrections:
            if each["kind"] == "no colleague":
                self.days |= {self.of(contact): ALWAYS for contact in each["contacts"]}
        self.dropped = {
            (each["employee"], self.of(contact))
            for each in corrections
            if each["kind"] == "not counted"
            for contact in each["contacts"]
        }

    def of(self, contact: str) -> str:
        while contact in self.leader:
            contact = self.leader[contact]
        return contact

    def outside(self, contact: str) -> int:
        return self.days.get(self.of(contact), ALWAYS)

    def is_dropped(self, number: str, contact: str) -> bool:
        person = self.of(contact)
        return (number, person) in self.dropped or (None, person) in self.dropped

    def _join(self, contacts: list[str]) -> None:
        first, *others = sorted(
            {self.of(contact) for contact in contacts}, key=int
        )  # the smallest stands for all
        for other in others:
            self.leader[other] = first
