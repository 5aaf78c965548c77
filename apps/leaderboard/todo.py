"""The few things worth doing today, out of contacts that nearly count or lapse soon.

Nobody is sent after a contact whom they have written to today already: a second message earns nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from django.utils.translation import gettext as _

from apps.leaderboard.contacts import Contact, Days, Missing, State, Terms, missing_days
from apps.leaderboard.own_contacts import Picture
from bonus_tracker.formats import short_day

MOST = 3


@dataclass(frozen=True)
class Todo:
    hint: str
    sentence: str
    is_urgent: bool  # something counts now and would be lost


def todos(picture: Picture) -> list[Todo]:
    """At most three, what would be lost soonest first; none once nothing can be changed any more."""
    if not picture.is_live:
        return []
    due = list(islice(_due(picture), MOST))
    return [
        Todo(
            picture.names.get(contact.contact_id, ("…", ""))[0],
            _sentence(contact, picture.terms),
            contact.state == State.LAPSES_SOON,
        )
        for contact in due
    ]


def _due(picture: Picture) -> Iterator[Contact]:
    """The contacts of a picture come with what needs attention first."""
    for contact in picture.contacts:
        written_today = contact.days.sent & 1
        if contact.state in (State.LAPSES_SOON, State.NEARLY) and not written_today:
            yield contact


def _sentence(contact: Contact, terms: Terms) -> str:
    if contact.lapses_on is None:
        return _to_win(contact.missing)
    missing = _missing_then(contact, terms)
    day = {"day": short_day(contact.lapses_on - timedelta(days=1))}
    if missing.received and missing.sent:
        return _("Counts until %(day)s: one day of yours and one of theirs keep it.") % day
    if missing.received:
        return _("Counts until %(day)s: an answer of theirs keeps it.") % day
    return _("Counts until %(day)s: one message of yours keeps it.") % day


def _to_win(missing: Missing) -> str:
    if missing.sent and missing.received:
        return _("One day of yours and one of theirs, and this contact counts.")
    if missing.sent:
        return _("One more day of yours, and this contact counts.")
    if missing.received:
        return _("If they answer on one more day, this contact counts.")
    if missing.mutual:
        return _("One more day on which both of you write, and this contact counts.")
    return _("One more day with a message from either of you, and this contact counts.")


def _missing_then(contact: Contact, terms: Terms) -> Missing:
    """On the day on which it stops counting, if nobody writes."""
    assert contact.lapses_on is not None
    days = (contact.lapses_on - terms.last).days
    later = terms.at(contact.lapses_on)
    kept = Days(contact.counted.sent << days, contact.counted.received << days) & later.window_mask
    return missing_days(kept, terms.rule)
