"""A file of messages brought in by the browser: kept sealed, checked by a worker, taken in once that is confirmed.

The same reading and the same import as the command's; only the file comes another way.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.activity.batch import ContactCollision
from apps.activity.ingest import DeliveryClosed
from apps.activity.models import Delivery
from apps.audit.services import record
from apps.jobs.files import copy_of, keep
from apps.jobs.models import Job
from apps.jobs.services import REFUSED, JobRefused, Progress, Work, ask, forget, held, nobody_is_at
from apps.sources.ahead import MakerEnded
from apps.sources.claims import ClaimRefused, Span, shown
from apps.sources.files import Checked, UnusableFile, check
from apps.sources.forecast import forecast
from apps.sources.importing import BeingRead, deliveries_of, find_or_make_source, import_file, source_named
from bonus_tracker import clock

CHECK, IMPORT = "messages check", "messages import"
WAITS = timedelta(days=1)  # for somebody to confirm it
REFUSALS = (UnusableFile, ClaimRefused, BeingRead, MakerEnded, ContactCollision, DeliveryClosed)


class UploadRefused(Exception):
    """One sentence."""


@transaction.atomic
def upload(
    chunks: Iterable[bytes],
    *,
    name: str,
    source: str,
    platform: str | None,
    covers: Span | None,
    actor: str,
    now: datetime,
) -> Job:
    """Keep a file and have it checked; nothing is taken in yet. Raises UnusableFile for a source that cannot be."""
    source_named(source, platform)
    file = keep(chunks, name=name, until=now + WAITS)
    said = {"source": source, "file": file.name, "bytes": file.size, "sha256": file.sha256}
    record("messages uploaded", actor=actor, subject=f"upload {file.pk}", at=now, details=said)
    span = [instant.isoformat() for instant in covers] if covers else None
    return _ask_for_check(
        file, actor=actor, now=now, source=source, platform=platform, covers=span, file_name=file.name
    )


@transaction.atomic
def check_again(job: Job, *, actor: str, now: datetime) -> Job:
    """After an error that is not the file's. Raises AskedAlready, and UploadRefused when the file is gone."""
    job = held(job)
    if job.file is None:
        raise UploadRefused(_("The file is no longer there; upload it again."))
    return _ask_for_check(job.file, actor=actor, now=now, **job.asked)


def _ask_for_check(file: Any, *, actor: str, now: datetime, **asked: Any) -> Job:
    return ask(CHECK, about=f"upload {file.pk}", actor=actor, now=now, file=file, **asked)


@transaction.atomic
def confirm(checked: Job, *, actor: str, now: datetime) -> Job:
    """Have a checked file taken in, be it again after an import that failed. Raises UploadRefused, AskedAlready."""
    checked = held(checked)
    if checked.state != Job.State.DONE or checked.file is None:
        raise UploadRefused(_("The file is no longer there; upload it again."))
    about = f"upload {checked.file.pk}"
    known = known_delivery(checked)
    is_known = known is not None and known.state == Delivery.State.APPLIED
    details = {"source": checked.asked["source"], "sha256": checked.file.sha256}
    job = ask(
        IMPORT,
        about=about,
        actor=actor,
        now=now,
        file=checked.file,
        after=checked,
        is_known=is_known,
        **checked.asked,
    )
    record("messages confirmed", actor=actor, subject=about, at=now, details=details)
    return job


@transaction.atomic
def discard(checked: Job, *, actor: str, now: datetime) -> None:
    """Throw the file away; what an import took in of it before it failed stays.

    Raises UploadRefused while a job is at it.
    """
    checked = held(checked)
    if checked.file is None:
        return
    if not nobody_is_at(checked.file):
        raise UploadRefused(_("It is being read just now."))
    about = f"upload {checked.file.pk}"
    forget(checked.file)
    record("upload discarded", actor=actor, subject=about, at=now)


def known_delivery(checked: Job) -> Delivery | None:
    """The one that the very file of a check that is done became, or is becoming, unless it was withdrawn."""
    sha256 = (checked.found or {})["sha256"]
    return deliveries_of(checked.asked["source"], sha256, _span(checked)).first()


def left_by_import(checked: Job) -> Delivery | None:
    """Where stays what an import took in of this file, whatever became of the import and of the file."""
    taking = Job.objects.filter(kind=IMPORT, about=checked.about).select_related("after").first()
    return known_delivery(taking.after) if taking and taking.after else None


def _check(job: Job, progress: Progress) -> dict[str, Any]:
    with copy_of(job.file) as copy:
        checked = check(copy, progress)
        _refuse_nothing(checked, job)
        source = source_named(job.asked["source"], job.asked["platform"])
        said = forecast(
            checked, source, now=clock.now(), progress=lambda lines: progress(lines, checked.lines)
        )
    return asdict(said)


def _import(job: Job, progress: Progress) -> dict[str, Any]:
    """Killed and begun again, it goes on where it was, and is still the one that took the file in."""
    now = clock.now()
    with copy_of(job.file) as copy:
        checked = check(copy, progress)
        _refuse_nothing(checked, job)
        summary = import_file(
            checked,
            find_or_make_source(job.asked["source"], job.asked["platform"], now=now),
            actor=job.asked_by,
            now=now,
            covers=_span(job),
            progress=lambda lines: progress(lines, checked.lines),
        )
    is_known = job.asked["is_known"]
    more = is_known and summary.covers_more
    return {"delivery": summary.delivery.pk, "is_new": not is_known, "covers_more": more}


def _refuse_nothing(checked: Checked, job: Job) -> None:
    if checked.is_empty and job.asked["covers"] is None:
        raise JobRefused(
            _("%s has no lines below its header. To record that nothing was sent, say which time it covers.")
            % checked.path
        )


def _span(job: Job) -> Span | None:
    covers = job.asked["covers"]
    return (datetime.fromisoformat(covers[0]), datetime.fromisoformat(covers[1])) if covers else None


def covers_in_words(job: Job) -> str:
    span = _span(job)
    return shown(span) if span else ""


WORKS = {
    CHECK: Work(_check, REFUSALS, forgets_when=REFUSED),
    IMPORT: Work(_import, REFUSALS, forgets_when=Job.State.DONE),
}
