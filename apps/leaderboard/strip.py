"""A contact's days as one small drawing: the upper half mine, the lower half theirs."""

from datetime import timedelta
from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.leaderboard.contacts import Contact, Terms
from bonus_tracker.formats import short_day


class Strips:
    """Drawings under the same terms; what all of them have in common is made once.

    is_own: the employee looks at it, not HR. Coordinates are in days, oldest left.
    """

    def __init__(self, terms: Terms, *, is_own: bool) -> None:
        width, lapsing = terms.length, terms.lapsing_days
        # Neighbouring days keep a gap.
        self._mine, self._theirs = (
            [f"M{width - 1 - n}.1 {top}h.8v4h-.8z" for n in range(width)] for top in (0, 5)
        )
        self._names = [escape(short_day(terms.last - timedelta(days=n))) for n in range(width)]
        self._comma, self._no_day = escape(_(", ")), escape(_("no day"))
        self._sentence = escape(
            _("You wrote on: %(sent)s. They wrote on: %(received)s.")
            if is_own
            else _("The employee wrote on: %(sent)s. The contact wrote on: %(received)s.")
        )
        ground = f'<path class="ground" d="M0 0h{width}v4h-{width}zM0 5h{width}v4h-{width}z"/>'
        if lapsing:
            ground += f'<path class="lapsing" d="M0 0h{lapsing}v9h-{lapsing}z"/>'
        self._head = (
            f'<svg class="days" viewBox="0 0 {width} 9" preserveAspectRatio="none" role="img" aria-label="'
        )
        self._wrote = escape(_("messages: %(days)s"))
        first, last = self._names[-1] if width else "", self._names[0] if width else ""
        self._ends = f"<span>{first}</span> <span>{{}}</span> <span>{last}</span>"
        self._ground = f'">{ground}<path class="mine" d="'

    def draw(self, contact: Contact) -> SafeString:
        """SVG with a text for who cannot see it."""
        sent, received = _offsets(contact.days.sent), _offsets(contact.days.received)
        mine = "".join([self._mine[n] for n in sent])
        theirs = "".join([self._theirs[n] for n in received])
        said = self._sentence % {"sent": self._listed(sent), "received": self._listed(received)}
        drawing = f'{self._head}{said}{self._ground}{mine}"/><path class="theirs" d="{theirs}"/></svg>'
        return SafeString(drawing)  # numbers, and what is escaped

    def span(self, contact: Contact) -> str:
        """Under the drawing: its two ends, and between them the first and the last day of messages, as HTML."""
        return self._ends.format(self._wrote % {"days": self._first_to_last(contact)})

    def _first_to_last(self, contact: Contact) -> str:
        either = contact.days.sent | contact.days.received
        first, last = self._names[either.bit_length() - 1], self._names[(either & -either).bit_length() - 1]
        return last if first == last else f"{first} – {last}"

    def _listed(self, days: list[int]) -> str:
        return self._comma.join([self._names[n] for n in reversed(days)]) or self._no_day


def _offsets(days: int) -> list[int]:
    """How many days before the last the days of a set are, the newest first."""
    found = []
    while days:
        newest = days & -days
        found.append(newest.bit_length() - 1)
        days ^= newest
    return found
