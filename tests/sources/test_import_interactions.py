"""The command import_interactions: what becomes of each line, twice, and after a crash."""

import gzip
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import connection, transaction

from apps.activity.models import Contact, Delivery, QuarantinedEvent, Source, Tie
from apps.audit.models import Entry
from apps.directory.handles import account_key
from apps.directory.models import CompanyDomain
from apps.sources import importing
from apps.sources.files import check, read
from tests.factories import make_employee
from tests.sources.helpers import HEADER, NOW, line, run

pytestmark = pytest.mark.django_db

TABLES = """
    SELECT table_name FROM information_schema.tables
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1
"""


def stored() -> list[tuple[Any, ...]]:
    """Everything that an import writes, without numbers that say nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT occurred_at, sender, recipient, event_key, room_size FROM activity_interaction ORDER BY 1, 2, 3, 4"
        )
        ledger = cursor.fetchall()
        cursor.execute("SELECT * FROM activity_tie ORDER BY 1, 2")
        ties = cursor.fetchall()
        cursor.execute("SELECT id, hint FROM activity_contact ORDER BY 1")
        contacts = cursor.fetchall()
    counts = ("counted", "staff_only", "outsiders_only", "group_rooms", "quarantined", "first_at", "last_at")
    deliveries = list(Delivery.objects.order_by("pk").values_list("state", "lines_read", *counts))
    held = list(
        QuarantinedEvent.objects.order_by("line").values_list("line", "reason", "problem", "occurred_at")
    )
    return [*ledger, *ties, *contacts, *deliveries, *held]


def test_every_line_gets_its_verdict(file: Any) -> None:
    make_employee("ann@firm.example")
    make_employee("ben@elsewhere.example")
    CompanyDomain.objects.create(domain="firm.example")
    path = file(
        line("ann@firm.example", "c1@out.example"),
        line("c1@out.example", "ben@elsewhere.example", room_size=2),
        line("ann@firm.example", "ben@elsewhere.example"),
        line("ann@firm.example", "new@firm.example"),
        line("new@sub.firm.example", "newer@firm.example"),
        line("c1@out.example", "c2@out.example"),
        line("ann@firm.example", "c1@out.example", room_size=3),
        line("c1@out.example", "c2@out.example", room_size=3),
        line("new@sub.firm.example", "c1@out.example"),
        line("c2@out.example", "new@firm.example"),
        line("c1@out.example", "ann@firm.example", at="2026-09-10T12:05:00Z"),
        line("c1@out.example", "ann@firm.example", at="2026-09-10T12:05:00.000001Z"),
        line("new@firm.example", "c1@out.example", at="2099-01-01T00:00:00Z"),
        "nonsense",
    )
    out, err = run(path)
    assert out.splitlines() == [
        f"Delivery {Delivery.objects.get().pk} (messages.csv) imported.",
        "  interactions counted             3",
        "  staff to staff                   3",
        "  outsider to outsider             1",
        "  in larger rooms                  2",
        "  quarantined                      5",
        "    company handle that nobody in the directory had on that day: 2 (lines 10, 11)",
        "    more than five minutes in the future: 2 (lines 13, 14)",
        "    unreadable line: 1 (lines 15)",
        "  span                  2026-09-01T16:00:00+08:00 to 2026-09-10T20:05:00+08:00",
    ]
    assert err == "Line 15: 1 columns instead of 5.\n"
    assert Tie.objects.count() == 2
    assert {c.hint for c in Contact.objects.all()} == {"c…@ou….example"}


def test_an_event_older_than_the_lag_of_its_source_is_held(file: Any) -> None:
    make_employee("ann@firm.example")
    Source.objects.create(name="chat", platform="im", created_at=NOW, lag_minutes=60)
    path = file(
        line("ann@firm.example", "c1@out.example", at="2026-09-10T10:59:59.999999Z"),
        line("ann@firm.example", "c1@out.example", at="2026-09-10T11:00:00Z"),
        line("c1@out.example", "c2@out.example", at="2026-09-01T00:00:00Z"),
    )
    out, _ = run(path)
    assert "    older than the source's stated lag: 1 (lines 2)" in out.splitlines()
    assert Delivery.objects.get().counted == 1


def test_two_spellings_of_one_handle_are_held_once(file: Any) -> None:
    CompanyDomain.objects.create(domain="firm.example")
    run(file(line("New@Firm.example", "c1@out.example"), line("new@firm.example", "C1@out.example")))
    assert list(QuarantinedEvent.objects.values_list("line", flat=True)) == [2, 3]


def test_many_held_lines_are_counted_and_the_first_are_named(file: Any) -> None:
    out, err = run(file(*["broken"] * 12, line("ann@firm.example", "c1@out.example")))
    where = "2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more"
    assert f"    unreadable line: 12 (lines {where})" in out.splitlines()
    assert len(err.splitlines()) == 5


def test_an_identical_file_changes_nothing(file: Any) -> None:
    make_employee("ann@firm.example")
    path = file(line("ann@firm.example", "c1@out.example"))
    run(path)
    before, entries = stored(), Entry.objects.count()
    out, _ = run(path)
    assert "was imported before; nothing changed." in out
    assert (stored(), Entry.objects.count()) == (before, entries)


def test_the_same_lines_in_another_file_change_no_tie(file: Any) -> None:
    make_employee("ann@firm.example")
    run(file(line("ann@firm.example", "c1@out.example")))
    ties = list(Tie.objects.values_list())
    run(file(line("ann@firm.example", "c1@out.example"), "", name="again.csv"))
    assert (list(Tie.objects.values_list()), Delivery.objects.count()) == (ties, 2)


@pytest.mark.parametrize("broken_batch", [1, 2, 4])
def test_an_import_that_broke_goes_on_where_it_was(
    file: Any, monkeypatch: pytest.MonkeyPatch, broken_batch: int
) -> None:
    make_employee("ann@firm.example")
    CompanyDomain.objects.create(domain="firm.example")
    people = ["c1@out.example", "c2@out.example", "new@firm.example"]
    lines = [line(people[n % 3], "ann@firm.example", at=f"2026-09-0{1 + n % 9}T08:00:00Z") for n in range(20)]
    path = file(*lines, "broken", "", line("new@firm.example", "c9@out.example"))
    expected = _imported_whole(path)
    monkeypatch.setattr(importing, "BATCH", 5)
    batches = 0

    def breaks(*args: Any, **options: Any) -> Any:
        nonlocal batches
        batches += 1
        if batches == broken_batch:
            raise RuntimeError("the power fails")
        return apply_batch(*args, **options)

    apply_batch = importing.apply_batch
    monkeypatch.setattr(importing, "apply_batch", breaks)
    with pytest.raises(RuntimeError):
        run(path)
    assert Delivery.objects.get().state == Delivery.State.OPEN
    run(path)
    assert stored() == expected


def _imported_whole(path: Path) -> list[tuple[Any, ...]]:
    with transaction.atomic():
        run(path)
        expected = stored()
        transaction.set_rollback(True)
    return expected


def test_the_canary_is_nowhere(file: Any, caplog: pytest.LogCaptureFixture, monkeypatch: Any) -> None:
    make_employee("ann@firm.example")
    word = "CanaryYellow"
    sent = '"message_id": "m", "sent_at": "2026-09-01T08:00:00Z", "from": "ann@firm.example"'
    fine = line("ann@firm.example", "c1@out.example")
    files = [
        file(f"m,2026-09-01T08:00:00Z,ann@firm.example,c1@out.example,2,{word}", f"{word},x", fine),
        file(f'm,2026-09-01T08:00:00Z,ann@firm.example,"{word},,', fine, name="2.csv"),
        file(f"m,{word},ann@firm.example,c1@out.example,{word}", fine, name="3.csv"),
        file(line("ann@firm.example", "c1@out.example", room_size=word), fine, name="4.csv"),
        file(
            f'{{{sent}, "to": {{"text": "{word}"}}}}',
            f"{{{word}",
            f'{{{sent}, "to": "c1@out.example"}}',
            name="5.jsonl",
            header="",
        ),
    ]
    printed = "".join("".join(run(path)) for path in files)
    refused = [
        file(f"{word},x", name="6.csv"),
        file(f'{{{sent}, "to": "c1@out.example", "she said {word}": "{word}"}}', name="6.jsonl", header=""),
        file(
            f"m,2026-09-01T08:00:00Z,ann,bob,{word}", name="7.csv", header=HEADER.replace("room_size", "text")
        ),
        file(f'{{{sent}, "to": "c1@out.example", "body": "{word}"}}', name="8.jsonl", header=""),
    ]
    for path in refused:
        with pytest.raises(CommandError) as caught:
            run(path)
        printed += str(caught.value)
    assert Delivery.objects.count() == len(files)
    assert Tie.objects.count() == 1
    assert word.lower() not in (printed + caplog.text + everything_in_the_database()).lower()


def everything_in_the_database() -> str:
    """Every row of every table as text."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for name in tables:
            cursor.execute(f'SELECT t::text FROM "{name}" AS t')
            found += [row for (row,) in cursor.fetchall()]
    assert {"activity_contact", "activity_interaction", "activity_quarantinedevent", "audit_entry"} <= set(
        tables
    )
    return "\n".join(found)


