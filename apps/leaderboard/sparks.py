"""Scores of the last weeks as one small line each."""

from collections.abc import Mapping, Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext

from apps.ranking.history import histories
from apps.ranking.models import Run
from bonus_tracker.formats import number

MOST_DAYS = 30
HEIGHT = 24  # of the drawing, whose width is 100


def sparks(run: Run, scores: Mapping[int, int]) -> dict[int, SafeString]:
    """A line for each employee, ending in their score of this run; nothing where no day was kept before it.

    Days after the run (a board that froze) are not looked at.
    """
    kept = histories(run.campaign_id, list(scores), until=run.as_of)
    return {
        employee_id: draw(
            [
                *(day.active_contacts for day in kept[employee_id] if day.day < run.last_date),
                score,
            ]
        )
        for employee_id, score in scores.items()
    }


def draw(scores: Sequence[int]) -> SafeString:
    """SVG with a text for who cannot see it."""
    scores = scores[-MOST_DAYS:]
    if len(set(scores)) < 2:  # one day, or a level line, which tells nothing
        return SafeString("")
    days = len(scores) - 1
    low, high = min(scores), max(scores)
    points = [
        f"{100 * n / days:.4g} {2 + (HEIGHT - 4) * (high - score) / (high - low):.4g}"
        for n, score in enumerate(scores)
    ]
    said = ngettext(
        "From %(first)s to %(last)s in %(days)s day.", "From %(first)s to %(last)s in %(days)s days.", days
    )
    line = "L".join(points)
    return format_html(
        '<svg class="spark" viewBox="0 0 100 {}" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<path class="under" d="M{}V{}H0z"/><path class="line" d="M{}"/></svg>',
        HEIGHT,
        said % {"first": number(scores[0]), "last": number(scores[-1]), "days": number(days)},
        mark_safe(line),  # noqa: S308 - numbers
        HEIGHT,
        mark_safe(line),  # noqa: S308 - numbers
    )
