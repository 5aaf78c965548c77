"""Contacts made ready to be shown: hint, state, sentences, strip; in pages."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from apps.leaderboard.contacts import Contact, State, Terms
from apps.leaderboard.own_contacts import Picture, Reason, hints, reasons
from apps.leaderboard.strip import Strip, strip
from apps.leaderboard.words import days_in_words, explanation, state_name

PAGE_SIZE = 300  # contacts


@dataclass(frozen=True)
class Card:
    contact: Contact
    hint: str
    platform: str
    state: str
    sentences: list[str]
    strip: Strip
    in_words: str


@dataclass(frozen=True)
class Tab:
    """A state to look at alone, with how many contacts are in it."""

    state: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Cards:
    cards: list[Card]
    tabs: list[Tab]
    chosen: str
    page: int
    pages: int

    @property
    def earlier(self) -> int:
        return self.page - 1

    @property
    def later(self) -> int:
        return self.page + 1


@dataclass(frozen=True)
class SinceYesterday:
    gained: list[str]  # hints
    lapsed: list[str]
    left_out: list[str]

    @property
    def lost(self) -> int:
        return len(self.lapsed) + len(self.left_out)


def cards(picture: Picture, *, state: str, page: str) -> Cards:
    """One page of contacts, of one state when `state` names one."""
    wanted = [c for c in picture.contacts if c.state == state] if state in set(State) else picture.contacts
    pages = max(1, -(-len(wanted) // PAGE_SIZE))
    number = min(max(1, int(page)), pages) if page.isdecimal() and len(page) < 10 else 1
    shown = wanted[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    chosen = state if state in set(State) else ""
    return Cards(made(shown, picture.terms), _tabs(picture, chosen), chosen, number, pages)


def made(contacts: list[Contact], terms: Terms) -> list[Card]:
    known, why = hints(c.contact_id for c in contacts), reasons(contacts)
    return [_card(contact, terms, known, why) for contact in contacts]


def lost_and_gained(picture: Picture) -> SinceYesterday:
    """What came and went since yesterday, by hint."""
    changed = [*picture.gained, *picture.lost]
    names = hints(account for accounts in changed for account in accounts)
    by_account = {account: contact for contact in picture.contacts for account in contact.accounts}
    left_out: list[str] = []
    lapsed: list[str] = []
    for accounts in picture.lost:
        contact = next((by_account[account] for account in accounts if account in by_account), None)
        (left_out if contact and contact.is_left_out else lapsed).append(_name(accounts, names))
    return SinceYesterday([_name(accounts, names) for accounts in picture.gained], lapsed, left_out)


def _name(accounts: Iterable[int], names: dict[int, tuple[str, str]]) -> str:
    return next((names[account][0] for account in sorted(accounts) if account in names), "…")


def _card(contact: Contact, terms: Terms, known: dict[int, tuple[str, str]], why: dict[int, Reason]) -> Card:
    hint, platform = known.get(contact.contact_id, ("…", ""))
    reason = next((why[account] for account in contact.accounts if account in why), None)
    return Card(
        contact,
        hint,
        platform,
        state_name(contact.state),
        explanation(contact, terms, reason),
        strip(contact, terms),
        days_in_words(contact, terms),
    )


def _tabs(picture: Picture, chosen: str) -> list[Tab]:
    counts = Counter(contact.state for contact in picture.contacts)
    order = [State.LAPSES_SOON, State.NEARLY, State.COUNTS, State.NOT]
    return [Tab(str(state), state_name(state), counts[state], state == chosen) for state in order]
