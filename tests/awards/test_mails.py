"""Mail is sent once, when its time has come, to who is concerned, and says nothing but where to look."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.test import override_settings

from apps.awards.mails import sending
from apps.awards.mails.sending import CLAIM_HOLDS, MOST_TRIES, send_due
from apps.awards.models import Mail
from apps.awards.services import approve
from apps.awards.tasks import send_mail_that_is_due
from apps.campaigns.lifecycle import void_campaign
from apps.campaigns.models import Campaign
from apps.directory.models import Employee, Employment, User
from apps.integrity.decisions import propose
from apps.integrity.models import Decision
from apps.integrity.objections import refuse
from bonus_tracker import clock
from tests.factories import make_employee, make_user
from tests.integrity.bundle.stories import APPROVERS, _draft, announced_contest, decide
from tests.integrity.ready import make_ready
from tests.integrity.stories import GRACE_ENDS, IN_TIME, OBJECTIONS_END, Contest, decider, friend
from tests.integrity.test_objections import own
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def server() -> Any:
    with override_settings(EMAIL_HOST="mail.example"):
        yield


def contest() -> Contest:
    """E1 and E2 win; everybody has an address, the approvers too."""
    it = announced_contest((5, 4, 2))
    for employee in it.employees:
        make_user(employee=employee, email=f"{employee.number.lower()}@company.example")
    for name in APPROVERS:
        User.objects.filter(username=name).update(email=f"{name}@company.example")
    return it


def sent(now: Any = IN_TIME) -> list[tuple[str, str]]:
    """(address without its domain, English subject without the campaign) of what is sent now."""
    mail.outbox.clear()
    send_due(now=now)
    return sorted(
        (each.to[0].partition("@")[0], each.subject.partition(" · ")[0].partition(": ")[2])
        for each in mail.outbox
    )


WON, CHECK = "the provisional result gives you a prize", "please name contacts"


def test_winners_are_told_at_once_that_it_is_provisional_and_once() -> None:
    contest()
    assert sent() == [(who, what) for who in ("e1", "e2") for what in (CHECK, WON)]
    assert sent() == []


def test_nothing_is_said_before_the_result_is_published_or_when_it_is_called_off() -> None:
    it = contest()
    void_campaign(it.campaign, reason="a mistake", now=IN_TIME, actor="hr")
    assert sent() == []


def test_a_final_prize_has_a_letter_and_the_second_approver_is_asked() -> None:
    it = contest()
    make_ready(it.campaign, now=OBJECTIONS_END)
    sent(OBJECTIONS_END)
    approve(it.result, User.objects.get(username="approver1"), now=OBJECTIONS_END)
    assert sent(OBJECTIONS_END) == [("approver2", "a second person is needed")]
    approve(it.result, User.objects.get(username="approver2"), now=OBJECTIONS_END)
    assert sent(OBJECTIONS_END) == [("e1", "your prize is final"), ("e2", "your prize is final")]
    assert sent(OBJECTIONS_END + timedelta(days=30)) == []


def test_an_answer_a_decision_and_an_open_proposal() -> None:
    it = contest()
    sent()
    objection = own(it, 3)
    refuse(objection, by=decider(), answer="counted", now=IN_TIME)
    decide(
        it,
        kind=Decision.Kind.NOT_COUNTED,
        employee=it.employees[1],
        contacts=frozenset({friend(it.employees[1])}),
    )
    told = sent()
    assert ("e3", "your objection is answered") in told
    assert ("e2", "a decision about you") in told
    proposer = User.objects.get(username="approver1")
    propose(
        _draft(it, kind=Decision.Kind.EXCLUSION, employee=it.employees[0]), proposer=proposer, now=IN_TIME
    )
    assert sent() == [("approver2", "a second person is needed")]  # not who proposed it, nor whom it concerns


def test_who_read_it_on_the_page_gets_no_mail() -> None:
    it = contest()
    it.employees[0].notices.update(seen_at=IN_TIME)
    assert sent() == [("e1", WON), ("e2", CHECK), ("e2", WON)]


def test_mail_names_nobody_else_no_contact_and_no_amount() -> None:
    it = contest()
    send_due(now=IN_TIME)
    everything = "\n".join(f"{each.subject}\n{each.body}" for each in mail.outbox)
    assert "您" in everything
    names = [each.name for each in Employee.objects.all()]
    for word in (
        *names,
        "outside.example",
        "friend",
        "fri",
        "100000",
        "20000",
        "CNY",
        "http",
        "year-end",
        "E1",
        "E2",
    ):
        assert word not in everything
    assert it.campaign.localised_name() in everything
    assert all(len(each.to) == 1 and not each.cc and not each.bcc for each in mail.outbox)


def test_who_has_no_address_or_a_closed_sign_in_gets_none() -> None:
    it = contest()
    User.objects.filter(employee=it.employees[0]).update(email="")
    User.objects.filter(employee=it.employees[1]).update(is_active=False)
    assert sent() == []


def test_who_has_left_gets_none_for_their_sign_in_is_closed() -> None:
    it = contest()
    Employment.objects.filter(employee=it.employees[0]).update(ends_on=IN_TIME.date() - timedelta(days=2))
    decider("approver3", email="approver3@company.example")
    User.objects.filter(username="approver3").update(
        employee=make_employee(left_on=IN_TIME.date() - timedelta(days=2))
    )
    assert sent() == [("e2", CHECK), ("e2", WON)]
    proposer = User.objects.get(username="approver1")
    propose(
        _draft(it, kind=Decision.Kind.EXCLUSION, employee=it.employees[0]), proposer=proposer, now=IN_TIME
    )
    assert sent() == [("approver2", "a second person is needed")]


def test_a_name_of_two_lines_is_one_line_of_a_subject() -> None:
    it = contest()
    Campaign.objects.filter(pk=it.campaign.pk).update(name={"en": "Bring them\nBcc: all@company.example"})
    assert len(sent()) == 4
    assert all("\n" not in each.subject and not each.bcc for each in mail.outbox)


def test_an_address_that_no_mail_can_name_keeps_nobody_else_from_theirs() -> None:
    it = contest()
    User.objects.filter(employee=it.employees[0]).update(email="e1@company.example\nBcc: all@company.example")
    assert {who for who, _what in sent()} == {"e2"}
    assert set(Mail.objects.filter(sent_at=None).values_list("claimed_at", "tries")) == {(None, 1)}


def test_without_a_server_nothing_is_sent_and_nothing_is_lost() -> None:
    contest()
    with override_settings(EMAIL_HOST=""):
        assert sent() == []
        assert not Mail.objects.exists()
    assert len(sent()) == 4


def test_a_server_that_fails_loses_nothing_and_is_not_pestered(monkeypatch: pytest.MonkeyPatch) -> None:
    contest()
    tried = []

    def fail(*_: Any) -> None:
        tried.append(1)
        raise SMTPServerDisconnected("gone")

    with monkeypatch.context() as patch:
        patch.setattr(sending.EmailMessage, "send", fail)
        assert sent() == []
    assert len(tried) == sending.FAILURES_IN_A_ROW
    assert len(sent()) == 4
    assert not Mail.objects.filter(sent_at=None).exists()


def test_an_address_that_is_always_refused_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    it = contest()
    User.objects.exclude(employee=it.employees[0]).update(email="")
    with monkeypatch.context() as patch:
        patch.setattr(sending.EmailMessage, "send", lambda *_: (_ for _ in ()).throw(OSError("refused")))
        for _ in range(MOST_TRIES + 3):
            send_due(now=IN_TIME)
    assert set(Mail.objects.values_list("tries", flat=True)) == {MOST_TRIES}
    assert sent() == []


def test_what_was_sent_is_not_sent_again_however_old_its_claim() -> None:
    contest()
    send_due(now=IN_TIME)
    assert sent(IN_TIME + 2 * CLAIM_HOLDS) == []


def test_a_claim_of_somebody_who_died_ends() -> None:
    contest()
    send_due(now=IN_TIME)
    Mail.objects.update(sent_at=None)
    assert sent(IN_TIME + CLAIM_HOLDS - timedelta(seconds=1)) == []
    assert len(sent(IN_TIME + CLAIM_HOLDS)) == 4


def test_a_mail_over_which_every_process_dies_is_given_up() -> None:
    contest()
    send_due(now=IN_TIME)
    for tries in range(1, MOST_TRIES + 1):
        Mail.objects.update(sent_at=None)
        now = IN_TIME + tries * CLAIM_HOLDS
        assert len(sent(now)) == 4
    Mail.objects.update(sent_at=None)
    assert sent(now + CLAIM_HOLDS) == []


def test_who_is_late_frees_nobody_elses_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    it = contest()
    User.objects.exclude(employee=it.employees[0]).update(email="")
    later = IN_TIME + CLAIM_HOLDS

    def overtaken(*_: Any) -> None:
        Mail.objects.update(claimed_at=later)
        raise SMTPServerDisconnected("gone")

    monkeypatch.setattr(sending.EmailMessage, "send", overtaken)
    send_due(now=IN_TIME)
    assert set(Mail.objects.values_list("claimed_at", "tries")) == {(later, 0)}


def test_a_message_id_is_of_the_senders_domain_and_says_nothing() -> None:
    contest()
    with override_settings(DEFAULT_FROM_EMAIL="Bonus <bonus@company.example>"):
        sent()
    ids = {each.extra_headers["Message-ID"] for each in mail.outbox}
    assert ids == {f"<{each.message}@company.example>" for each in Mail.objects.all()}
    assert len(ids) == 4


@pytest.mark.django_db(transaction=True)
def test_from_several_workers_at_once_each_is_sent_once() -> None:
    contest()
    mail.outbox.clear()
    answers = at_once(3, lambda: send_due(now=IN_TIME))
    assert sum(answers) == len(mail.outbox) == 4


@pytest.mark.django_db(transaction=True)
def test_several_workers_that_find_dead_claims_send_each_once() -> None:
    contest()
    send_due(now=IN_TIME)
    Mail.objects.update(sent_at=None)
    mail.outbox.clear()
    answers = at_once(3, lambda: send_due(now=IN_TIME + CLAIM_HOLDS))
    assert sum(answers) == len(mail.outbox) == 4


@pytest.mark.django_db(transaction=True)
def test_without_claiming_they_would_be_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    contest()
    mail.outbox.clear()
    monkeypatch.setattr(
        sending,
        "_claimed",
        lambda each, now: Mail.objects.get_or_create(
            user=each.user, kind=each.kind, key=each.key, defaults={"due_at": now}
        )[0],
    )
    send_due(now=IN_TIME)
    send_due(now=IN_TIME)
    assert len(mail.outbox) == 8


def test_the_job_sends_it() -> None:
    contest()
    mail.outbox.clear()
    with clock.showing(GRACE_ENDS):
        send_mail_that_is_due()
    assert len(mail.outbox) == 4
