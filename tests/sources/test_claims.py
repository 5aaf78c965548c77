"""--covers: the time a file speaks for, said at first, said again, and said wrongly."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import CommandError

from apps.activity.models import Delivery, Source
from apps.activity.withdrawal import withdraw
from apps.audit.models import Entry
from apps.sources import importing
from tests.factories import make_employee
from tests.sources.helpers import NOW, line, nothing_there, run
from tests.sources.test_import_interactions import stored

pytestmark = pytest.mark.django_db

FIRST = "2026-09-01T00:00:00Z/2026-09-02T00:00:00Z"
WIDER = "2026-09-01T00:00:00Z/2026-09-04T00:00:00Z"
ON = {day: datetime(2026, 9, day, tzinfo=UTC) for day in range(1, 9)}


def complete_until() -> datetime | None:
    return Source.objects.get(name="chat").complete_until


def last_entry() -> Entry:
    return Entry.objects.order_by("-number")[0]


def refusal(*arguments: Any) -> str:
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    return str(caught.value)


def test_what_a_source_is_complete_until(file: Any) -> None:
    make_employee("ann@firm.example")
    run(file(line("c1@out.example", "c2@out.example", at="2026-09-02T10:00:00Z")))
    assert complete_until() == datetime(2026, 9, 2, 10, tzinfo=UTC)
    run(file(line("ann@firm.example", "c1@out.example")))
    assert complete_until() == datetime(2026, 9, 2, 10, tzinfo=UTC)
    run(file(), "--covers", "2026-09-02/2026-09-03T00:00:00Z")
    assert complete_until() == ON[3]
    newest = Delivery.objects.latest("pk")
    midnight_in_shanghai = datetime(2026, 9, 1, 16, tzinfo=UTC)
    assert (newest.covers_from, newest.covers_to) == (midnight_in_shanghai, ON[3])
    assert last_entry().details["covers"] == "2026-09-02T00:00:00+08:00 to 2026-09-03T08:00:00+08:00"


@pytest.mark.parametrize("first", [["--covers", FIRST], []])
def test_the_same_file_may_claim_more_later_and_nothing_else_changes(file: Any, first: list[str]) -> None:
    make_employee("ann@firm.example")
    path = file(line("ann@firm.example", "c1@out.example"))
    run(path, *first)
    before, entries = stored(), Entry.objects.count()
    out, _ = run(path, "--covers", WIDER)
    assert "was imported before; it covers more now." in out
    assert (
        "  covers                2026-09-01T08:00:00+08:00 to 2026-09-04T08:00:00+08:00" in out.splitlines()
    )
    delivery = Delivery.objects.get()
    assert (delivery.covers_from, delivery.covers_to, complete_until()) == (ON[1], ON[4], ON[4])
    assert (stored(), Entry.objects.count()) == (before, entries + 1)
    assert (last_entry().action, last_entry().subject) == (
        "delivery covers more",
        f"delivery {delivery.pk}",
    )
    assert last_entry().details["covers"] == "2026-09-01T08:00:00+08:00 to 2026-09-04T08:00:00+08:00"
    for again in (["--covers", WIDER], []):
        assert "was imported before; nothing changed." in run(path, *again)[0]
    assert Entry.objects.count() == entries + 1


@pytest.mark.parametrize(
    "span",
    [
        "2026-09-01T00:00:00Z/2026-09-01T12:00:00Z",
        "2026-09-01T12:00:00Z/2026-09-04T00:00:00Z",
        "2026-09-03T00:00:00Z/2026-09-04T00:00:00Z",
    ],
)
def test_a_claim_that_leaves_something_out_is_refused_and_says_how(file: Any, span: str) -> None:
    path = file(line("ann@firm.example", "c1@out.example"))
    run(path, "--covers", FIRST)
    entries = Entry.objects.count()
    assert refusal(path, "--covers", span) == (
        f"Delivery {Delivery.objects.get().pk} (messages.csv) speaks for 2026-09-01T08:00:00+08:00 to "
        "2026-09-02T08:00:00+08:00; let what the file covers include that, or "
        "withdraw the delivery and import the file again."
    )
    assert (Delivery.objects.get().covers_to, complete_until()) == (ON[2], ON[2])
    assert Entry.objects.count() == entries


def test_without_a_claim_a_file_speaks_for_the_time_of_its_lines(file: Any) -> None:
    path = file(line("ann@firm.example", "c1@out.example"))
    run(path)
    said = refusal(path, "--covers", "2026-09-01T00:00:00Z/2026-09-01T07:00:00Z")
    assert "speaks for 2026-09-01T16:00:00+08:00 to 2026-09-01T16:00:00+08:00;" in said
    assert Delivery.objects.get().covers_to is None


def test_an_import_that_broke_takes_the_wider_claim_too(file: Any, monkeypatch: Any) -> None:
    path = file(*[line("ann@firm.example", "c1@out.example")] * 4)
    monkeypatch.setattr(importing, "BATCH", 2)
    apply_batch, batches = importing.apply_batch, []

    def breaks(*args: Any, **options: Any) -> Any:
        batches.append(1)
        if len(batches) == 2:
            raise RuntimeError("the power fails")
        return apply_batch(*args, **options)

    monkeypatch.setattr(importing, "apply_batch", breaks)
    with pytest.raises(RuntimeError):
        run(path, "--covers", FIRST)
    run(path, "--covers", WIDER)
    assert (Delivery.objects.get().covers_to, complete_until()) == (ON[4], ON[4])


def test_two_quiet_nights_are_two_deliveries_and_one_said_twice_is_one(file: Any) -> None:
    quiet = file()
    for night in ("2026-09-01/2026-09-02", "2026-09-05/2026-09-06", "2026-09-05/2026-09-06"):
        run(quiet, "--covers", night)
    assert Delivery.objects.count() == 2
    assert complete_until() == datetime(2026, 9, 5, 16, tzinfo=UTC)


def test_a_withdrawn_claim_is_taken_back_whole(file: Any) -> None:
    run(file(line("a@out.example", "b@out.example", at="2026-09-01T08:00:00Z")))
    path = file(line("a@out.example", "b@out.example", at="2026-09-02T08:00:00Z"), name="other.csv")
    run(path)
    run(path, "--covers", WIDER)
    withdraw(Delivery.objects.latest("pk"), actor="hr", reason="wrong file", now=NOW)
    assert complete_until() == datetime(2026, 9, 1, 8, tzinfo=UTC)
    run(path, "--covers", "2026-09-01T00:00:00Z/2026-09-03T00:00:00Z")
    assert complete_until() == ON[3]


@pytest.mark.parametrize(
    ("span", "sentence"),
    [
        ("today", "is not FROM/TO, such as 2026-12-01T00:00:00Z/2026-12-02T00:00:00Z."),
        ("1/2/3", "is not FROM/TO, such as 2026-12-01T00:00:00Z/2026-12-02T00:00:00Z."),
        ("2026-09-02/2026-09-02", "ends before it begins."),
        (
            "2026-09-01T00:00:00Z/2026-09-10T12:00:00.000001Z",
            "ends in the future, and no file speaks for what is not over; "
            "let it end at 2026-09-10T20:00:00+08:00 at the latest.",
        ),
    ],
)
def test_a_wrong_span_is_refused(file: Any, span: str, sentence: str) -> None:
    path = file(line("ann", "bob"))
    assert refusal(path, "--covers", span) == f"--covers {span!r} {sentence}"
    assert nothing_there()


def test_a_span_may_end_now(file: Any) -> None:
    run(file(line("ann", "bob")), "--covers", "2026-09-01T00:00:00Z/2026-09-10T12:00:00Z")
    assert complete_until() == NOW
