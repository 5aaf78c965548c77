"""HR names who gets the log's signed head; the log says that somebody was named, and not who."""

from pathlib import Path

import pytest
from django.core import mail
from django.test import Client, override_settings

from apps.audit.heads import look_after_log
from apps.audit.models import Entry, HeadReader
from apps.audit.readers import ReaderRefused, forget_reader, name_reader
from apps.audit.signing import make_key
from tests.admin.scene import page, sign_in
from tests.audit.test_heads import NEXT_DAY, NOON

pytestmark = pytest.mark.django_db
COUNCIL = "council@company.example"


def addressed(folder: Path, now: object) -> list[list[str]]:
    key = folder / "head.pem"
    if not key.exists():
        make_key(key)
    mail.outbox.clear()
    with override_settings(EVIDENCE_KEY_FILE=str(key), EMAIL_HOST="mail.example", AUDIT_MAIL_TO=[]):
        look_after_log(now=now)  # type: ignore[arg-type]
    return [each.to for each in mail.outbox]


def test_who_was_named_gets_each_head_until_taken_away(tmp_path: Path) -> None:
    assert name_reader(f" {COUNCIL} ", actor="hr", now=NOON)
    assert addressed(tmp_path, NOON) == [[COUNCIL]]
    forget_reader(HeadReader.objects.get(), actor="hr", now=NOON)
    assert addressed(tmp_path, NEXT_DAY) == []
    acts = list(Entry.objects.values_list("action", "actor", "subject"))
    assert acts == [("log reader named", "hr", "audit log"), ("log reader removed", "hr", "audit log")]
    assert COUNCIL not in str(list(Entry.objects.values("details")))


def test_who_is_named_twice_is_there_once() -> None:
    assert name_reader(COUNCIL, actor="hr", now=NOON)
    assert not name_reader(COUNCIL, actor="hr", now=NOON)
    assert Entry.objects.count() == HeadReader.objects.count() == 1


@pytest.mark.parametrize("email", ["", "council", "a@b@c", "council@company.example\nBcc: x@y.example"])
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(ReaderRefused, match="is no mail address"):
        name_reader(email, actor="hr", now=NOON)
    assert not Entry.objects.exists()


def test_hr_does_it_on_the_page_of_signed_heads(client: Client) -> None:
    sign_in(client, "HR")
    assert "name-reader" in client.get(page("audit_signedhead_changelist")).content.decode()
    add, remove = page("audit_signedhead_name_reader"), page("audit_signedhead_forget_reader")
    assert "valid email address" in client.post(add, {"email": "council"}).content.decode()
    client.post(add, {"email": COUNCIL})
    assert COUNCIL in client.get(add).content.decode()
    client.post(remove, {"reader": HeadReader.objects.get().pk})
    assert not HeadReader.objects.exists()


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_nobody_else_does(client: Client, role: str) -> None:
    sign_in(client, role)
    assert client.post(page("audit_signedhead_name_reader"), {"email": COUNCIL}).status_code == 403
    assert not HeadReader.objects.exists()
