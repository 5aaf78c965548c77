"""Jobs that people ask for: begun by a nudge, found by their state, done by one worker at a time.

PostgreSQL has them all; Redis only carries the nudge. Each app says in its `ready` what work it does.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple, Protocol

from celery.exceptions import SoftTimeLimitExceeded
from django.db import IntegrityError, connections, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from apps.jobs.files import FileGone
from apps.jobs.models import OPEN, Job, KeptFile
from bonus_tracker import clock
from bonus_tracker.turns import nudge, only_one

JOB_LOCK = 0x4A4F4253  # "JOBS": one at a time
MOST_BEGINNINGS = 3  # of a job whose workers are killed again and again
JOBS_KEPT = timedelta(days=90)  # what they did is in the audit log for good

State = Job.State
REFUSED = "refused"  # failed by a refusal, which would come again; other failures may pass


class JobRefused(Exception):
    """It cannot be done; one sentence in the language of whoever asked."""


class AskedAlready(Exception):
    """The same is waiting or being done; `job` is that one."""

    def __init__(self, job: Job | None) -> None:
        super().__init__()
        self.job = job


class Progress(Protocol):
    """How a job tells how far it is, whatever transaction it is in itself."""

    def __call__(self, done: int, total: int = 0, saying: str = "") -> None: ...


class Work(NamedTuple):
    """do: answers what was found. Called again from the start after a kill. refusals: errors whose text is told.

    forgets_when: after which end, DONE or REFUSED, nobody needs the job's file any more.
    """

    do: Callable[[Job, Progress], dict[str, Any]]
    refusals: tuple[type[Exception], ...] = ()
    forgets_when: str = ""


WORK: dict[str, Work] = {}


@transaction.atomic
def ask(
    kind: str,
    *,
    about: str,
    actor: str,
    now: datetime,
    file: KeptFile | None = None,
    after: Job | None = None,
    **asked: Any,
) -> Job:
    """Raises AskedAlready."""
    try:
        with transaction.atomic():
            job = Job.objects.create(
                kind=kind,
                about=about,
                asked=asked,
                asked_by=actor,
                asked_at=now,
                file=file,
                after=after,
                language=translation.get_language() or "en",
            )
    except IntegrityError:
        raise AskedAlready(Job.objects.filter(kind=kind, about=about, state__in=OPEN).first()) from None
    transaction.on_commit(partial(_nudge, job.pk))
    return job


def _nudge(pk: int) -> None:
    from apps.jobs.tasks import do_job

    nudge(do_job, pk)


def do(pk: int) -> bool:
    """Do what was asked for and keep what was found; False when it is not open, or not its turn.

    One job at a time in the whole installation: they take minutes, and rankings and ticks need workers too. Every
    error ends the job; those that are not its own are raised.
    """
    job = None
    try:
        with only_one(JOB_LOCK) as is_mine:
            job = _open_job(pk) if is_mine else None
            return job is not None and _begin(job)
    finally:
        if job is not None and (waiting := undone()):
            _nudge(waiting[0])


def _open_job(pk: int) -> Job | None:
    return Job.objects.select_related("file").filter(pk=pk, state__in=OPEN).first()


def _begin(job: Job) -> bool:
    with translation.override(job.language):
        if job.begun == MOST_BEGINNINGS:
            _end(job, State.FAILED, problem=_("Its workers were killed again and again."))
            return False
        begun = {"state": State.WORKING, "begun": job.begun + 1, "steps_done": 0, "steps": 0, "saying": ""}
        Job.objects.filter(pk=job.pk).update(**begun)
        _work_at(job)
    return True


def _work_at(job: Job) -> None:
    work = WORK[job.kind]
    refusals: tuple[type[Exception], ...] = (JobRefused, FileGone, *work.refusals)
    try:
        with _told_apart(job) as progress:
            found = work.do(job, progress)
    except refusals as error:
        _end(job, REFUSED, problem=str(error))
    except SoftTimeLimitExceeded:
        _end(job, State.FAILED, problem=_("It took too long."))
        raise
    except Exception:
        _end(job, State.FAILED, problem=_("An error, which the log describes."))
        raise
    else:
        _end(job, State.DONE, found=found)


@contextmanager
def _told_apart(job: Job) -> Iterator[Progress]:
    """By a connection of its own: seen at once, whatever transaction the work is in."""

    def write(done: int, total: int, saying: str) -> None:
        Job.objects.filter(pk=job.pk).update(steps_done=done, steps=total, saying=saying)

    def tell(done: int, total: int = 0, saying: str = "") -> None:
        teller.submit(write, done, total, saying).result()

    with ThreadPoolExecutor(max_workers=1) as teller:
        try:
            yield tell
        finally:
            teller.submit(connections.close_all).result()


@transaction.atomic
def _end(job: Job, end: str, *, found: dict[str, Any] | None = None, problem: str = "") -> None:
    state = State.FAILED if end == REFUSED else end
    Job.objects.filter(pk=job.pk).update(state=state, found=found, problem=problem, ended_at=clock.now())
    if job.file and WORK[job.kind].forgets_when == end:
        forget(job.file)


def undone() -> list[int]:
    """Jobs that are open, whether somebody is at them or not."""
    return list(Job.objects.filter(state__in=OPEN).order_by("pk").values_list("pk", flat=True))


def drop_what_is_over(*, now: datetime) -> int:
    """Files whose time is over, and jobs long done; answers how many files. A file that a job is at stays."""
    dropped = sum(_drop(file) for file in KeptFile.objects.filter(kept_until__lte=now))
    Job.objects.filter(ended_at__lt=now - JOBS_KEPT).delete()
    return dropped


@transaction.atomic
def _drop(file: KeptFile) -> int:
    """Unless a job is at it, or was just asked for."""
    return forget(file) if nobody_is_at(file) else 0


def nobody_is_at(file: KeptFile) -> bool:
    """And nobody will be, until the caller's transaction ends: who asks for a job about it holds one of its jobs."""
    list(Job.objects.select_for_update().filter(file=file).order_by("pk"))
    return not Job.objects.filter(file=file, state__in=OPEN).exists()


def held(job: Job) -> Job:
    """As it is now; until the caller's transaction ends, its file is not dropped."""
    return Job.objects.select_for_update(of=("self",)).select_related("file").get(pk=job.pk)


@transaction.atomic
def forget(file: KeptFile) -> int:
    """1 when it was still there. In the caller's transaction, if there is one."""
    file.pieces.all()._raw_delete("default")
    Job.objects.filter(file=file).update(file=None)
    return KeptFile.objects.filter(pk=file.pk)._raw_delete("default")
