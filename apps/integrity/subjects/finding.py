"""Who a handle belongs to: somebody of the staff, or a contact."""

from dataclasses import dataclass

from django.db.models import Q

from apps.activity.models import Contact
from apps.directory.handles import account_key, normalise
from apps.directory.models import Account, Employee


class SubjectRefused(Exception):
    """Nobody is known by the handle, or what was asked for cannot be done now; one sentence."""


@dataclass(frozen=True)
class Subject:
    """accounts: ids of every account of an employee, or the contact's own. One of the two others is None."""

    accounts: list[int]
    employee: Employee | None
    contact: Contact | None

    @property
    def name(self) -> str:
        """As the audit log calls them."""
        return f"employee {self.employee.number}" if self.employee else f"contact {self.accounts[0]}"


def find(handle: str, platform: str) -> Subject:
    """By a handle, or by an employee's number. Raises SubjectRefused."""
    key = account_key(platform, normalise(handle))
    owned = Q(accounts__account=key) | Q(number=handle)
    employees = list(Employee.objects.filter(owned).distinct()[:2])
    if len(employees) > 1:
        raise SubjectRefused(f"{handle} was an account of several employees; give the employee's number.")
    if employees:
        accounts = Account.objects.filter(owners__employee=employees[0]).order_by("pk").distinct()
        return Subject(list(accounts.values_list("pk", flat=True)), employees[0], None)
    contact = Contact.objects.filter(pk=key).first()
    if contact is None:
        raise SubjectRefused(f"Nobody is known by {handle} on {platform}.")
    return Subject([key], None, contact)
