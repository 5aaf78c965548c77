"""What pages say about one contact: what is missing, and why it is left out."""

from datetime import date
from functools import lru_cache

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from apps.leaderboard.contacts import Contact, Missing, State, Terms
from apps.leaderboard.own_contacts import Reason, Stage
from bonus_tracker.formats import short_day


def state_name(state: State) -> str:
    return {
        State.COUNTS: _("counts"),
        State.LAPSES_SOON: _("lapses soon"),
        State.NEARLY: _("nearly counts"),
        State.NOT: _("does not count"),
    }[state]


def stage_note(stage: Stage) -> str:
    """What one's own score is worth; nothing for one that was sealed."""
    return {
        Stage.AHEAD: _("counting has not begun"),
        Stage.LIVE: _("counted live"),
        Stage.SETTLING: _("at the deadline; late data may still arrive"),
        Stage.SEALED: "",
        Stage.CALLED_OFF: _("when the campaign was called off"),
    }[stage]


def explanation(contact: Contact, terms: Terms, reason: Reason | None, *, is_own: bool) -> list[str]:
    """Sentences on what to know or do about a contact; none for one that counts safely.

    is_own: the employee reads it, not HR.
    """
    if contact.is_left_out:
        return [left_out_sentence(terms, reason)]
    handed = [handed_over_sentence(contact.handed_on)] if contact.handed_on else []
    if contact.lapses_on:
        lapses = _("Without a new message it stops counting on %(day)s.")
        return [*handed, lapses % {"day": short_day(contact.lapses_on)}]
    return [*handed, *_on_missing(contact.missing, terms.is_open and is_own, is_own, get_language())]


@lru_cache(1_000)  # most of one's contacts lack the same few days
def _on_missing(missing: Missing, can_come: bool, is_own: bool, _language: str | None) -> tuple[str, ...]:
    return tuple(_still_missing(missing) if can_come else _was_missing(missing, is_own=is_own))


def handed_over_sentence(day: date) -> str:
    return _("Handed over by a colleague on %(day)s; days before that do not count.") % {
        "day": short_day(day)
    }


def left_out_sentence(terms: Terms, reason: Reason | None) -> str:
    if reason and reason.set_aside:
        return _("HR has set this contact aside.")
    if reason and reason.joined_on:
        return _("Joined the company on %(day)s, so this is a colleague.") % {
            "day": short_day(reason.joined_on)
        }
    if terms.rule.new_contacts_only:
        return _("Was in touch with the company before the campaign began; only new contacts count.")
    return _("Counts as a colleague.")


def _still_missing(missing: Missing) -> list[str]:
    """For oneself, while it can still be made good."""
    sent, received, active, mutual = _apart(missing)
    sentences = [
        ngettext("You need to write on one more day.", "You need to write on %(n)s more days.", sent),
        ngettext("They need to write on one more day.", "They need to write on %(n)s more days.", received),
        ngettext(
            "One more day with a message from either of you is needed.",
            "%(n)s more days with a message from either of you are needed.",
            active,
        ),
        ngettext(
            "Both of you need to write on the same day once more.",
            "Both of you need to write on the same day, %(n)s more times.",
            mutual,
        ),
    ]
    return _said(sentences, _apart(missing))


def _was_missing(missing: Missing, *, is_own: bool) -> list[str]:
    """When nothing can be done about it: it is over, or somebody else reads it."""
    sent, received, active, mutual = _apart(missing)
    sentences = [
        ngettext("You wrote on one day too few.", "You wrote on %(n)s days too few.", sent)
        if is_own
        else ngettext(
            "The employee wrote on one day too few.", "The employee wrote on %(n)s days too few.", sent
        ),
        ngettext(
            "The contact wrote on one day too few.", "The contact wrote on %(n)s days too few.", received
        ),
        ngettext(
            "One day with a message from either side is missing.",
            "%(n)s days with a message from either side are missing.",
            active,
        ),
        ngettext(
            "One day on which both wrote is missing.", "%(n)s days on which both wrote are missing.", mutual
        ),
    ]
    return _said(sentences, _apart(missing))


def _apart(missing: Missing) -> Missing:
    """Without what comes by itself: days of either and of both are named when they ask for more than the rest."""
    own_days = max(missing.sent, missing.received)
    return missing._replace(
        active=missing.active if missing.active > own_days else 0,
        mutual=missing.mutual if missing.mutual > own_days else 0,
    )


def _said(sentences: list[str], numbers: Missing) -> list[str]:
    return [sentence % {"n": n} for sentence, n in zip(sentences, numbers, strict=True) if n]
