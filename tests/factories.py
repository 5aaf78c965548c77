"""Makes what tests talk about, with believable defaults."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from apps.activity.fields import DAYS_REMEMBERED, RECENT_DAYS
from apps.activity.models import Contact, Tie
from apps.campaigns.models import Campaign, Prize
from apps.directory.handles import account_key, normalise, pseudonym
from apps.directory.models import (
    Account,
    AccountOwner,
    Department,
    DepartmentMembership,
    Employee,
    Employment,
    User,
)
from apps.ranking.models import Board, Result, Run, Standing
from bonus_tracker.clock import company_zone

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


def make_contact(handle: str = "") -> Contact:
    spelled = normalise(handle or f"contact{next(_numbers)}@outside.example")
    made = pseudonym("im", spelled)
    return Contact.objects.create(
        id=made.key, platform="im", digest=made.digest, hint=made.hint, domain_keys=made.domain_keys
    )


def make_tie(
    employee: Employee, contact: Contact, *, sent: Iterable[date] = (), received: Iterable[date] = ()
) -> Tie:
    """The days on which the employee, and the contact, wrote; at least one day in all."""
    sent, received = set(sent), set(received)
    anchor = max(sent | received)
    return Tie.objects.create(
        employee=employee,
        contact_id=contact.pk,
        first_date=min(sent | received),
        anchor=anchor,
        **tie_days("sent", day_bits(sent, anchor)),
        **tie_days("received", day_bits(received, anchor)),
    )


def tie_days(side: str, bits: str) -> dict[str, Any]:
    """The columns in which a tie keeps a set of days."""
    recent, earlier = bits[:RECENT_DAYS], bits[RECENT_DAYS:]
    return {f"recent_{side}": int(recent, 2), f"earlier_{side}": earlier if "1" in earlier else None}


def day_bits(days: Iterable[date], anchor: date) -> str:
    """As apps.activity.fields.DayBits keeps them: the first character is the anchor day."""
    offsets = {(anchor - day).days for day in days}
    return "".join("1" if n in offsets else "0" for n in range(DAYS_REMEMBERED))


def make_run(
    campaign: Campaign,
    scores: Mapping[Employee, int],
    *,
    last_date: date,
    keep: bool = False,
    divisions: Mapping[Employee, int] | None = None,
) -> Run:
    """A ranking at the end of a day; conversation days are twice the score. divisions: where there are any."""
    division = divisions or dict.fromkeys(scores, 0)
    as_of = datetime.combine(last_date + timedelta(days=1), time.min, company_zone())
    run = Run.objects.create(
        campaign=campaign,
        as_of=as_of,
        last_date=last_date,
        ranked_at=as_of - timedelta(hours=12),
        input_version=1,
        participants=len(scores),
        participants_of=[
            sum(division[employee] == number for employee in scores)
            for number in range(1, len(campaign.divisions) + 1)
        ],
        active_contacts=sum(scores.values()),
        keep=keep,
    )
    Standing.objects.bulk_create(
        Standing(
            employee=employee,
            run=run,
            rank=1 + sum(n > score for other, n in scores.items() if division[other] == division[employee]),
            division=division[employee],
            active_contacts=score,
            conversation_days=2 * score,
        )
        for employee, score in scores.items()
    )
    return run


def make_result(campaign: Campaign, run: Run, *, sealed_at: datetime, sha256: str = "0" * 64) -> Result:
    """The first version, without the input that it would be computed from."""
    return Result.objects.create(
        campaign=campaign,
        version=1,
        run=run,
        cutoff=sealed_at,
        sealed_at=sealed_at,
        rule={},
        counts={},
        sha256=sha256,
    )


def make_board(
    campaign: Campaign, public: Run | None, live: Run | None = None, *, frozen: bool = False
) -> Board:
    return Board.objects.create(campaign=campaign, public_run=public, live_run=live or public, frozen=frozen)
