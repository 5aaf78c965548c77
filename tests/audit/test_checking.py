"""What does not hold is an alarm, and between two daily checks only later entries are followed."""

import logging
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group as Role
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from apps.audit.checking import problem_of_log, verify_whole
from apps.audit.services import record
from tests.factories import make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)


def write(*actions: str) -> None:
    with transaction.atomic():
        for action in actions:
            record(action, actor="hr", subject="x", at=NOW, details={})


def forge(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE audit_entry SET actor = 'eve' WHERE number = %s", [number])
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_what_does_not_hold_is_an_alarm_in_log_and_overview(caplog: pytest.LogCaptureFixture) -> None:
    write("one", "two")
    forge(1)
    with caplog.at_level(logging.CRITICAL):
        found = verify_whole(now=NOW)
    assert "The audit log does not hold" in caplog.text
    hr = make_user()
    hr.groups.add(Role.objects.get(name="HR"))
    client = Client()
    client.force_login(hr)
    shown = client.get(reverse("console:overview")).context["alarms"]
    assert any(found.problem in each.text for each in shown)


def test_between_two_days_only_later_entries_are_followed_unless_asked() -> None:
    write("one", "two")
    verify_whole(now=NOW)
    write("three")
    assert problem_of_log() == ""
    forge(1)
    assert problem_of_log() == ""
    assert problem_of_log(thorough=True) != ""
    forge(3)
    assert problem_of_log() != ""


def test_a_last_entry_that_was_replaced_since_is_found() -> None:
    write("one", "two")
    verify_whole(now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM audit_entry WHERE number = 2")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert "entry 2 has not the hash" in problem_of_log()
