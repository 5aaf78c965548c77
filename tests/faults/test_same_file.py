"""One file, several readers."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from apps.activity.models import Delivery, Tie
from apps.audit.models import Entry
from apps.sources import importing
from apps.sources.files import check
from tests.factories import make_employee
from tests.faults.helpers import Actor, Stop
from tests.faults.scenes import NOW, handle_of, wrong_ties

pytestmark = pytest.mark.django_db(transaction=True)


def write_file(folder: Path) -> Path:
    employee = handle_of(make_employee())
    lines = [f"{n},2026-12-0{n}T03:00:00Z,{employee},a@out.example" for n in range(1, 7)]
    path = folder / "export.csv"
    path.write_text("\n".join(["message_id,sent_at,from,to", *lines]) + "\n")
    return path


def read(path: Path) -> bool | str:
    """Whether it was new, or that somebody else reads it."""
    source = importing.find_or_make_source("file", "im", now=NOW)
    try:
        return importing.import_file(check(path), source, actor="test", now=NOW).is_new
    except importing.BeingRead:
        return "being read"


def two_readers(monkeypatch: pytest.MonkeyPatch, path: Path) -> list[Any]:
    """The second reader comes when the first has read and not yet written, and stops before it closes the file."""
    writing, closing = Stop(monkeypatch, importing, "apply_batch"), Stop(monkeypatch, importing, "_close")
    first = Actor(lambda: read(path))
    writing.wait()
    second = Actor(lambda: read(path))
    while not (second.has_ended or closing.reached.is_set()):
        second.thread.join(0.01)
    writing.go()
    if second.has_ended:
        closing.go()
    answer = first.end()
    closing.go()
    return [answer, second.end()]


def test_two_readers_of_a_file_count_it_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = write_file(tmp_path)
    assert two_readers(monkeypatch, path) == [True, "being read"]
    assert Delivery.objects.get().counted == 6
    assert read(path) is False
    assert wrong_ties() == []


def test_without_the_readers_lock_every_line_is_counted_twice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(importing, "_only_reader", nullcontext)
    assert two_readers(monkeypatch, write_file(tmp_path)) == [True, True]
    assert Delivery.objects.get().counted == 12


def test_six_readers_at_the_same_moment_make_one_delivery(tmp_path: Path) -> None:
    path = write_file(tmp_path)
    answers = [actor.end() for actor in [Actor(lambda: read(path)) for _ in range(6)]]
    assert answers.count(True) == 1
    assert Delivery.objects.get().counted == 6
    assert Tie.objects.count() == Entry.objects.filter(action="delivery applied").count() == 1
