"""A campaign's evidence as jobs: made and checked by a worker, which alone may read the key, and kept for some days."""

from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO, Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from apps.audit.services import record
from apps.audit.signing import KeyRefused, signer
from apps.awards.evidence.exporting import EvidenceRefused, refusing_what_does_not_hold, write_evidence
from apps.campaigns.models import Campaign
from apps.integrity.bundle.door import check
from apps.integrity.bundle.files import Wrong
from apps.jobs.files import copy_of, keep
from apps.jobs.models import Job
from apps.jobs.services import Progress, Work, ask, forget
from apps.ranking.models import FixedEmployee
from bonus_tracker import clock

MAKE, VERIFY = "evidence making", "evidence verifying"
KEPT = timedelta(days=7)


def make(campaign: Campaign, *, actor: str, now: datetime) -> Job:
    """Have a bundle made, which is checked before anybody gets it. Raises EvidenceRefused, AskedAlready."""
    if not campaign.results.exists():
        raise EvidenceRefused(_("There is evidence once the result is sealed."))
    return ask(MAKE, about=_about(campaign), actor=actor, now=now)


def verify(campaign: Campaign, *, actor: str, now: datetime) -> Job:
    """Have the bundle that is kept checked as verify.py would. Raises EvidenceRefused, AskedAlready."""
    made = kept_bundle(campaign)
    if made is None:
        raise EvidenceRefused(_("No evidence is kept; make it first."))
    return ask(VERIFY, about=_about(campaign), actor=actor, now=now, file=made.file, after=made)


def kept_bundle(campaign: Campaign) -> Job | None:
    """The job that made the newest bundle that is still there."""
    made = Job.objects.filter(kind=MAKE, about=_about(campaign), state=Job.State.DONE).exclude(file=None)
    return made.select_related("file").order_by("-pk").first()


def latest(campaign: Campaign, kind: str) -> Job | None:
    return Job.objects.filter(kind=kind, about=_about(campaign)).order_by("-pk").first()


@transaction.atomic
def note_download(made: Job, *, actor: str, now: datetime) -> None:
    """Who takes a bundle away is in the log, before they have it."""
    details = {"sha256": (made.found or {})["sha256"]}
    record("evidence downloaded", actor=actor, subject=_subject(made), at=now, details=details)


def _make(job: Job, progress: Progress) -> dict[str, Any]:
    """Into a file without a name, so that a kill leaves nothing on the disk; then kept in place of earlier ones."""
    if job.file:  # killed between keeping it and saying so
        return dict(job.found or {})
    campaign = Campaign.objects.get(slug=_slug(job))
    by, said = signer(), _Said(progress)
    participants = FixedEmployee.objects.filter(campaign=campaign).count()
    with TemporaryFile() as bundle:
        with refusing_what_does_not_hold():
            write_evidence(
                campaign, bundle, signer=by, wrote=lambda done, _ties: progress(done, participants)
            )
            check(bundle, key=by.public, say=said)
        return _keep(job, bundle, {"key": by.public, "said": said.sentences})


@transaction.atomic
def _keep(job: Job, bundle: IO[bytes], found: dict[str, Any]) -> dict[str, Any]:
    now = clock.now()
    for earlier in Job.objects.filter(kind=MAKE, about=job.about).exclude(file=None).select_related("file"):
        if earlier.file:
            forget(earlier.file)
    file = keep(File(bundle).chunks(), name=f"evidence-{_slug(job)}.zip", until=now + KEPT)
    found |= {"sha256": file.sha256}
    Job.objects.filter(pk=job.pk).update(file=file, found=found)
    details = {"sha256": file.sha256, "key": found["key"]}
    record("evidence exported", actor=job.asked_by, subject=_subject(job), at=now, details=details)
    return found


def _verify(job: Job, progress: Progress) -> dict[str, Any]:
    """That it does not hold is what was found, not a failure."""
    by, said, wrong = signer(), _Said(progress), ""
    with copy_of(job.file) as copy, copy.open() as bundle:
        try:
            check(bundle, key=by.public, say=said)
        except Wrong as error:
            wrong = str(error)
    found = {"sha256": copy.sha256, "key": by.public, "said": said.sentences, "wrong": wrong}
    with transaction.atomic():
        details = {"sha256": copy.sha256, "wrong": wrong or None}
        record(
            "evidence verified", actor=job.asked_by, subject=_subject(job), at=clock.now(), details=details
        )
    return found


class _Said:
    """What the program that checks says, as it says it."""

    def __init__(self, progress: Progress) -> None:
        self.sentences: list[str] = []
        self._progress = progress

    def __call__(self, text: str) -> None:
        self.sentences.append(text.strip())
        self._progress(0, 0, text.strip())


def _slug(job: Job) -> str:
    return job.about.removeprefix("campaign ")


def _about(campaign: Campaign) -> str:
    return f"campaign {campaign.slug}"


def _subject(job: Job) -> str:
    return f"evidence {_slug(job)}"


WORKS = {
    MAKE: Work(_make, (KeyRefused, EvidenceRefused)),
    VERIFY: Work(_verify, (KeyRefused,)),
}
