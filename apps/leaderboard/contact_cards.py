"""Contacts made ready to be shown: hint, state, sentences, strip; in pages."""

from collections import Counter
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


def cards(picture: Picture, *, state: str, page: str, is_own: bool = True) -> Cards:
    """One page of contacts, of one state when `state` names one; is_own: the employee reads it, not HR."""
    wanted = [c for c in picture.contacts if c.state == state] if state in set(State) else picture.contacts
    pages = max(1, -(-len(wanted) // PAGE_SIZE))
    number = min(max(1, int(page)), pages) if page.isdecimal() and len(page) < 10 else 1
    shown = wanted[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    chosen = state if state in set(State) else ""
    return Cards(made(shown, picture.terms, is_own=is_own), _tabs(picture, chosen), chosen, number, pages)


def made(contacts: list[Contact], terms: Terms, *, is_own: bool = True) -> list[Card]:
    known, why = hints(c.contact_id for c in contacts), reasons(contacts)
    return [_card(contact, terms, known, why, is_own) for contact in contacts]


def checked(picture: Picture, contact_id: int) -> Card | None:
    """The card of the contact that has this account; None when it has no day with the employee in the window."""
    found = next((contact for contact in picture.contacts if contact_id in contact.accounts), None)
    return made([found], picture.terms)[0] if found else None


def _card(
    contact: Contact,
    terms: Terms,
    known: dict[int, tuple[str, str]],
    why: dict[int, Reason],
    is_own: bool,
) -> Card:
    hint, platform = known.get(contact.contact_id, ("…", ""))
    reason = next((why[account] for account in contact.accounts if account in why), None)
    return Card(
        contact,
        hint,
        platform,
        state_name(contact.state),
        explanation(contact, terms, reason, is_own=is_own),
        strip(contact, terms),
        days_in_words(contact, terms, is_own=is_own),
    )


def _tabs(picture: Picture, chosen: str) -> list[Tab]:
    counts = Counter(contact.state for contact in picture.contacts)
    order = [State.LAPSES_SOON, State.NEARLY, State.COUNTS, State.NOT]
    met = [state for state in order if counts[state]]
    return [Tab(str(state), state_name(state), counts[state], state == chosen) for state in met]
