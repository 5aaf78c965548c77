"""What is said of an uploaded file: where it stands, and what taking it in would do."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from apps.activity.models import QuarantinedEvent
from apps.console import cells
from apps.jobs.models import Job
from apps.sources.words import problem_in_words
from bonus_tracker.admin_site.figures import Figure, figure
from bonus_tracker.formats import number

State = Job.State


def latest_import(check: Job) -> Job | None:
    """Of followers that were fetched with it."""
    return max(check.followers.all(), key=lambda job: job.pk, default=None)


def standing(check: Job) -> tuple[str, str]:
    """In words, and the tone of a cell."""
    taking = latest_import(check)
    if taking is not None and (taking.is_open or taking.state == State.DONE):
        return (_("being taken in"), cells.WAITS) if taking.is_open else (_("taken in"), cells.GOOD)
    if check.is_open:
        return _("being checked"), cells.WAITS
    if taking is not None or check.state == State.FAILED:
        return _("not taken in"), cells.BAD
    return (_("to be confirmed"), cells.WAITS) if check.file else (_("thrown away"), cells.QUIET)


def progress_in_words(job: Job) -> dict[str, str]:
    """How far a check or an import is that has begun."""
    done, size = number(job.steps_done), number(job.steps)
    if job.steps:
        words = _("%(done)s of %(all)s lines") % {"done": done, "all": size}
    elif job.steps_done:
        words = _("%(done)s lines were read through.") % {"done": done}
    else:
        words = _("The file is being opened.")
    return {"heading": _("Being taken in") if job.after_id else _("Being checked"), "words": words}


def forecast_in_words(check: Job, *, is_taken: bool) -> dict[str, Any]:
    """The figures of a check that is done, as its page shows them."""
    found = check.found or {}
    held = sum(found["held"].values())
    counted = [
        (_("counted") if is_taken else _("would count"), found["counted"]),
        (_("held back") if is_taken else _("would be held back"), held),
        (_("staff to staff"), found["staff_only"]),
        (_("outsider to outsider"), found["outsiders_only"]),
        (_("in larger rooms"), found["group_rooms"]),
    ]
    first, last = (datetime.fromisoformat(at) if at else None for at in (found["first_at"], found["last_at"]))
    labels = dict(QuarantinedEvent.Reason.choices)
    return {
        "found": found,
        "with_messages": sum(count for _words, count in counted),
        "all_held": held,
        "span": cells.span(first, last),
        "becomes": {"headers": [_("What becomes of it"), _("Messages")], "rows": cells.bars(counted)},
        "held": [(labels[reason], number(count)) for reason, count in found["held"].items()],
        "unreadable": found["held"].get(QuarantinedEvent.Reason.UNREADABLE, 0),
        "problems": {
            "headers": [Figure(_("Line")), _("What is wrong")],
            "rows": [[figure(line), problem_in_words(problem)] for line, problem in found["problems"]],
        },
        "unknown": {
            "headers": [_("Handle"), Figure(_("Messages")), Figure(_("First in line"))],
            "rows": [[hint, figure(count), figure(line)] for hint, count, line in found["unknown"]],
        },
    }
