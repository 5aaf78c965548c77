"""Which of one's contacts came and went since yesterday, each with its reason."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from apps.leaderboard.contacts import Contact, Terms
from apps.leaderboard.own_contacts import Picture, Reason, hints, reasons
from apps.leaderboard.words import left_out_sentence


class Why(StrEnum):
    ENOUGH_DAYS = "enough_days"
    LAPSED = "lapsed"
    LEFT_OUT = "left_out"


@dataclass(frozen=True)
class Change:
    hint: str
    platform: str
    why: Why
    sentence: str


@dataclass(frozen=True)
class SinceYesterday:
    """What came and went since the end of `day`, by what is known now."""

    day: date
    gained: list[Change]
    lost: list[Change]


def since_yesterday(picture: Picture) -> SinceYesterday | None:
    """None while the counting has not begun, and when it is over: nothing comes and goes then."""
    if not picture.is_live:
        return None
    by_account = {account: contact for contact in picture.contacts for account in contact.accounts}
    lost = [next((by_account[a] for a in accounts if a in by_account), None) for accounts in picture.lost]
    changed = {account for accounts in (*picture.gained, *picture.lost) for account in accounts}
    names = hints(changed - by_account.keys()) | {
        account: picture.names[contact.contact_id]
        for account, contact in by_account.items()
        if account in changed and contact.contact_id in picture.names
    }
    known = reasons(contact for contact in lost if contact)
    return SinceYesterday(
        picture.terms.last - timedelta(days=1),
        [
            Change(*_name(accounts, names), Why.ENOUGH_DAYS, _("Enough days now."))
            for accounts in picture.gained
        ],
        [
            Change(*_name(accounts, names), *_why_lost(contact, picture.terms, known))
            for accounts, contact in zip(picture.lost, lost, strict=True)
        ],
    )


def _name(accounts: frozenset[int], names: dict[int, tuple[str, str]]) -> tuple[str, str]:
    return next((names[account] for account in sorted(accounts) if account in names), ("…", ""))


def _why_lost(contact: Contact | None, terms: Terms, known: dict[int, Reason]) -> tuple[Why, str]:
    """contact: None when it has no day in the window any more."""
    if contact is None or not contact.is_left_out:
        return Why.LAPSED, _("Days left the window and no new ones came.")
    reason = next((known[account] for account in contact.accounts if account in known), None)
    return Why.LEFT_OUT, left_out_sentence(terms, reason)
