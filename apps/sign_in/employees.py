"""From what the provider says to a sign-in: by the employee's number and nothing else."""

from datetime import datetime
from typing import Any

from django.db import transaction

from apps.audit.services import record
from apps.directory.models import Employee, User
from apps.directory.queries import employed_on
from bonus_tracker import clock

BY_PROVIDER = "company sign-in"  # the actor, in the audit log
LONGEST_USERNAME = 120  # characters; leaves room for what tells two apart


class Refused(Exception):
    """Nobody to sign in; `reason` is one of the words below."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


NO_NUMBER, UNKNOWN, LEFT, CLOSED = "no number", "unknown", "left", "closed"


def number_in(claims: dict[str, Any], claim: str) -> str:
    """The employee's number as the directory writes it. Raises Refused when there is not exactly one."""
    number = claims.get(claim)
    if isinstance(number, int) and not isinstance(number, bool):
        number = str(number)
    if not isinstance(number, str) or not number or "\0" in number:
        raise Refused(NO_NUMBER)
    return number


@transaction.atomic
def user_of(number: str, *, now: datetime) -> User:
    """The sign-in of the employee with this number, made the first time, without any role.

    Two at once make one: the employee's row is locked. Raises Refused.
    """
    employee = Employee.objects.select_for_update(no_key=True).filter(number=number).first()
    if employee is None:
        raise Refused(UNKNOWN)
    today = now.astimezone(clock.company_zone()).date()
    if not employed_on(today).filter(pk=employee.pk).exists():
        raise Refused(LEFT)
    user = User.objects.filter(employee=employee).first() or _made(employee, now)
    if not user.is_active:
        raise Refused(CLOSED)
    return user


def _made(employee: Employee, now: datetime) -> User:
    name = employee.number[:LONGEST_USERNAME]
    if User.objects.filter(username=name).exists():  # somebody else's, made by hand
        name = f"{name}.{employee.pk}"
    user = User.objects.create_user(name, employee=employee)  # without a usable password
    record(
        "user added",
        actor=BY_PROVIDER,
        subject=f"user {name}",
        at=now,
        details={"employee": employee.number, "first sign-in": True},
    )
    return user
