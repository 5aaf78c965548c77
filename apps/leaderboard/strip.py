"""A contact's days as one small drawing: the upper half mine, the lower half theirs."""

from collections.abc import Sequence
from datetime import timedelta
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from apps.leaderboard.contacts import Contact, Days, Terms
from apps.leaderboard.formats import short_day


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
        self._names = [short_day(terms.last - timedelta(days=n)) for n in range(width)]
        self._comma, self._no_day = _(", "), _("no day")
        self._sentence = (
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
        self._ground = f'">{ground}<path class="mine" d="'

    def draw(self, contact: Contact) -> SafeString:
        """SVG with a text for who cannot see it."""
        mine = "".join(_of(contact.days.sent, self._mine))
        theirs = "".join(_of(contact.days.received, self._theirs))
        said = escape(self._in_words(contact.days))
        drawing = f'{self._head}{said}{self._ground}{mine}"/><path class="theirs" d="{theirs}"/></svg>'
        return mark_safe(drawing)  # noqa: S308 - numbers, and what is escaped

    def _in_words(self, days: Days) -> str:
        sent, received = (self._comma.join(_of(side, self._names)[::-1]) or self._no_day for side in days)
        return self._sentence % {"sent": sent, "received": received}


def _of(days: int, each: Sequence[str]) -> list[str]:
    """What each day of a set stands for, the newest first."""
    return [text for n, text in enumerate(each) if days >> n & 1]
