"""Two browsers of one new employee, at the same moment."""

import threading
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from apps.audit.models import Entry
from apps.directory.models import User
from apps.sign_in.employees import user_of
from tests.factories import make_employee
from tests.leaderboard.scene import NOW
from tests.threads import at_once, wait_until_blocked_by_us

pytestmark = pytest.mark.django_db(transaction=True)


def test_many_first_sign_ins_of_one_employee_make_one() -> None:
    make_employee(number="E1")
    users = at_once(4, lambda: user_of("E1", now=NOW))
    assert {type(user) for user in users} == {User}
    assert len({user.pk for user in users}) == 1
    assert Entry.objects.filter(action="user added").count() == 1


def _second_while_the_first_is_open(answers: list[object]) -> threading.Thread:
    def second() -> None:
        try:
            answers.append(user_of("E1", now=NOW))
        except IntegrityError as problem:
            answers.append(problem)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    return thread


def test_the_second_waits_for_the_first_and_finds_its_user() -> None:
    make_employee(number="E1")
    answers: list[object] = []
    with transaction.atomic():
        first = user_of("E1", now=NOW)
        thread = _second_while_the_first_is_open(answers)
        wait_until_blocked_by_us(thread)
    thread.join()
    assert answers == [first]


def test_without_the_lock_the_second_one_would_fail() -> None:
    """The control: what the lock is for does happen."""
    make_employee(number="E1")
    answers: list[object] = []

    def unlocked(queryset: QuerySet, **_: object) -> QuerySet:
        return queryset.all()

    with patch.object(QuerySet, "select_for_update", unlocked), transaction.atomic():
        user_of("E1", now=NOW)
        thread = _second_while_the_first_is_open(answers)
        wait_until_blocked_by_us(thread)
        transaction.on_commit(thread.join)
    thread.join()
    assert isinstance(answers[0], IntegrityError)
