"""What decisions change about the fixed input, and the relations of a ranking over the input so changed.

A correction is a plain dict, kept with the result it made; employees by number, contacts as decimal text:
{"kind": "left out", "employee"}            outside the ranking;
{"kind": "not counted", "employee", "contacts"}   for one employee, or for everybody when null;
{"kind": "one person", "contacts"}          accounts of one person, whose days are put together;
{"kind": "no colleague", "contacts"}        outsiders on every day, whatever the directory said;
{"kind": "days granted", "employee", "contact", "sent", "received"}   dates on which each of them wrote.
A decision concerns a person, so "not counted" and "no colleague" hold for all accounts of the person.
What does not count stays out, whatever days are granted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Q

from apps.activity.fields import DAYS_REMEMBERED
from apps.activity.sql import BITS, taken_apart
from apps.campaigns.models import Campaign
from apps.ranking.counting import Relations, fixed_relations, fixed_ties
from apps.ranking.instant import Instant
from apps.ranking.models import FixedContact, FixedEmployee, Result

Correction = Mapping[str, Any]
LEFT_OUT, NOT_COUNTED, ONE_PERSON, NO_COLLEAGUE, DAYS_GRANTED = (
    "left out",
    "not counted",
    "one person",
    "no colleague",
    "days granted",
)
EVERY_DAY = "1" * DAYS_REMEMBERED
Pair = tuple[int, int]  # employee id, contact id


@dataclass
class Changes:
    """Corrections with everybody by id. contacts: contact -> (person or None, outside days), as it is from now on."""

    left_out: set[int] = field(default_factory=set)
    dropped_for_all: set[int] = field(default_factory=set)
    dropped: set[Pair] = field(default_factory=set)
    contacts: dict[int, tuple[int | None, str]] = field(default_factory=dict)
    granted: list[tuple[int, int, str, str]] = field(default_factory=list)


def corrected_relations(campaign: Campaign, instant: Instant, corrections: Iterable[Correction]) -> Relations:
    """Relations over the fixed input with the corrections made; without any, the fixed input itself."""
    relations = fixed_relations(campaign, instant)
    corrections = list(corrections)
    if not corrections:
        return relations
    changes = resolve(campaign, instant, corrections)
    ties = _ties(fixed_ties(campaign, instant), changes, f"'{instant.last_day.isoformat()}'::date")
    return replace(
        relations,
        ties=taken_apart(ties),
        contacts=_contacts(relations.contacts, changes),
        participants=f"(SELECT fixed.* FROM {relations.participants} AS fixed "
        f"WHERE employee_id <> ALL({_ids(changes.left_out, 'integer')}))",
    )


def employees_of(campaign: Campaign, corrections: Iterable[Correction]) -> set[int] | None:
    """Ids of those whom alone the corrections concern; None when one of them may concern anybody."""
    numbers = set[str]()
    for each in corrections:
        if each["kind"] not in (LEFT_OUT, NOT_COUNTED, DAYS_GRANTED) or each["employee"] is None:
            return None
        numbers.add(each["employee"])
    fixed = FixedEmployee.objects.filter(campaign=campaign, number__in=numbers)
    return set(fixed.values_list("employee_id", flat=True))


def resolve(campaign: Campaign, instant: Instant, corrections: Iterable[Correction]) -> Changes:
    corrections = list(corrections)
    numbers = {each["employee"] for each in corrections if each.get("employee") is not None}
    fixed = FixedEmployee.objects.filter(campaign=campaign, number__in=numbers)
    ids = dict(fixed.values_list("number", "employee_id"))
    changes = Changes()
    persons = _persons(campaign, corrections)
    changes.contacts = {contact: persons.row(contact) for contact in persons.touched}
    for each in corrections:
        if each["kind"] == LEFT_OUT:
            changes.left_out.add(ids[each["employee"]])
        elif each["kind"] == NOT_COUNTED:
            accounts = {account for contact in _contacts_of(each) for account in persons.accounts(contact)}
            if each["employee"] is None:
                changes.dropped_for_all |= accounts
            else:
                changes.dropped |= {(ids[each["employee"]], account) for account in accounts}
        elif each["kind"] == DAYS_GRANTED:
            sent, received = (_bits(each[side], instant.last_day) for side in ("sent", "received"))
            changes.granted.append((ids[each["employee"]], int(each["contact"]), sent, received))
    return changes


def accounts_of(result: Result, contact: int) -> set[int]:
    """All accounts of the person behind a contact that a version counts."""
    named = {"kind": NOT_COUNTED, "contacts": [str(contact)]}
    return _persons(result.campaign, [*result.corrections, named]).accounts(contact)


class _Persons:
    """Who is one person: groups of accounts with the days on which they were outsiders."""

    def __init__(self, rows: Iterable[tuple[int, int | None, str]]) -> None:
        self.group: dict[int, set[int]] = {}
        self.outside: dict[int, str] = {}
        self.touched: set[int] = set()
        for contact, person, outside in rows:
            self.outside[contact] = outside
            self._join({contact} if person is None else {contact, person})

    def accounts(self, contact: int) -> set[int]:
        return self.group.get(contact, {contact})

    def merge(self, contacts: set[int]) -> None:
        self._join(contacts)
        self.touched |= self.accounts(min(contacts))

    def make_outsiders(self, contacts: set[int]) -> None:
        for account in {account for contact in contacts for account in self.accounts(contact)}:
            self.outside[account] = EVERY_DAY
            self.touched.add(account)

    def row(self, contact: int) -> tuple[int | None, str]:
        """A colleague under one account is one under all."""
        accounts = self.accounts(contact)
        together = int(EVERY_DAY, 2)
        for account in accounts:
            together &= int(self.outside.get(account, EVERY_DAY), 2)
        return (min(accounts) if len(accounts) > 1 else None), f"{together:0{DAYS_REMEMBERED}b}"

    def _join(self, contacts: set[int]) -> None:
        together = {account for contact in contacts for account in self.accounts(contact)}
        self.group |= dict.fromkeys(together, together)


def _persons(campaign: Campaign, corrections: Iterable[Correction]) -> _Persons:
    """Of the contacts that the corrections name, and of all other accounts of these persons."""
    named = {contact for each in corrections for contact in _contacts_of(each)}
    fixed = FixedContact.objects.filter(campaign=campaign)
    known = fixed.filter(contact_id__in=named, person_id__isnull=False)
    roots = named.union(known.values_list("person_id", flat=True))
    rows = fixed.filter(Q(contact_id__in=named) | Q(person_id__in=roots))
    persons = _Persons(rows.values_list("contact_id", "person_id", "outside_days"))
    for each in corrections:
        if each["kind"] == ONE_PERSON:
            persons.merge(_contacts_of(each))
    for each in corrections:
        if each["kind"] == NO_COLLEAGUE:
            persons.make_outsiders(_contacts_of(each))
    return persons


def _contacts_of(correction: Correction) -> set[int]:
    return {int(contact) for contact in correction.get("contacts", ())}


def _bits(days: Iterable[str], last_day: date) -> str:
    offsets = {(last_day - date.fromisoformat(day)).days for day in days}
    return "".join("1" if n in offsets else "0" for n in range(DAYS_REMEMBERED))


def _ties(ties: str, changes: Changes, last_day: str) -> str:
    """Everything here is a number or a bit string made above, never text that somebody typed."""
    granted = {(employee, contact) for employee, contact, _sent, _received in changes.granted}
    kept = f"fixed.contact_id <> ALL({_ids(changes.dropped_for_all, 'bigint')})"
    for pairs in (changes.dropped, granted):
        if pairs:
            kept += f" AND (fixed.employee_id, fixed.contact_id) NOT IN ({_pairs(pairs)})"
    plain = f"SELECT employee_id, contact_id, anchor, sent, received FROM {ties} AS fixed WHERE {kept}"
    standing = {
        (employee, contact)
        for employee, contact in granted - changes.dropped
        if contact not in changes.dropped_for_all
    }
    if not standing:
        return f"({plain})"
    days = ", ".join(
        f"({employee:d}, {contact:d}::bigint, B'{sent}'::{BITS}, B'{received}'::{BITS})"
        for employee, contact, sent, received in changes.granted
        if (employee, contact) in standing
    )
    return (
        f"({plain} UNION ALL SELECT employee_id, contact_id, {last_day}, bit_or(sent), bit_or(received) FROM ("
        f"SELECT employee_id, contact_id, sent, received FROM {ties} AS fixed "
        f"WHERE (employee_id, contact_id) IN ({_pairs(standing)}) UNION ALL VALUES {days}) AS together "
        "GROUP BY employee_id, contact_id)"
    )


def _contacts(contacts: str, changes: Changes) -> str:
    if not changes.contacts:
        return contacts
    rows = ", ".join(
        f"({contact:d}::bigint, {f'{person:d}' if person is not None else 'NULL'}::bigint, B'{days}'::{BITS})"
        for contact, (person, days) in sorted(changes.contacts.items())
    )
    return (
        f"(SELECT contact_id, person_id, outside_days FROM {contacts} AS fixed "
        f"WHERE contact_id <> ALL({_ids(changes.contacts, 'bigint')}) UNION ALL VALUES {rows})"
    )


def _ids(ids: Iterable[int], kind: str) -> str:
    return f"ARRAY[{', '.join(f'{each:d}' for each in sorted(ids))}]::{kind}[]"


def _pairs(pairs: Iterable[Pair]) -> str:
    return "VALUES " + ", ".join(
        f"({employee:d}, {contact:d}::bigint)" for employee, contact in sorted(pairs)
    )
