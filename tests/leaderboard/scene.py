"""What the pages' tests share: a present, days, people with roles, a small contest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.contrib.auth.models import Group

from apps.activity.models import Contact, ContactFact
from apps.campaigns.models import Campaign
from apps.directory.models import Employee, User
from apps.ranking.models import Run
from tests.factories import (
    make_board,
    make_campaign,
    make_contact,
    make_employee,
    make_run,
    make_tie,
    make_user,
)

NOW = datetime(2026, 10, 20, 2, tzinfo=UTC)  # 20 October 2026, 10:00 in Shanghai
TODAY = date(2026, 10, 20)
YESTERDAY = TODAY - timedelta(days=1)


def ago(*days: int) -> list[date]:
    return [TODAY - timedelta(days=n) for n in days]


def make_member(*groups: str, employee: Employee | None = None) -> User:
    """A sign-in with roles."""
    user = make_user(employee=employee)
    user.groups.set(Group.objects.filter(name__in=groups))
    assert user.groups.count() == len(groups)
    return user


def member(employee: Employee) -> User:
    """The employee's sign-in, the same each time."""
    return User.objects.filter(employee=employee).first() or make_member(employee=employee)


def give_active(employee: Employee, count: int) -> list[Contact]:
    """Contacts that count for the employee, now and yesterday."""
    contacts = [make_contact() for _ in range(count)]
    for contact in contacts:
        make_tie(employee, contact, sent=ago(2, 4), received=ago(3, 5))
    return contacts


def make_changes(me: Employee) -> tuple[Contact, Contact, Contact]:
    """Since yesterday: one who counts now, one whose days left the window, one who was hired."""
    new, gone, hired = make_contact(), make_contact(), make_contact()
    make_tie(me, new, sent=ago(0, 2), received=ago(1, 2))
    make_tie(me, gone, sent=ago(30, 2), received=ago(3, 4))
    make_tie(me, hired, sent=ago(4, 2), received=ago(3, 5))
    ContactFact.objects.create(
        contact_id=hired.pk,
        kind="employee",
        employee=make_employee(hired_on=TODAY),
        reason="r",
        recorded_at=NOW,
        recorded_by="hr",
    )
    return new, gone, hired


@dataclass
class Contest:
    campaign: Campaign
    employees: list[Employee]
    run: Run

    @property
    def url(self) -> str:
        return f"/{self.campaign.slug}/"


def make_contest(
    scores: Iterable[int], *, prizes: Iterable[str] = ("100000", "50000", "20000"), **fields: object
) -> Contest:
    """A contest with one employee for each score, ranked today; yesterday's places are the same."""
    campaign = make_campaign(*prizes, **fields)
    employees = [make_employee(name=f"Person {n}") for n, _ in enumerate(scores, start=1)]
    by_employee = dict(zip(employees, scores, strict=True))
    make_run(campaign, by_employee, last_date=YESTERDAY, keep=True)
    run = make_run(campaign, by_employee, last_date=TODAY)
    make_board(campaign, run)
    return Contest(campaign, employees, run)
