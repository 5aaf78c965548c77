"""A file from the browser: kept, checked with nothing written, taken in once it is confirmed, as by the command."""

import gzip
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from apps.activity.models import Contact, Delivery, QuarantinedEvent, Source, Tie
from apps.audit.models import Entry
from apps.directory.models import CompanyDomain
from apps.jobs import services, tasks
from apps.jobs.models import Job, KeptFile, Piece
from apps.jobs.services import AskedAlready
from apps.sources import forecast, importing, uploads
from apps.sources.files import UnusableFile
from apps.sources.uploads import UploadRefused
from bonus_tracker import clock
from tests.factories import make_employee
from tests.sources.helpers import HEADER, NOW, line, run

pytestmark = pytest.mark.django_db(transaction=True)
LINES = [
    line("ann@firm.example", "c1@out.example"),
    line("c1@out.example", "ann@firm.example", at="2026-09-02T08:00:00Z"),
    line("ann@firm.example", "ann@sub.firm.example"),
    line("c1@out.example", "c2@out.example"),
    line("ann@firm.example", "c1@out.example", room_size=3),
    line("new@firm.example", "c1@out.example", at="2026-09-03T08:00:00Z"),
    line("c1@out.example", "new@firm.example"),
    "nonsense",
    line("c1@out.example", "ann@firm.example", at="2099-01-01T00:00:00Z"),
    "m,yesterday,ann@firm.example,c1@out.example,",
]


@pytest.fixture(autouse=True)
def _company(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.do_job, "delay", lambda _pk: None)
    make_employee("ann@firm.example")
    CompanyDomain.objects.create(domain="firm.example")


def content_of(lines: list[str], header: str = HEADER) -> bytes:
    return (header + "".join(f"{each}\n" for each in lines)).encode()


def upload(content: bytes | None = None, **options: Any) -> Job:
    values = {"name": "messages.csv", "source": "chat", "platform": None, "covers": None, "actor": "olga"}
    chunks = [content_of(LINES) if content is None else content]
    return uploads.upload(chunks, now=clock.now(), **values | options)


def done(job: Job, state: str = "done") -> Job:
    assert services.do(job.pk)
    job.refresh_from_db()
    assert job.state == state, job.problem
    return job


def take(job: Job, actor: str = "olga") -> Job:
    return uploads.confirm(job, actor=actor, now=clock.now())


def is_untouched() -> bool:
    touched = (Source, Delivery, Contact, Tie, QuarantinedEvent)
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM activity_interaction)")
        return not cursor.fetchone()[0] and not any(model.objects.exists() for model in touched)


def taken_in() -> list[Any]:
    """Everything that an import leaves, without its numbers, times and names."""
    columns = ("counted", "staff_only", "outsiders_only", "group_rooms", "quarantined", "first_at", "last_at")
    held = QuarantinedEvent.objects.order_by("line").values_list("line", "reason", "problem", "sender_hint")
    ties = Tie.objects.order_by("employee_id", "contact_id").values_list("contact_id", "anchor", "first_date")
    return [
        *Delivery.objects.exclude(state="withdrawn").values_list("state", "lines_read", "sha256", *columns),
        *held,
        *ties,
    ]


def test_a_check_says_what_would_become_of_every_line_and_writes_nothing() -> None:
    found = done(upload()).found
    assert found is not None
    assert (found["lines"], found["counted"]) == (len(LINES) + 1, 2)
    assert (found["staff_only"], found["outsiders_only"], found["group_rooms"]) == (1, 1, 1)
    assert found["held"] == {"unknown_staff": 2, "future": 1, "unreadable": 2}
    assert (found["first_at"], found["last_at"]) == ("2026-09-01T08:00:00+00:00", "2026-09-03T08:00:00+00:00")
    assert [number for number, _problem in found["problems"]] == [9, 11]
    assert [(count, first) for _hint, count, first in found["unknown"]] == [(2, 7)]
    assert found["unknown_handles"] == 1
    assert "new@firm" not in str(found)
    assert is_untouched()


