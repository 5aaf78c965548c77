"""Different services that write the same rows take them in one order, so none waits for another in a circle."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from psycopg.errors import DeadlockDetected

from apps.activity import corrections, derive, owed, quarantine
from apps.activity.derive import put_in
from apps.activity.models import Delivery, QuarantinedEvent
from apps.activity.parts import Part
from apps.audit.models import Entry
from apps.awards import services as awards
from apps.awards.models import Approval
from apps.awards.prizes import proposing
from apps.campaigns import lifecycle
from apps.campaigns.models import Campaign
from apps.directory.models import CompanyDomain
from apps.directory.services import hire
from apps.integrity import outcome
from apps.ranking.locks import lock_campaign
from apps.ranking.sealing import settle
from apps.sources import importing
from apps.sources.files import check
from tests.activity.limits import limits
from tests.factories import make_employee, make_user
from tests.faults.helpers import Actor, Stop, nothing
from tests.faults.scenes import (
    AFTER_GRACE,
    AFTER_OBJECTIONS,
    NOW,
    deliver,
    handle_of,
    settling_campaign,
    talk,
    wrong_ties,
)
from tests.integrity.ready import make_ready

pytestmark = pytest.mark.django_db(transaction=True)

NEWCOMER = "new@company.example"


def deadlocks(actors: list[Actor]) -> int:
    """How many of them PostgreSQL had to end."""
    count = 0
    for actor in actors:
        try:
            actor.end()
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
            count += 1
    return count


def hire_newcomer() -> None:
    hire("E-new", "", hired_on=date(2020, 1, 1), accounts=[("im", NEWCOMER)], actor="hr", now=NOW)


def a_file_of_a_newcomer(folder: Path) -> Path:
    CompanyDomain.objects.create(domain="company.example")
    path = folder / "export.csv"
    path.write_text(
        f"message_id,sent_at,from,to\n1,2026-12-01T03:00:00Z,{NEWCOMER},a@out.example\n", encoding="utf-8"
    )
    return path


def a_file_is_closed_beside_a_correction(monkeypatch: pytest.MonkeyPatch, path: Path) -> list[Actor]:
    """The import has closed its delivery and not noted it; the correction has noted and wants the delivery."""
    checked = check(path)
    source = importing.find_or_make_source("file", "im", now=NOW)
    noting = Stop(monkeypatch, importing, "record")
    reading = Actor(lambda: importing.import_file(checked, source, actor="test", now=NOW))
    noting.wait()
    correcting = Actor(hire_newcomer)
    assert correcting.waits()
    noting.go()
    return [reading, correcting]


def test_a_file_is_closed_while_the_directory_is_corrected(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    actors = a_file_is_closed_beside_a_correction(monkeypatch, a_file_of_a_newcomer(tmp_path))
    assert deadlocks(actors) == 0
    [delivery] = Delivery.objects.all()
    assert (delivery.state, delivery.counted, delivery.quarantined) == ("applied", 1, 0)
    assert wrong_ties() == []


def test_without_the_gate_they_wait_in_a_circle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importing, "pass_gate", nothing)
    actors = a_file_is_closed_beside_a_correction(monkeypatch, a_file_of_a_newcomer(tmp_path))
    assert deadlocks(actors) == 1


def a_rejection_beside_a_correction(monkeypatch: pytest.MonkeyPatch) -> list[Actor]:
    """The same event is rejected by HR and known to the directory at one moment."""
    CompanyDomain.objects.create(domain="company.example")
    deliver(talk(NEWCOMER, ["a@out.example"]))
    held = list(QuarantinedEvent.objects.values_list("pk", flat=True))
    noting = Stop(monkeypatch, quarantine, "record")
    rejecting = Actor(lambda: quarantine.reject(held, actor="hr", reason="spam", now=NOW))
    noting.wait()
    correcting = Actor(hire_newcomer)
    assert correcting.waits()
    noting.go()
    return [rejecting, correcting]


def test_an_event_is_rejected_while_the_directory_is_corrected(monkeypatch: pytest.MonkeyPatch) -> None:
    assert deadlocks(a_rejection_beside_a_correction(monkeypatch)) == 0
    assert set(QuarantinedEvent.objects.values_list("state", flat=True)) == {"rejected"}
    assert wrong_ties() == []


def test_without_the_gate_the_rejection_waits_in_a_circle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "close_gate", nothing)
    assert deadlocks(a_rejection_beside_a_correction(monkeypatch)) == 1


def voiding_beside_the_second_approval(monkeypatch: pytest.MonkeyPatch) -> tuple[Campaign, list[Actor]]:
    """The second approver has written the log and not yet the campaign when somebody voids it."""
    deliver(talk(handle_of(make_employee()), ["a@out.example"]))
    campaign = settling_campaign("100000.00")
    result = settle(campaign, now=AFTER_GRACE)
    assert result
    make_ready(campaign, now=AFTER_GRACE)
    first, second = (make_user(is_superuser=True) for _ in range(2))
    awards.approve(result, first, now=AFTER_OBJECTIONS)
    finishing = Stop(monkeypatch, outcome.lifecycle, "make_final")
    approving = Actor(lambda: awards.approve(result, second, now=AFTER_OBJECTIONS))
    finishing.wait()
    voiding = Actor(
        lambda: lifecycle.void_campaign(campaign, reason="error", now=AFTER_OBJECTIONS, actor="hr")
    )
    assert voiding.waits()
    finishing.go()
    return campaign, [approving, voiding]


def test_a_campaign_is_voided_while_it_is_approved(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign, actors = voiding_beside_the_second_approval(monkeypatch)
    assert deadlocks(actors) == 0
    campaign.refresh_from_db()
    assert (campaign.state, Approval.objects.count()) == ("void", 2)


def test_without_the_campaigns_row_they_wait_in_a_circle(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_the_row(campaign: Campaign) -> Campaign:
        lock_campaign(campaign)
        return Campaign.objects.get(pk=campaign.pk)

    for module in (awards, proposing, outcome):
        monkeypatch.setattr(module, "hold", without_the_row)
    _campaign, actors = voiding_beside_the_second_approval(monkeypatch)
    assert deadlocks(actors) == 1


def two_corrections_of_one_account(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Two of HR give one new handle to two new people; the first one stands before the derived ties."""
    following = Stop(monkeypatch, corrections, "derive_again")
    deliver(talk(handle_of(make_employee()), ["a@out.example"]))
    accounts = [("im", NEWCOMER)]

    def hire_with_it(number: str) -> Any:
        return hire(number, "", hired_on=date(2020, 1, 1), accounts=accounts, actor="hr", now=NOW)

    first = Actor(lambda: hire_with_it("E-one"))
    following.wait()
    second = Actor(lambda: hire_with_it("E-two"))
    assert second.waits()
    following.go()
    outcomes: list[Any] = []
    for actor in (first, second):
        try:
            outcomes.append(actor.end().number)
        except Exception as error:  # noqa: BLE001  (the test names what it expects)
            outcomes.append(type(error).__name__)
    return outcomes