def test_no_handle_of_a_stranger_is_in_the_database(file: Any) -> None:
    make_employee("ann@firm.example")
    CompanyDomain.objects.create(domain="firm.example")
    run(
        file(
            line("ann@firm.example", "wanda.strange@out.example"),
            line("new@firm.example", "peter.other@out.example"),
        )
    )
    assert Contact.objects.filter(pk=account_key("im", "wanda.strange@out.example")).exists()
    everything = everything_in_the_database()
    assert not [
        word for word in ("wanda", "strange@", "peter", "other@", "out.example") if word in everything
    ]


def test_memory_does_not_grow_with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 2_000)
    make_employee("ann@firm.example")

    def peak(lines: int) -> int:
        path = tmp_path / f"{lines}.csv.gz"
        with gzip.open(path, "wt", compresslevel=1) as out:
            out.write(HEADER)
            for n in range(lines):
                at = datetime(2026, 9, 1, tzinfo=UTC) + timedelta(seconds=n)
                out.write(f"{n},{at.isoformat()},ann@firm.example,c{n % 50}@out.example,\n")
        tracemalloc.start()
        run(path)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(1_000)  # fills the caches
    small, large = peak(5_000), peak(30_000)
    assert large < small * 1.2


def test_batches_are_cut_by_lines_whatever_they_hold(file: Any) -> None:
    path = file(*[line("ann", "bob")] * 4, "broken", "", *["broken"] * 3, line("ann", "bob"))
    blocks = read(check(path), "im", at_once=3)
    assert [(block.last, len(block.events), len(block.unreadable)) for block in blocks] == [
        (4, 3, 0),
        (8, 1, 2),
        (11, 1, 2),
    ]
