"""Whatever is retried, and from however many places at once: exported once, paid once."""

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection

from apps.audit.models import Entry
from apps.awards.models import Payment, PayrollExport
from apps.awards.payment import confirming, exporting
from apps.campaigns import lifecycle
from apps.campaigns.models import Campaign
from apps.campaigns.problems import WrongState
from apps.directory.models import User
from tests.awards.payment.world import (
    ANSWERED,
    EXPORTED,
    exported,
    final_campaign,
    officer,
    paid_file,
    states,
)
from tests.threads import at_once, wait_until_blocked_by_us

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 6


def test_an_export_from_many_places_at_once_is_made_once() -> None:
    campaign, by = final_campaign("100.00", "50.00"), officer()
    answers = at_once(WORKERS, lambda: exporting.export_awards(campaign, by=by, now=EXPORTED))
    assert sum(isinstance(answer, PayrollExport) for answer in answers) == 1
    assert answers.count(None) == WORKERS - 1
    assert Payment.objects.count() == 2


def test_an_answer_from_many_places_at_once_pays_once() -> None:
    campaign, by = final_campaign("100.00", "50.00"), officer()
    exported(campaign)
    content = paid_file(campaign)
    reports = at_once(WORKERS, lambda: confirming.confirm(campaign, content, by=by, now=ANSWERED))
    assert sorted(len(report.paid) for report in reports) == [0] * (WORKERS - 1) + [2]
    assert [report.campaign_paid for report in reports].count(True) == 1
    assert states(campaign) == ["paid", "paid"]
    assert Entry.objects.filter(action="awards paid").count() == 1
    assert Entry.objects.filter(action="campaign paid").count() == 1


def unheld(campaign: Campaign) -> Campaign:
    return Campaign.objects.get(pk=campaign.pk)


def meeting(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """Both workers have read what is there before either goes on."""
    read, both_have_read = getattr(module, name), threading.Barrier(2, timeout=20)

    def read_and_wait(*args: Any) -> Any:
        found = read(*args)
        both_have_read.wait()
        return found

    monkeypatch.setattr(module, name, read_and_wait)


def test_without_holding_the_campaign_only_the_database_stops_a_second_export(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control: these tests see the race that the lock prevents."""
    campaign, by = final_campaign("100.00"), officer()
    monkeypatch.setattr(exporting, "hold", unheld)
    meeting(monkeypatch, exporting, "waiting")
    answers = at_once(2, lambda: exporting.export_awards(campaign, by=by, now=EXPORTED))
    assert sorted(type(answer).__name__ for answer in answers) == ["IntegrityError", "PayrollExport"]
    assert Payment.objects.count() == 1


def test_without_holding_the_campaign_both_say_that_they_paid(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: two reports of one payment, which the lock prevents."""
    campaign, by = final_campaign("100.00"), officer()
    exported(campaign)
    content = paid_file(campaign)
    monkeypatch.setattr(confirming, "hold", unheld)
    meeting(monkeypatch, confirming, "_payments")
    answers = at_once(2, lambda: confirming.confirm(campaign, content, by=by, now=ANSWERED))
    assert [len(answer.paid) for answer in answers] == [1, 1]
    assert Entry.objects.filter(action="awards paid").count() == 2


def test_a_crash_in_the_middle_leaves_nothing_half(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign, by = final_campaign("100.00", "50.00"), officer()
    exported(campaign)
    content = paid_file(campaign)

    def die(*_: Any, **__: Any) -> None:
        raise RuntimeError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(confirming, "record", die)
        with pytest.raises(RuntimeError, match="disk full"):
            confirming.confirm(campaign, content, by=by, now=ANSWERED)
    assert states(campaign) == ["exported", "exported"]
    assert len(confirming.confirm(campaign, content, by=by, now=ANSWERED).paid) == 2


def test_two_who_export_and_answer_at_once_never_pay_what_is_not_exported() -> None:
    campaign = final_campaign("100.00")
    exporter, payer = officer(), officer()
    exported(campaign, exporter)
    content = paid_file(campaign)
    turns = iter([exporter, payer])
    lock = threading.Lock()

    def act() -> Any:
        with lock:
            user: User = next(turns)
        if user == exporter:
            return exporting.export_awards(campaign, by=user, now=EXPORTED)
        return confirming.confirm(campaign, content, by=user, now=ANSWERED)

    answers = at_once(2, act)
    assert not any(isinstance(answer, IntegrityError) for answer in answers)
    assert Payment.objects.get().state == "paid"


def test_voiding_waits_for_an_export_and_then_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign, by = final_campaign("100.00"), officer()
    read, refused = exporting.waiting, []

    def void() -> None:
        try:
            lifecycle.void_campaign(campaign, reason="a mistake", now=EXPORTED, actor="hr")
        except WrongState as error:
            refused.append(str(error))
        finally:
            connection.close()

    voiding = threading.Thread(target=void)

    def read_while_somebody_voids(asked: Campaign) -> Any:
        voiding.start()
        wait_until_blocked_by_us(voiding)
        return read(asked)

    monkeypatch.setattr(exporting, "waiting", read_while_somebody_voids)
    exporting.export_awards(campaign, by=by, now=EXPORTED)
    voiding.join()
    assert refused == [f"Awards of {campaign.slug} are with payroll or paid; it can no longer be voided."]
    assert Campaign.objects.get(pk=campaign.pk).state == Campaign.State.FINAL
