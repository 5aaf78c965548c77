"""Jobs that people ask for: once each, one at a time, whatever happens to their workers."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction
from django.utils import translation
from redis.exceptions import ConnectionError as RedisGone

from apps.jobs import services, tasks
from apps.jobs.files import keep
from apps.jobs.models import Job, KeptFile, Piece
from apps.jobs.services import AskedAlready, JobRefused, Progress, Work
from bonus_tracker import clock
from tests.faults.helpers import Actor
from tests.faults.scenes import NOW

pytestmark = pytest.mark.django_db(transaction=True)
KIND = "a kind of the tests"


@pytest.fixture(autouse=True)
def _present() -> Iterator[None]:
    with clock.showing(NOW):
        yield


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Jobs of which workers were told."""
    told: list[int] = []
    monkeypatch.setattr(tasks.do_job, "delay", told.append)
    return told


def work(monkeypatch: pytest.MonkeyPatch, do: Any, **options: Any) -> None:
    monkeypatch.setitem(services.WORK, KIND, Work(do, **options))


def ask(about: str = "a thing", **options: Any) -> Job:
    return services.ask(KIND, about=about, actor="ann", now=NOW, **options)


def now_of(job: Job) -> Job:
    job.refresh_from_db()
    return job


def kept() -> KeptFile:
    return keep([b"content"], name="f", until=NOW + timedelta(hours=1))


def test_a_job_is_done_once(monkeypatch: pytest.MonkeyPatch, told: list[int]) -> None:
    work(monkeypatch, lambda job, _progress: {"twice": 2 * job.asked["n"]})
    job = ask(n=4)
    assert told == [job.pk]
    assert services.do(job.pk)
    assert not services.do(job.pk)
    assert (now_of(job).state, job.found, job.ended_at) == ("done", {"twice": 8}, NOW)


def test_about_one_thing_one_job_is_open(monkeypatch: pytest.MonkeyPatch, told: list[int]) -> None:
    work(monkeypatch, lambda _job, _progress: {})
    job = ask()
    with pytest.raises(AskedAlready) as refused:
        ask()
    assert refused.value.job == job
    ask("another thing")
    services.do(job.pk)
    ask()
    assert Job.objects.count() == 3


def test_progress_is_seen_while_the_job_is_in_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def do(job: Job, progress: Progress) -> dict[str, Any]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
            progress(3, 9, "three")
            look = Actor(lambda: Job.objects.values_list("steps_done", "steps", "saying").get(pk=job.pk))
            seen.append(look.end())
        return {}

    work(monkeypatch, do)
    services.do(ask().pk)
    assert seen == [(3, 9, "three")]


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (JobRefused("The file is upside down."), "The file is upside down."),
        (LookupError("It is elsewhere."), "It is elsewhere."),
        (SoftTimeLimitExceeded(), "It took too long."),
        (ZeroDivisionError(), "An error, which the log describes."),
    ],
)
def test_a_job_that_fails_says_why_and_can_be_asked_again(
    monkeypatch: pytest.MonkeyPatch, error: Exception, problem: str
) -> None:
    def fail(_job: Job, _progress: Progress) -> dict[str, Any]:
        raise error

    work(monkeypatch, fail, refusals=(LookupError,))
    job = ask()
    if isinstance(error, JobRefused | LookupError):
        services.do(job.pk)
    else:
        with pytest.raises(type(error)):
            services.do(job.pk)
    assert (now_of(job).state, job.problem, job.found) == ("failed", problem, None)
    work(monkeypatch, lambda _job, _progress: {})
    again = ask()
    assert services.do(again.pk)
    assert now_of(again).state == "done"


