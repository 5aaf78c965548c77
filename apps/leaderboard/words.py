"""What pages say about one contact: what is missing, why it is left out, and its days for who cannot see them."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.leaderboard.contacts import Contact, State, Terms, dates
from apps.leaderboard.formats import short_day
from apps.leaderboard.own_contacts import Reason


def state_name(state: State) -> str:
    return {
        State.COUNTS: _("counts"),
        State.LAPSES_SOON: _("lapses soon"),
        State.NEARLY: _("nearly counts"),
        State.NOT: _("does not count"),
    }[state]


def explanation(contact: Contact, terms: Terms, reason: Reason | None) -> list[str]:
    """Sentences on what to know or do about a contact; none for one that counts safely."""
    if contact.is_left_out:
        return [_left_out(terms, reason)]
    if contact.lapses_on:
        return [
            _("Without a new message it stops counting on %(day)s.") % {"day": short_day(contact.lapses_on)}
        ]
    return _missing(contact)


def days_in_words(contact: Contact, terms: Terms) -> str:
    """The strip of days as a sentence for screen readers."""
    return _("You wrote on: %(sent)s. They wrote on: %(received)s.") % {
        "sent": _listed(dates(contact.days.sent, terms.last)),
        "received": _listed(dates(contact.days.received, terms.last)),
    }


def _listed(days: Sequence[date]) -> str:
    return _(", ").join(short_day(day) for day in days) or _("no day")


def _left_out(terms: Terms, reason: Reason | None) -> str:
    if reason and reason.set_aside:
        return _("HR has set this contact aside.")
    if reason and reason.joined_on:
        return _("Joined the company on %(day)s, so this is a colleague.") % {
            "day": short_day(reason.joined_on)
        }
    if terms.rule.new_contacts_only:
        return _("Was in touch with the company before the campaign began; only new contacts count.")
    return _("Counts as a colleague.")


def _missing(contact: Contact) -> list[str]:
    missing = contact.missing
    sentences = []
    if missing.sent:
        sentences.append(
            ngettext(
                "You need to write on one more day.", "You need to write on %(n)s more days.", missing.sent
            )
            % {"n": missing.sent}
        )
    if missing.received:
        sentences.append(
            ngettext(
                "They need to write on one more day.",
                "They need to write on %(n)s more days.",
                missing.received,
            )
            % {"n": missing.received}
        )
    if missing.active > max(missing.sent, missing.received):
        sentences.append(
            ngettext(
                "One more day with a message from either of you is needed.",
                "%(n)s more days with a message from either of you are needed.",
                missing.active,
            )
            % {"n": missing.active}
        )
    if missing.mutual > max(missing.sent, missing.received):
        sentences.append(
            ngettext(
                "Both of you need to write on the same day once more.",
                "Both of you need to write on the same day, %(n)s more times.",
                missing.mutual,
            )
            % {"n": missing.mutual}
        )
    return sentences
