"""What of signing in is in the audit log: docs/decisions says why not all of it."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest

from apps.audit.address import address_of
from apps.audit.models import Entry
from apps.audit.services import record
from apps.directory.models import User
from apps.directory.roles import holds_a_role
from apps.sign_in.quiet import say
from bonus_tracker import clock

QUIET = timedelta(minutes=5)  # at most one entry of a person's failures in this time
WITH_A_ROLE = Q(is_superuser=True) | Q(groups__isnull=False)


@transaction.atomic
def signed_in(request: HttpRequest, user: User, way: str) -> None:
    """Of people with a role, each time; of others `last_login` alone tells it."""
    if holds_a_role(user):
        _record("signed in", user, address_of(request), {"by": way})


def failed(username: str, address: str) -> None:
    """A wrong password. Of names that are nobody's, or an employee's without a role, the log says only that it was."""
    say("A sign-in failed: the name or the password is wrong.")
    user = User.objects.filter(WITH_A_ROLE, username=username).distinct().first()
    if user is not None:
        _record_seldom("sign-in failed", user, address, {"at": "password"})


def failed_second_factor(user: User, address: str) -> None:
    say("A sign-in failed: the code of the second factor is wrong.")
    if holds_a_role(user):
        _record_seldom("sign-in failed", user, address, {"at": "second factor"})


@transaction.atomic
def used_recovery_code(user: User, address: str) -> None:
    _record("recovery code used", user, address, {})


@transaction.atomic
def _record_seldom(action: str, user: User, address: str, details: dict[str, Any]) -> None:
    now = clock.now()
    if not _was_said(action, user, since=now - QUIET):
        _record(action, user, address, details)


def _was_said(action: str, user: User, *, since: datetime) -> bool:
    return Entry.objects.filter(subject=subject_of(user), action=action, at__gt=since).exists()


def _record(action: str, user: User, address: str, details: dict[str, Any]) -> None:
    name = user.get_username()
    record(action, actor=name, subject=subject_of(user), at=clock.now(), details=details, address=address)


def subject_of(user: User) -> str:
    return f"user {user.get_username()}"
