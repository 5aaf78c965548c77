"""What was delivered goes after its time, and never while somebody needs it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from apps.activity.contact_facts import record_fact
from apps.activity.models import Contact, Delivery, Source, Tie
from apps.activity.parts import ledger_months
from apps.activity.withdrawal import NotWithdrawable, withdraw
from apps.audit.checking import problem_of_log
from apps.audit.models import Entry
from apps.campaigns.models import Campaign
from apps.integrity import retention
from apps.integrity.models import Decision
from apps.integrity.tasks import drop_what_is_over
from bonus_tracker import clock
from tests.factories import make_campaign, make_contact, make_employee, make_user
from tests.faults.scenes import deliver, handle_of, open_delivery, talk, wrong_ties

pytestmark = pytest.mark.django_db
SEPTEMBER = [datetime(2026, 9, day, 3, tzinfo=UTC) for day in (7, 8, 9)]
NOVEMBER = [datetime(2026, 11, day, 3, tzinfo=UTC) for day in (7, 8, 9)]
ARRIVED = datetime(2026, 12, 10, tzinfo=UTC)
LATER = datetime(2029, 7, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def delivered() -> Iterator[None]:
    """Talk of two times, all of which arrived long ago; months that other tests left are gone."""
    with connection.cursor() as cursor:
        for month in ledger_months():
            cursor.execute("SELECT activity_drop_month(%s)", [month.begins.date()])
    ann = handle_of(make_employee())
    deliver(talk(ann, ["a@out.example"], SEPTEMBER), open_delivery("september"))
    deliver(talk(ann, ["a@out.example", "b@out.example"], NOVEMBER), open_delivery("november"))
    Delivery.objects.update(received_at=ARRIVED, state=Delivery.State.APPLIED)
    with override_settings(RETENTION_LEDGER_DAYS=400, RETENTION_TIES_DAYS=800):
        yield


def months() -> list[str]:
    return [month.name for month in ledger_months()]


def test_after_their_time_everything_goes_and_the_log_says_so() -> None:
    assert months() == ["2026-09", "2026-11"]
    assert retention.apply(now=LATER) == [
        "The ledger of 2026-09 was dropped.",
        "The ledger of 2026-11 was dropped.",
        "2 ties were forgotten.",
        "2 contacts of whom nothing is known any more were forgotten.",
    ]
    assert (months(), Tie.objects.count(), Contact.objects.count(), wrong_ties()) == ([], 0, 0, [])
    said = Entry.objects.order_by("number").values_list("action", "subject")
    assert list(said)[-4:] == [
        ("ledger month dropped", "ledger 2026-09"),
        ("ledger month dropped", "ledger 2026-11"),
        ("ties forgotten", "ties"),
        ("contacts forgotten", "contacts"),
    ]
    assert problem_of_log() == ""
    assert retention.apply(now=LATER) == []


def test_the_preview_changes_nothing_and_says_the_same() -> None:
    out = StringIO()
    with clock.showing(LATER):
        call_command("retention", stdout=out)
    assert "The ledger of 2026-09 (about 9 rows) would go." in out.getvalue()
    assert "All ties stay: their ledger is kept." in out.getvalue()
    assert months() == ["2026-09", "2026-11"]
    with clock.showing(LATER):
        call_command("retention", "--drop", stdout=out)
    assert (months(), Tie.objects.count()) == ([], 0)


def test_the_newest_arrival_counts_and_months_go_in_order() -> None:
    late = open_delivery("late")
    deliver(talk(handle_of(make_employee()), ["c@out.example"], SEPTEMBER), late)
    Delivery.objects.filter(pk=late.pk).update(received_at=LATER - timedelta(days=399), state="applied")
    said = retention.preview(now=LATER)
    assert said[0].endswith(" stays: its newest arrival is of 2028-05-29.")
    assert said[1].endswith(" stays: months go in order, and 2026-09 is kept.")
    retention.apply(now=LATER)
    assert months() == ["2026-09", "2026-11"]


def test_what_comes_for_a_month_that_went_holds_no_other() -> None:
    with override_settings(RETENTION_TIES_DAYS=0):
        first = datetime(2027, 12, 1, tzinfo=UTC)
        assert retention.apply(now=first - timedelta(days=1)) == []
        Delivery.objects.filter(name="september").update(received_at=ARRIVED - timedelta(days=60))
        assert retention.apply(now=first) == ["The ledger of 2026-09 was dropped."]
        deliver(talk(handle_of(make_employee()), ["c@out.example"], SEPTEMBER), open_delivery("late"))
        Delivery.objects.filter(name="late").update(received_at=first, state="applied")
        assert (months(), wrong_ties()) == (["2026-09", "2026-11"], [])
        assert retention.apply(now=ARRIVED + timedelta(days=400)) == ["The ledger of 2026-11 was dropped."]
        assert months() == ["2026-09"]
        assert Tie.objects.count() == 3


@pytest.mark.parametrize("kept", ["RETENTION_LEDGER_DAYS", "RETENTION_TIES_DAYS"])
def test_nought_keeps(kept: str) -> None:
    with override_settings(**{kept: 0}):
        retention.apply(now=LATER)
        assert f"{kept} is 0" in " ".join(retention.preview(now=LATER))
    assert Tie.objects.count() == 2  # no tie goes before its ledger
    assert bool(months()) == (kept == "RETENTION_LEDGER_DAYS")


HELD: list[dict[str, Any]] = [
    {"state": state} for state in ("draft", "scheduled", "running", "settling", "provisional", "final")
] + [{"state": "settling", "is_rehearsal": True}]
NOT_HELD: list[dict[str, Any]] = [
    {"state": "paid"},
    {"state": "void"},
    {"state": "provisional", "is_rehearsal": True},
]


def with_campaign(**fields: Any) -> Campaign:
    state = fields.pop("state")
    begun = state not in ("draft", "scheduled")
    fields["state"] = "running" if begun else state
    campaign = make_campaign(starts_at=datetime(2026, 11, 1, tzinfo=UTC), **fields)
    Campaign.objects.filter(pk=campaign.pk).update(state=state)
    return campaign


@pytest.mark.parametrize("fields", HELD, ids=str)
def test_a_campaign_that_is_not_over_holds_what_may_count_for_it(fields: dict[str, Any]) -> None:
    campaign = with_campaign(**fields)
    retention.apply(now=LATER)
    assert (months(), Tie.objects.count()) == (["2026-11"], 2)  # nothing counts before its start
    assert any(f"campaign {campaign.slug} needs it" in line for line in retention.preview(now=LATER))


@pytest.mark.parametrize("fields", NOT_HELD, ids=str)
def test_one_that_is_over_holds_nothing(fields: dict[str, Any]) -> None:
    with_campaign(**fields)
    retention.apply(now=LATER)
    assert (months(), Tie.objects.count()) == ([], 0)


def test_an_open_decision_holds_even_what_is_paid() -> None:
    campaign = with_campaign(state="paid")
    decision = Decision.objects.create(
        campaign=campaign, number=1, kind="undo", reason="x", proposed_by=make_user(), proposed_at=LATER
    )
    retention.apply(now=LATER)
    assert months() == ["2026-11"]
    Decision.objects.filter(pk=decision.pk).update(rejected_by=make_user(), rejected_at=LATER)
    retention.apply(now=LATER)
    assert months() == []


def test_who_counts_only_new_contacts_needs_to_know_of_all_ties() -> None:
    with_campaign(state="running", new_contacts_only=True)
    deliver(talk(handle_of(make_employee()), ["old@out.example"], SEPTEMBER))
    Delivery.objects.update(received_at=ARRIVED, state="applied")
    retention.apply(now=LATER)
    assert (months(), Tie.objects.count()) == (["2026-11"], 3)


def test_a_campaign_that_comes_in_between_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = retention._drop_if_still_due

    def announced(*args: Any, **kwargs: Any) -> str:
        if not Campaign.objects.exists():
            with_campaign(state="draft")
        return asked(*args, **kwargs)

    monkeypatch.setattr(retention, "_drop_if_still_due", announced)
    retention.apply(now=LATER)
    assert months() == ["2026-11"]


def test_a_delivery_that_is_being_read_holds_its_months() -> None:
    Delivery.objects.filter(name="september").update(state=Delivery.State.OPEN)
    assert retention.preview(now=LATER)[0].endswith("stays: a delivery is being read.")
    retention.apply(now=LATER)
    assert months() == ["2026-09", "2026-11"]


def test_contacts_that_are_still_known_stay() -> None:
    with override_settings(RETENTION_TIES_DAYS=0):
        make_contact("forgotten@out.example")
        known = make_contact("known@out.example")
        record_fact(known, "not_counted", reason="a bot", actor="hr", now=ARRIVED)
        retention.apply(now=LATER)
        assert set(Contact.objects.values_list("pk", flat=True)) == {
            known.pk,
            *Tie.objects.values_list("contact_id", flat=True),
        }


def test_what_was_dropped_cannot_be_taken_back() -> None:
    retention.apply(now=LATER)
    with pytest.raises(
        NotWithdrawable, match="of which the ledger is no longer kept; it cannot be taken back"
    ):
        withdraw(Delivery.objects.get(name="november"), actor="hr", reason="wrong", now=LATER)


def test_rebuild_finds_nothing_afterwards() -> None:
    with override_settings(RETENTION_TIES_DAYS=0):
        with_campaign(state="running")
        retention.apply(now=LATER)
        out = StringIO()
        call_command("rebuild", "--check", stdout=out)
        assert "are what the recorded facts say" in out.getvalue()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE activity_tie SET anchor = anchor + 1")
        with pytest.raises(Exception, match="is not what the ledger says"):
            call_command("rebuild", "--check")


def test_the_job_does_it() -> None:
    with clock.showing(LATER):
        drop_what_is_over()
    assert (months(), Tie.objects.count()) == ([], 0)
    assert Source.objects.count() == 1