def test_a_problem_is_told_in_the_language_of_whoever_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    work(monkeypatch, lambda _job, _progress: 1 // 0)
    with translation.override("zh-hans"):
        job = ask()
    with pytest.raises(ZeroDivisionError):
        services.do(job.pk)
    assert now_of(job).problem == "出现错误，详情见日志。"


def test_a_job_whose_worker_was_killed_is_begun_again(
    monkeypatch: pytest.MonkeyPatch, told: list[int]
) -> None:
    work(monkeypatch, lambda job, _progress: {"begun": Job.objects.get(pk=job.pk).begun})
    job = ask()
    Job.objects.update(state="working", begun=1, steps_done=3, steps=4)
    tasks.look_after_jobs()
    assert told == [job.pk] * 2
    services.do(job.pk)
    assert now_of(job).found == {"begun": 2}


def test_a_job_that_kills_its_workers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    work(monkeypatch, lambda _job, _progress: {})
    job = ask()
    Job.objects.update(state="working", begun=services.MOST_BEGINNINGS)
    assert not services.do(job.pk)
    assert (now_of(job).state, job.problem) == ("failed", "Its workers were killed again and again.")


def test_one_job_at_a_time_and_the_next_is_told_of_after_it(
    monkeypatch: pytest.MonkeyPatch, told: list[int]
) -> None:
    first, second = ask("one"), ask("two")
    meanwhile = []

    def do(job: Job, _progress: Progress) -> dict[str, Any]:
        if job == first:
            meanwhile.append(Actor(lambda: services.do(second.pk)).end())
            meanwhile.append(list(told))
        return {}

    work(monkeypatch, do)
    assert services.do(first.pk)
    assert meanwhile == [False, [first.pk, second.pk]]
    assert told == [first.pk, second.pk, second.pk]
    assert services.do(second.pk)
    assert told == [first.pk, second.pk, second.pk]


def test_without_redis_a_job_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_pk: int) -> None:
        raise RedisGone

    monkeypatch.setattr(tasks.do_job, "delay", gone)
    job = ask()
    assert services.undone() == [job.pk]


@pytest.mark.parametrize("end", ["done", "refused", "broken"])
@pytest.mark.parametrize("forgets_when", ["done", "refused", ""])
def test_a_file_goes_with_the_end_that_needs_it_no_more(
    monkeypatch: pytest.MonkeyPatch, end: str, forgets_when: str
) -> None:
    def do(_job: Job, _progress: Progress) -> dict[str, Any]:
        if end == "refused":
            raise JobRefused("no")
        return {"broken": 1 // (end != "broken")}

    work(monkeypatch, do, forgets_when=forgets_when)
    job = ask(file=kept())
    with pytest.raises(ZeroDivisionError) if end == "broken" else nullcontext():
        services.do(job.pk)
    assert (now_of(job).file is None) == (end == forgets_when) == (not Piece.objects.exists())


def test_files_go_after_their_time_unless_a_job_is_at_them(monkeypatch: pytest.MonkeyPatch) -> None:
    work(monkeypatch, lambda _job, _progress: {})
    waiting, at_work = kept(), kept()
    job = ask(file=at_work)
    assert services.drop_what_is_over(now=NOW + timedelta(minutes=59)) == 0
    assert services.drop_what_is_over(now=NOW + timedelta(hours=1)) == 1
    assert list(KeptFile.objects.all()) == [at_work]
    assert not Piece.objects.filter(file_id=waiting.pk).exists()
    services.do(job.pk)
    assert services.drop_what_is_over(now=NOW + timedelta(hours=1)) == 1
    assert not Piece.objects.exists()
    assert now_of(job).file is None


def test_a_file_about_which_somebody_just_asks_for_a_job_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    work(monkeypatch, lambda _job, _progress: {})
    first = ask(file=kept())
    services.do(first.pk)
    with transaction.atomic():
        job = ask(file=services.held(first).file)
        dropping = Actor(lambda: services.drop_what_is_over(now=NOW + timedelta(hours=1)))
        assert dropping.waits()
    assert dropping.end() == 0
    assert now_of(job).file == KeptFile.objects.get()


def test_about_a_file_that_is_just_dropped_no_job_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    work(monkeypatch, lambda _job, _progress: {})
    job = ask(file=kept())
    services.do(job.pk)

    def look() -> KeptFile | None:
        with transaction.atomic():
            return services.held(job).file

    with transaction.atomic():
        assert services.drop_what_is_over(now=NOW + timedelta(hours=1)) == 1
        asking = Actor(look)
        assert asking.waits()
    assert asking.end() is None


def test_jobs_long_done_go(monkeypatch: pytest.MonkeyPatch) -> None:
    work(monkeypatch, lambda _job, _progress: {})
    job = ask()
    services.do(job.pk)
    ask()
    services.drop_what_is_over(now=NOW + services.JOBS_KEPT)
    assert Job.objects.count() == 2
    services.drop_what_is_over(now=NOW + services.JOBS_KEPT + timedelta(seconds=1))
    assert list(Job.objects.values_list("state", flat=True)) == ["waiting"]