def test_of_two_corrections_that_contradict_each_other_one_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert two_corrections_of_one_account(monkeypatch).count("DirectoryError") == 1
    assert wrong_ties() == []


def test_two_at_what_is_owed_do_it_once() -> None:
    staff = [make_employee() for _ in range(3)]
    for employee in staff:
        deliver(talk(handle_of(employee), ["a@out.example", "b@out.example"]))
    with limits(6, 1_000):
        owed.repair([employee.pk for employee in staff], now=NOW)
    assert len(owed.owed().get().parts) > 1
    for actor in [Actor(lambda: owed.work_off(now=NOW)) for _ in range(2)]:
        assert actor.end()
    assert wrong_ties() == []
    assert Entry.objects.filter(action="ties derived").count() == 1


def test_what_one_of_two_hands_fails_at_is_said_and_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    staff = [make_employee() for _ in range(3)]
    for employee in staff:
        deliver(talk(handle_of(employee), ["a@out.example", "b@out.example"]))
    with limits(6, 1_000):
        owed.repair([employee.pk for employee in staff], now=NOW)
    last = Part(*owed.owed().get().parts[-1])
    with monkeypatch.context() as broken:
        broken.setattr(derive, "put_in", lambda part: fail() if part == last else put_in(part))
        with pytest.raises(ZeroDivisionError):
            owed.work_off(now=NOW)
    assert owed.owed().get().done == 0
    assert owed.work_off(now=NOW)
    assert wrong_ties() == []


def fail() -> None:
    raise ZeroDivisionError
