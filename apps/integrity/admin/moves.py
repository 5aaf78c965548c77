"""Who moved from one version to the next, as a table."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.integrity.differences import Difference, Move
from bonus_tracker.admin_site.figures import Figure
from bonus_tracker.formats import number


def in_a_sentence(found: Difference) -> str:
    if not found.moved:
        return _("Nobody's place or count changes.")
    more = found.moved - len(found.moves)
    said = ngettext("%d employee moves.", "%d employees move.", found.moved) % found.moved
    return " ".join([said, _("The table shows the first %d.") % len(found.moves)]) if more else said


def as_table(found: Difference) -> dict[str, Any] | None:
    """Those whose own count changes come first; None when nobody moves."""
    if not found.moves:
        return None
    headers = [_("Employee"), Figure(_("Place")), Figure(_("Active contacts")), _("Why")]
    rows = [
        [
            f"{move.number} {move.name}",
            _arrow(move.rank_before, move.rank_after),
            _arrow(move.contacts_before, move.contacts_after),
            _why(move),
        ]
        for move in found.moves
    ]
    return {"headers": headers, "rows": rows}


def _why(move: Move) -> str:
    if move.rank_after is None:
        return _("no place any more")
    return _("own count changes") if move.is_own else _("others move")


def _arrow(before: int | None, after: int | None) -> Figure:
    was, is_now = (_("none") if value is None else number(value) for value in (before, after))
    return Figure(was if was == is_now else f"{was} → {is_now}")
