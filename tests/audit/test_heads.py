"""The log's head: signed once a day over a log that holds, mailed, published; anything else is an alarm."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.cache import cache
from django.db import ProgrammingError, connection, transaction
from django.test import override_settings

from apps.audit import mails
from apps.audit.heads import look_after_log, newest_head, signed_content
from apps.audit.models import SignedHead, Verification
from apps.audit.readers import name_reader
from apps.audit.services import canonical, record
from apps.audit.signing import make_key
from apps.audit.tasks import sign_head_of_today
from apps.integrity.bundle.ed25519 import signature_holds
from bonus_tracker import clock
from tests.factories import make_user
from tests.integrity.bundle.stories import export, final_contest, first_wrong, key

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)  # in Shanghai
NEXT_DAY = NOON + timedelta(days=1)


@pytest.fixture(autouse=True)
def settings_for_mail(tmp_path: Path) -> Any:
    make_key(tmp_path / "head.pem")
    cache.clear()
    with override_settings(
        EVIDENCE_KEY_FILE=str(tmp_path / "head.pem"),
        EMAIL_HOST="mail.example",
        AUDIT_MAIL_TO=["council@company.example"],
    ):
        yield


def write(times: int) -> None:
    for n in range(times):
        with transaction.atomic():
            record("test", actor="ana", subject=f"thing {n}", at=NOON)


def behind_the_back(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_the_head_is_signed_once_a_day_and_mailed_once_to_everybody_named() -> None:
    auditor = make_user("auditor", email="auditor@company.example")
    auditor.groups.add(Group.objects.get(name=mails.AUDITORS))
    make_user("other", email="other@company.example")
    write(3)
    head = look_after_log(now=NOON)
    assert head is not None
    content = canonical(signed_content(head)).encode()
    assert signature_holds(bytes.fromhex(head.key), content, bytes.fromhex(head.signature))
    assert look_after_log(now=NOON + timedelta(hours=1)) == head
    write(2)
    later = look_after_log(now=NEXT_DAY)
    assert later is not None
    assert [(each.size, str(each.day)) for each in SignedHead.objects.order_by("day")] == [
        (3, "2026-11-22"),
        (5, "2026-11-23"),
    ]
    assert [each.to for each in mail.outbox] == [["auditor@company.example"], ["council@company.example"]] * 2
    assert head.root in mail.outbox[0].body
    assert head.signature in mail.outbox[0].body


def test_an_empty_log_has_no_head() -> None:
    assert look_after_log(now=NOON) is None
    assert not mail.outbox


def test_the_task_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    write(1)
    with clock.showing(NOON):
        sign_head_of_today()
    assert SignedHead.objects.get().size == 1


def test_a_mail_that_could_not_be_sent_is_sent_later(monkeypatch: pytest.MonkeyPatch) -> None:
    write(1)

    def fail(*_: Any) -> None:
        raise SMTPServerDisconnected("gone")

    with monkeypatch.context() as patch:
        patch.setattr(mails, "send_mail", fail)
        look_after_log(now=NOON)
    assert SignedHead.objects.get().mailed_at is None
    look_after_log(now=NOON + timedelta(hours=1))
    assert len(mail.outbox) == 1
    assert SignedHead.objects.get().mailed_at == NOON + timedelta(hours=1)


@pytest.mark.parametrize(
    ("tampering", "problem"),
    [
        ("UPDATE audit_entry SET actor = 'eve' WHERE number = 2", "entry 2 was changed after it was written"),
        ("DELETE FROM audit_entry WHERE number > 1", "it has 1 entries, but 3 when its head was signed on"),
        (
            "UPDATE audit_signedhead SET root = repeat('0', 64)",
            "it does not begin with the 3 entries whose head was signed on 2026-11-22",
        ),
    ],
)
def test_a_log_that_does_not_hold_is_an_alarm_once_a_day_and_is_not_signed(
    tampering: str, problem: str, caplog: pytest.LogCaptureFixture
) -> None:
    write(3)
    look_after_log(now=NOON)
    mail.outbox.clear()
    behind_the_back(tampering)
    with caplog.at_level(logging.CRITICAL):
        assert look_after_log(now=NEXT_DAY) is None
        assert look_after_log(now=NEXT_DAY + timedelta(hours=1)) is None
    assert [each.subject for each in mail.outbox] == ["ALARM: the audit log does not hold"]
    assert problem in mail.outbox[0].body
    assert sum(problem in each.message for each in caplog.records) == 1
    assert problem in Verification.objects.latest("id").problem
    assert SignedHead.objects.count() == 1


def test_without_a_key_the_log_is_checked_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    write(2)
    with override_settings(EVIDENCE_KEY_FILE=""):
        assert look_after_log(now=NOON) is None
    assert (Verification.objects.get().count, Verification.objects.get().problem) == (2, "")
    assert "make one with: manage.py make_evidence_key FILE" in caplog.text


@pytest.mark.parametrize("what", ["head", "alarm"])
def test_an_address_that_is_refused_keeps_it_from_nobody(
    what: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """HR's addresses come last, and whichever is refused, the others get it; once."""
    name_reader("0@nowhere.example", actor="hr", now=NOON)
    name_reader("z@works-council.example", actor="hr", now=NOON)
    real, tried = mails.send_mail, []

    def send(subject: str, text: str, sender: str, to: list[str]) -> int:
        tried.extend(to)
        if to == ["0@nowhere.example"]:
            raise SMTPRecipientsRefused({to[0]: (550, b"no such user")})
        return real(subject, text, sender, to)

    monkeypatch.setattr(mails, "send_mail", send)
    if what == "head":
        look_after_log(now=NOON)
        look_after_log(now=NOON + timedelta(minutes=1))
    else:
        mails.send_alarm("entry 1 was changed")
    assert tried == ["council@company.example", "0@nowhere.example", "z@works-council.example"]
    assert [each.to[0] for each in mail.outbox] == [tried[0], tried[2]]
    assert "not mailed to an address at nowhere.example: SMTPRecipientsRefused" in caplog.text
    assert "0@nowhere" not in caplog.text


