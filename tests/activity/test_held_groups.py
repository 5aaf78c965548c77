"""What is held back is grouped as people decide about it."""

from datetime import UTC, datetime

import pytest

from apps.activity.batch import Event, Unreadable
from apps.activity.held_groups import events_of, held_groups
from apps.activity.ingest import apply_batch
from apps.activity.models import Delivery, Source
from apps.directory.models import CompanyDomain
from tests.factories import make_employee

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)


def deliver(source: str, events: list[tuple[str, str]], *problems: str) -> None:
    at, _created = Source.objects.get_or_create(name=source, defaults={"platform": "im", "created_at": NOW})
    delivery = Delivery.objects.create(source=at, actor="test", received_at=NOW)
    parsed = [Event(n, NOW, sender, recipient, n) for n, (sender, recipient) in enumerate(events, start=1)]
    wrong = [Unreadable(100 + n, problem) for n, problem in enumerate(problems)]
    apply_batch(delivery, parsed, wrong, now=NOW, lines_read=len(parsed) + len(wrong))


@pytest.fixture(autouse=True)
def _company() -> None:
    CompanyDomain.objects.create(domain="company.example")
    make_employee("an@company.example")


def test_by_reason_source_and_the_handle_that_nobody_had() -> None:
    stranger = "zhang@outside.example"
    deliver("chat", [("nobody@company.example", stranger), (stranger, "nobody@company.example")], "no date")
    deliver("chat", [(stranger, "someone@company.example")], "no date", "no sender")
    deliver("mail", [("nobody@company.example", stranger)])
    found = {(each.reason, each.source, each.unknown, each.problem): each.count for each in held_groups()}
    assert found == {
        ("unknown_staff", "chat", "no…y@co….example", ""): 2,
        ("unknown_staff", "chat", "so…e@co….example", ""): 1,
        ("unknown_staff", "mail", "no…y@co….example", ""): 1,
        ("unreadable", "chat", "", "no date"): 2,
        ("unreadable", "chat", "", "no sender"): 1,
    }
    assert {each.reason for each in held_groups("unreadable")} == {"unreadable"}


def test_the_events_of_a_group_are_as_many_as_it_counts() -> None:
    deliver("chat", [("nobody@company.example", "a@outside.example")], "no date", "no sender")
    for each in held_groups():
        assert events_of(each.reason, each.source_id, each.unknown, each.problem).count() == each.count
    assert sum(each.count for each in held_groups()) == 3
