"""A contact's days as the paths of one small drawing: the upper half mine, the lower half theirs."""

from dataclasses import dataclass

from apps.leaderboard.contacts import Contact, Terms


@dataclass(frozen=True)
class Strip:
    """Coordinates in days, oldest left; paths are SVG path data."""

    width: int
    mine: str
    theirs: str
    lapsing: int  # how many days at the left leave the window soon


def strip(contact: Contact, terms: Terms) -> Strip:
    return Strip(
        terms.length,
        _squares(contact.days.sent, terms.length, 0),
        _squares(contact.days.received, terms.length, 5),
        terms.lapsing_days,
    )


def _squares(days: int, width: int, top: int) -> str:
    """A bar of four by nearly one for each day of the set; neighbouring days keep a gap."""
    return "".join(f"M{width - 1 - n}.1 {top}h.8v4h-.8z" for n in range(width) if days >> n & 1)
