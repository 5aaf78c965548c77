"""Contacts made ready to be shown: hint, state, sentences, strip; in pages."""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString

from apps.leaderboard.contacts import URGENCY, Contact, State
from apps.leaderboard.own_contacts import Picture, reasons
from apps.leaderboard.strip import Strips
from apps.leaderboard.words import explanation, state_name

PAGE_SIZE = 300  # contacts
# Here and not in a template, where a page of these would take most of the request's time.
CARD = (
    '<li class="contact contact-{state}"><p class="who"><span class="hint">{hint}</span>'
    '<span class="state state-{state}">{state_name}</span></p>{strip}<p class="span">{span}</p>{sentences}</li>'
)
SENTENCE = '<p class="missing">{}</p>'


@dataclass(frozen=True)
class Card:
    contact: Contact
    hint: str
    platform: str
    sentences: list[str]
    html: SafeString


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
    return Cards(made(shown, picture, is_own=is_own), _tabs(picture, chosen), chosen, number, pages)


def made(contacts: list[Contact], picture: Picture, *, is_own: bool = True) -> list[Card]:
    terms, known, why = picture.terms, picture.names, reasons(contacts)
    strips, names = Strips(terms, is_own=is_own), {state: escape(state_name(state)) for state in State}
    shown = []
    for contact in contacts:
        hint, platform = known.get(contact.contact_id, ("…", ""))
        reason = next((why[account] for account in contact.accounts if account in why), None)
        sentences = explanation(contact, terms, reason, is_own=is_own)
        html = CARD.format(
            state=contact.state.value,
            hint=escape(hint),
            state_name=names[contact.state],
            strip=strips.draw(contact),
            span=strips.span(contact),
            sentences="".join([_in_html(sentence) for sentence in sentences]),
        )
        shown.append(Card(contact, hint, platform, sentences, SafeString(html)))  # all escaped
    return shown


@lru_cache(1_000)  # most contacts are told the same few
def _in_html(sentence: str) -> str:
    return SENTENCE.format(escape(sentence))


def checked(picture: Picture, contact_id: int) -> Card | None:
    """The card of the contact that has this account; None when it has no day with the employee in the window."""
    found = next((contact for contact in picture.contacts if contact_id in contact.accounts), None)
    return made([found], picture)[0] if found else None


def _tabs(picture: Picture, chosen: str) -> list[Tab]:
    counts = Counter(contact.state for contact in picture.contacts)
    met = [state for state in URGENCY if counts[state]]
    return [Tab(str(state), state_name(state), counts[state], state == chosen) for state in met]