def test_without_a_mail_server_it_is_published_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    write(1)
    with override_settings(EMAIL_HOST=""):
        head = look_after_log(now=NOON)
    assert head == newest_head()
    assert not mail.outbox
    assert "EMAIL_HOST is not set" in caplog.text


@pytest.mark.parametrize(
    "tampering", ["DELETE FROM audit_signedhead", "UPDATE audit_signedhead SET size = 9"]
)
def test_the_database_keeps_what_was_signed(tampering: str) -> None:
    write(1)
    look_after_log(now=NOON)
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic(), connection.cursor() as c:
        c.execute(tampering)


def test_the_evidence_proves_that_the_log_grew_out_of_every_head(tmp_path: Path) -> None:
    write(3)
    early = look_after_log(now=NOON)
    it = final_contest()
    write(2)
    late = look_after_log(now=NEXT_DAY)
    assert early is not None
    assert late is not None
    bundle = export(it, tmp_path, key(tmp_path))
    assert first_wrong(bundle, head=early.root) == ""
    assert first_wrong(bundle, head="0" * 64).startswith("heads.ndjson: the log never had the root 000")
    behind_the_back(f"UPDATE audit_signedhead SET root = '{late.root}', size = 2 WHERE size = 3")
    with pytest.raises(Exception, match=r"heads.ndjson, line 1: is no head that was signed"):
        export(it, tmp_path, key(tmp_path / "again"), "again.zip")


def test_the_board_shows_the_newest_head(client: Any) -> None:
    it = final_contest()
    head = look_after_log(now=NOON)
    assert head is not None
    client.force_login(make_user())
    page = client.get(it.campaign.slug.join("//")).content.decode()
    assert f": {head.size} entries, signed, root <code>{head.root}</code>." in page