def test_a_check_foretells_what_the_import_does_batch_by_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecast, "BATCH", 2)
    job = done(upload())
    found = job.found or {}
    done(take(job))
    delivery = Delivery.objects.get()
    assert (delivery.lines_read, delivery.counted) == (found["lines"], found["counted"])
    assert delivery.staff_only == found["staff_only"]
    assert delivery.outsiders_only == found["outsiders_only"]
    assert delivery.group_rooms == found["group_rooms"]
    assert importing.held_counts(delivery) == found["held"]
    assert (delivery.first_at, delivery.last_at) == tuple(
        map(datetime.fromisoformat, (found["first_at"], found["last_at"]))
    )


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_it_leaves_what_the_command_leaves(file: Callable[..., Any], pack: Any) -> None:
    content = pack(content_of(LINES))
    path = file()
    path.write_bytes(content)
    run(path)
    by_command = taken_in()
    connection.cursor().execute(
        "TRUNCATE activity_interaction, activity_tie, activity_delivery, activity_contact CASCADE"
    )
    done(take(done(upload(content))))
    assert taken_in() == by_command != []


def test_json_lines_are_taken_in_too() -> None:
    said = '{"message_id": "1", "sent_at": "2026-09-01T08:00:00Z", "from": "ann@firm.example", "to": "c@o.example"}'
    done(take(done(upload(said.encode(), name="messages.jsonl"))))
    assert Delivery.objects.get().counted == 1


def test_the_delivery_is_of_whoever_confirmed_and_every_step_is_in_the_log() -> None:
    job = done(upload())
    done(take(job, actor="hugo"))
    delivery = Delivery.objects.get()
    assert (delivery.actor, delivery.name, delivery.source.name) == ("hugo", "messages.csv", "chat")
    assert [(entry.action, entry.actor) for entry in Entry.objects.order_by("number")] == [
        ("messages uploaded", "olga"),
        ("messages confirmed", "hugo"),
        ("delivery applied", "hugo"),
    ]
    assert Entry.objects.earliest("number").details == {
        "source": "chat",
        "file": "messages.csv",
        "bytes": len(content_of(LINES)),
        "sha256": delivery.sha256,
    }


def test_the_file_goes_when_it_is_taken_in() -> None:
    job = done(upload())
    assert KeptFile.objects.exists()
    done(take(job))
    assert not KeptFile.objects.exists()
    assert not Piece.objects.exists()


def test_the_same_file_twice_changes_nothing_and_is_told() -> None:
    first = done(take(done(upload())))
    before = taken_in()
    job = done(upload())
    assert uploads.known_delivery(job) == Delivery.objects.get()
    again = done(take(job))
    assert (first.found, again.found) == (
        {"delivery": Delivery.objects.get().pk, "is_new": True, "covers_more": False},
        {"delivery": Delivery.objects.get().pk, "is_new": False, "covers_more": False},
    )
    assert taken_in() == before


def test_the_same_file_may_cover_more() -> None:
    done(take(done(upload())))
    covers = (NOW - timedelta(days=30), NOW)
    assert (done(take(done(upload(covers=covers)))).found or {})["covers_more"]
    assert Source.objects.get().complete_until == NOW


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "messages.csv is empty; its first line must be: message_id,sent_at,from,to."),
        (b"message_id,sent_at,from\n", "messages.csv, line 1: column to is missing"),
        (content_of([], "message_id,sent_at,from,to,body\n"), "messages.csv, line 1 holds message content"),
        (content_of([LINES[0]]) + b"\xff\n", "messages.csv, line 3: not UTF-8; save the file as UTF-8."),
        (
            content_of(["a", "b"]),
            "messages.csv: 2 of 2 lines cannot be read (line 2: 1 columns instead of 5)",
        ),
        (gzip.compress(content_of(LINES))[:-9], "messages.csv is a damaged or truncated gzip file"),
        (HEADER.encode(), "messages.csv has no lines below its header."),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_line_and_goes(content: bytes, problem: str) -> None:
    job = done(upload(content), state="failed")
    assert job.problem.startswith(problem)
    assert not KeptFile.objects.exists()
    assert is_untouched()


def test_a_file_without_lines_counts_when_it_says_what_it_covers() -> None:
    days = [NOW - timedelta(days=2), NOW - timedelta(days=1), NOW]
    spans = [(days[0], days[1]), (days[1], days[2]), (days[1], days[2])]
    ends = [done(take(done(upload(HEADER.encode(), covers=span)))).found or {} for span in spans]
    assert Source.objects.get().complete_until == NOW
    assert [found["is_new"] for found in ends] == [True, True, False]
    assert ends[0]["delivery"] != ends[1]["delivery"] == ends[2]["delivery"]


