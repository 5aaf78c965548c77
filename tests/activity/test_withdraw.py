"""The command withdraw: what it shows, does, and refuses."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.activity.batch import Event, Unreadable
from apps.activity.ingest import DeliveryClosed, apply_batch
from apps.activity.models import Delivery, Source, Tie
from apps.activity.sql import input_version
from apps.audit.models import Entry
from tests.factories import make_employee

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 9, 10, 12, tzinfo=UTC)
DAY = datetime(2026, 9, 1, 8, tzinfo=UTC)


@pytest.fixture
def delivery() -> Delivery:
    make_employee("ann@firm.example")
    make_employee("ben@firm.example")
    source = Source.objects.create(name="chat", platform="im", created_at=NOW)
    delivery = Delivery.objects.create(source=source, actor="test", received_at=NOW, name="a.csv")
    talk = [("ann", "c1"), ("c1", "ann"), ("ben", "c1"), ("ann", "c2")]
    accounts = {"ann": "ann@firm.example", "ben": "ben@firm.example"}
    events = [
        Event(n, DAY, accounts.get(sender, sender), accounts.get(to, to), n)
        for n, (sender, to) in enumerate(talk, start=2)
    ]
    apply_batch(delivery, events, [Unreadable(9, "3 columns")], now=NOW)
    return delivery


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("withdraw", *map(str, arguments), stdout=out)
    return out.getvalue().strip()


def test_the_preview_changes_nothing(delivery: Delivery) -> None:
    before = list(Tie.objects.values_list()), input_version(), Entry.objects.count()
    assert run(delivery.pk) == (
        f"Withdrawing delivery {delivery.pk} (a.csv) would take back 4 interactions and 1 quarantined events, and "
        "derive 3 ties of 2 employees again. Nothing was changed; give --reason to do it."
    )
    assert run(delivery.pk, "--reason", "  ").endswith("give --reason to do it.")
    assert (list(Tie.objects.values_list()), input_version(), Entry.objects.count()) == before
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.OPEN


def test_it_does_what_the_preview_said(delivery: Delivery) -> None:
    version = input_version()
    assert run(delivery.pk, "--reason", "the wrong month") == (
        f"Delivery {delivery.pk} is withdrawn: 4 interactions taken back, 3 ties of 2 employees derived again."
    )
    assert (Tie.objects.count(), input_version() > version) == (0, True)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.withdrawal_reason) == (Delivery.State.WITHDRAWN, "the wrong month")
    entry = Entry.objects.latest("number")
    assert (entry.action, entry.subject) == ("delivery withdrawn", f"delivery {delivery.pk}")


@pytest.mark.parametrize("options", [[], ["--reason", "again"]])
def test_only_once(delivery: Delivery, options: list[str]) -> None:
    run(delivery.pk, "--reason", "the wrong month")
    entries = Entry.objects.count()
    with pytest.raises(CommandError) as caught:
        run(delivery.pk, *options)
    assert str(caught.value) == f"Delivery {delivery.pk} was withdrawn already."
    assert Entry.objects.count() == entries


def test_a_delivery_that_is_not_there() -> None:
    with pytest.raises(CommandError) as caught:
        run(4711, "--reason", "none")
    assert str(caught.value) == "There is no delivery 4711; the import printed its number."


def test_nothing_more_is_taken_into_a_withdrawn_delivery(delivery: Delivery) -> None:
    run(delivery.pk, "--reason", "the wrong month")
    with pytest.raises(DeliveryClosed):
        apply_batch(delivery, [Event(5, DAY, "ann@firm.example", "c3", 5)], now=NOW)
    assert Tie.objects.count() == 0


def test_the_source_claims_no_more_than_what_is_left(delivery: Delivery) -> None:
    source = delivery.source
    first, second = datetime(2026, 9, 3, tzinfo=UTC), datetime(2026, 9, 5, tzinfo=UTC)
    for covers_to in (first, second):
        Delivery.objects.create(
            source=source, actor="test", received_at=NOW, covers_to=covers_to, state=Delivery.State.APPLIED
        )
    Source.objects.update(complete_until=second)
    run(Delivery.objects.get(covers_to=first).pk, "--reason", "not the newest")
    assert Source.objects.get().complete_until == second
    run(Delivery.objects.get(covers_to=second).pk, "--reason", "the newest")
    assert Source.objects.get().complete_until is None
