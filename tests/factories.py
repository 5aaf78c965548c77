"""Makes what tests talk about, with believable defaults."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from apps.campaigns.models import Campaign, Prize
from apps.directory.handles import account_key, normalise
from apps.directory.models import (
    Account,
    AccountOwner,
    Department,
    DepartmentMembership,
    Employee,
    Employment,
    User,
)

LONG_AGO = date(2020, 1, 1)
START = datetime(2026, 8, 25, 16, tzinfo=UTC)  # midnight of 26 August in Shanghai
DEADLINE = datetime(2026, 12, 31, 16, tzinfo=UTC)  # midnight after 31 December in Shanghai
_numbers = count(1)


def make_employee(
    *handles: str,
    name: str = "",
    number: str = "",
    department: Department | None = None,
    hired_on: date = LONG_AGO,
    left_on: date | None = None,
) -> Employee:
    """An employee with the given handles (one made up when none), owned while employed."""
    n = next(_numbers)
    employee = Employee.objects.create(number=number or f"E{n:05}", name=name or f"Employee {n}")
    Employment.objects.create(employee=employee, starts_on=hired_on, ends_on=left_on)
    for handle in handles or (f"employee{n}@company.example",):
        spelled = normalise(handle)
        account = Account.objects.create(id=account_key("im", spelled), platform="im", handle=spelled)
        AccountOwner.objects.create(account=account, employee=employee, starts_on=hired_on, ends_on=left_on)
    if department:
        DepartmentMembership.objects.create(
            employee=employee, department=department, starts_on=hired_on, ends_on=left_on
        )
    return employee


def make_department(name: str, parent: Department | None = None) -> Department:
    path = f"{parent.path} / {name}" if parent else name
    return Department.objects.create(name=name, parent=parent, path=path)


def make_user(username: str = "", employee: Employee | None = None, **fields: Any) -> User:
    return User.objects.create_user(
        username or f"user{next(_numbers)}", password="a long password", employee=employee, **fields
    )


def make_campaign(*prizes: str, **fields: Any) -> Campaign:
    """A running campaign from 26 August to 31 December 2026 in Shanghai; prizes by place, in yuan after tax."""
    n = next(_numbers)
    defaults: dict[str, Any] = {
        "slug": f"campaign-{n}",
        "name": {"en": f"Campaign {n}", "zh-hans": f"活动{n}"},
        "state": Campaign.State.RUNNING,
        "starts_at": START,
        "deadline": DEADLINE,
        "created_at": START - timedelta(days=30),
    }
    wanted = defaults | fields
    campaign = Campaign.objects.create(**(wanted | {"state": Campaign.State.DRAFT}))
    for place, amount in enumerate(prizes, start=1):
        Prize.objects.create(campaign=campaign, place=place, net_amount=Decimal(amount))
    campaign.state = wanted["state"]  # last: once begun, prizes stay as they are
    campaign.save(update_fields=["state"])
    return campaign
