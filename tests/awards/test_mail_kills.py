"""A process that is killed while it sends loses no mail, and what comes twice is known as the same one."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from apps.awards.mails.sending import CLAIM_HOLDS
from apps.awards.models import Mail
from tests.awards.mail_server import MailServer, mail_server, sending
from tests.awards.test_mails import contest
from tests.integrity.stories import IN_TIME
from tests.patience import SAFETY_SECONDS

pytestmark = pytest.mark.django_db(transaction=True)
AFTERWARDS = IN_TIME + CLAIM_HOLDS


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as found:
        yield found


def killed_at(word: str, server: MailServer) -> None:
    """A process sends its first mail, and dies where the server no longer answers it."""
    server.stops_at = word
    process: Any = sending(server, now=IN_TIME)
    try:
        assert server.has_stopped.wait(SAFETY_SECONDS)
    finally:
        process.kill()
        process.communicate(timeout=SAFETY_SECONDS)
    server.stops_at = ""


def sends(server: MailServer, now: datetime) -> int:
    process: Any = sending(server, now=now)
    said, _errors = process.communicate(timeout=SAFETY_SECONDS)
    assert process.returncode == 0
    return int(said)


def test_killed_before_the_server_has_it_a_mail_is_sent_once_its_claim_is_over(server: MailServer) -> None:
    contest()
    killed_at("EHLO", server)
    assert Mail.objects.get().claimed_at == IN_TIME
    assert sends(server, AFTERWARDS - timedelta(seconds=1)) == 3  # the claim might be of somebody who lives
    assert sends(server, AFTERWARDS) == 1
    assert len({each["Message-ID"] for each in server.mails}) == len(server.mails) == 4
    assert sends(server, AFTERWARDS + CLAIM_HOLDS) == 0


def test_killed_before_it_is_noted_a_mail_comes_again_under_the_same_message_id(server: MailServer) -> None:
    contest()
    killed_at(".", server)
    (first,) = server.mails
    assert sends(server, AFTERWARDS) == 4
    assert len(server.mails) == 5
    again = [each for each in server.mails[1:] if each["Message-ID"] == first["Message-ID"]]
    assert [(each["To"], each["Subject"]) for each in again] == [(first["To"], first["Subject"])]
    assert len({each["Message-ID"] for each in server.mails}) == 4


def test_a_claim_outlives_every_job() -> None:
    assert timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT) < CLAIM_HOLDS