@pytest.mark.parametrize("broken", ["apply_batch", "_close"])
def test_an_import_that_fails_in_the_middle_goes_on_where_it_was(
    monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    with monkeypatch.context() as patch:
        done(take(done(upload())))
        undisturbed = taken_in()
        connection.cursor().execute(
            "TRUNCATE activity_interaction, activity_tie, activity_delivery, activity_contact CASCADE"
        )
        job, real, calls = done(upload()), getattr(importing, broken), []

        def fails(*args: Any, **options: Any) -> Any:
            calls.append(1)
            if broken == "_close" or len(calls) == 3:
                raise ZeroDivisionError
            return real(*args, **options)

        patch.setattr(importing, "BATCH", 2)
        patch.setattr(importing, broken, fails)
        first = take(job)
        with pytest.raises(ZeroDivisionError):
            services.do(first.pk)
    first.refresh_from_db()
    assert (first.state, first.file is None) == ("failed", False)
    half = Delivery.objects.get()
    assert (half.state, half.lines_read > 0) == ("open", True)
    second = done(take(job))
    assert second.found == {"delivery": half.pk, "is_new": True, "covers_more": False}
    assert taken_in() == undisturbed


def test_a_worker_killed_after_the_import_but_before_its_word_says_no_less() -> None:
    job = take(done(upload()))
    kept = uploads._import(job, lambda *_args: None)
    Job.objects.filter(pk=job.pk).update(state="working", begun=1)  # as the killed one left it
    assert done(job).found == kept
    assert kept["is_new"]


def test_confirmed_twice_it_is_taken_in_once() -> None:
    job = done(upload())
    first = take(job)
    with pytest.raises(AskedAlready) as refused:
        take(job)
    assert refused.value.job == first
    done(first)
    with pytest.raises(UploadRefused, match="no longer there"):
        take(job)
    assert Delivery.objects.count() == 1


def test_what_is_not_checked_yet_is_not_taken_in() -> None:
    with pytest.raises(UploadRefused):
        take(upload())


def test_a_file_that_is_thrown_away_leaves_nothing_but_a_line_in_the_log() -> None:
    job = done(upload())
    uploads.discard(job, actor="hugo", now=NOW)
    uploads.discard(job, actor="hugo", now=NOW)
    assert not Piece.objects.exists()
    assert [entry.action for entry in Entry.objects.order_by("number")] == [
        "messages uploaded",
        "upload discarded",
    ]
    with pytest.raises(UploadRefused, match="no longer there"):
        take(job)
    assert is_untouched()


def test_a_file_that_is_being_read_is_not_thrown_away() -> None:
    job = done(upload())
    take(job)
    with pytest.raises(UploadRefused, match="being read"):
        uploads.discard(job, actor="olga", now=NOW)
    assert KeptFile.objects.exists()


def test_a_job_without_its_file_is_refused() -> None:
    job = upload()
    Job.objects.update(file=None)
    assert done(job, state="failed").problem == "The file is no longer there."


def test_a_file_that_waits_for_a_day_goes() -> None:
    job = done(upload())
    services.drop_what_is_over(now=NOW + uploads.WAITS)
    assert not Piece.objects.exists()
    with pytest.raises(UploadRefused, match="no longer there"):
        take(job)
    with pytest.raises(UploadRefused, match="no longer there"):
        uploads.check_again(Job.objects.get(), actor="olga", now=NOW)


def broken(*_args: Any, **_options: Any) -> Any:
    raise ZeroDivisionError


def test_a_check_that_broke_down_is_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    job = upload()
    with monkeypatch.context() as patch:
        patch.setattr(uploads, "forecast", broken)
        with pytest.raises(ZeroDivisionError):
            services.do(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    again = done(uploads.check_again(job, actor="olga", now=NOW))
    assert (again.found or {})["counted"] == 2


@pytest.mark.parametrize(
    "options", [{"source": " "}, {"platform": "a b"}, {"source": "known", "platform": "other"}]
)
def test_a_source_that_cannot_be_keeps_no_file(options: dict[str, Any]) -> None:
    Source.objects.create(name="known", platform="im", created_at=NOW)
    with pytest.raises(UnusableFile):
        upload(**options)
    assert not KeptFile.objects.exists()
    assert not Entry.objects.exists()


def test_progress_is_in_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecast, "BATCH", 2)
    told: list[tuple[int, ...]] = []
    uploads._check(upload(), lambda *numbers: told.append(numbers))
    assert told == [(3, 11), (5, 11), (7, 11), (9, 11), (11, 11)]
