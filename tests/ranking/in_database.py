"""Puts what was drawn (worlds.py) into the database, and reads the ties back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction

from apps.activity.batch import Event
from apps.activity.ingest import apply_batch
from apps.activity.models import ContactFact, Delivery, Source
from apps.campaigns.divisions import Division
from apps.campaigns.models import Campaign
from apps.directory.handles import account_key, domain_of, is_under
from apps.directory.models import (
    Account,
    AccountOwner,
    CompanyDomain,
    Department,
    DepartmentMembership,
    Employee,
    Employment,
    EntityMembership,
    Group,
    GroupMembership,
    LegalEntity,
)
from tests import reference
from tests.ranking.worlds import KEYS, NOW, NUMBERS, PLATFORM, STAFF_ACCOUNTS
from tests.reference import Contest, Facts, Tie


@contextmanager
def rolled_back() -> Iterator[None]:
    """A correction of the directory, which wants no transaction around it, overlooks this one."""
    atomic = transaction.atomic()
    atomic._from_testcase = True  # type: ignore[attr-defined]  # as Django's TestCase does
    with atomic:
        yield
        transaction.set_rollback(True)


def make_months() -> None:
    """Every month of the ledger that a world may need, once for all examples of a test."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT activity_ensure_month(month::date) "
            "FROM generate_series('2024-08-01'::timestamp, '2026-06-01', '1 month') AS month"
        )


def put_directory(facts: Facts) -> dict[str, int]:
    """Everything but the events; returns the employees' ids by number."""
    CompanyDomain.objects.bulk_create(CompanyDomain(domain=domain) for domain in facts.company_domains)
    ids = {e.number: e.pk for e in Employee.objects.bulk_create(Employee(number=n, name=n) for n in NUMBERS)}
    Account.objects.bulk_create(
        Account(
            id=account_key(PLATFORM, handle),
            platform=PLATFORM,
            handle=handle,
            is_company=is_under(domain_of(handle), facts.company_domains),
        )
        for handle in STAFF_ACCOUNTS
    )
    put_periods(facts, ids)
    _put_memberships(facts, ids)
    ContactFact.objects.bulk_create(_contact_facts(facts, ids))
    return ids


def put_periods(facts: Facts, ids: dict[str, int]) -> None:
    Employment.objects.bulk_create(
        Employment(employee_id=ids[job.employee], starts_on=job.days.first, ends_on=job.days.last)
        for job in facts.employments
    )
    AccountOwner.objects.bulk_create(
        AccountOwner(
            account_id=account_key(PLATFORM, owner.account),
            employee_id=ids[owner.employee],
            starts_on=owner.days.first,
            ends_on=owner.days.last,
        )
        for owner in facts.owners
    )


def _put_memberships(facts: Facts, ids: dict[str, int]) -> None:
    north = Department(name="North", path="Sales / North", parent=None)
    Department.objects.bulk_create(
        [Department(name="Sales", path="Sales"), Department(name="Law", path="Law"), north]
    )
    Group.objects.bulk_create([Group(name="hunters")])
    LegalEntity.objects.bulk_create([LegalEntity(name="Firm")])
    tables: dict[str, tuple[Any, str, dict[str, int]]] = {
        "department": (
            DepartmentMembership,
            "department_id",
            dict(Department.objects.values_list("path", "pk")),
        ),
        "entity": (EntityMembership, "entity_id", dict(LegalEntity.objects.values_list("name", "pk"))),
        "group": (GroupMembership, "group_id", dict(Group.objects.values_list("name", "pk"))),
    }
    for kind, (model, column, of_kind) in tables.items():
        model.objects.bulk_create(
            model(
                employee_id=ids[m.employee],
                starts_on=m.days.first,
                ends_on=m.days.last,
                **{column: of_kind[m.name]},
            )
            for m in facts.memberships
            if m.kind == kind
        )


def _contact_facts(facts: Facts, ids: dict[str, int]) -> Iterator[ContactFact]:
    common = {"reason": "known", "recorded_at": NOW, "recorded_by": "hr"}
    for one, other in facts.same_person:
        keys = {"contact_id": account_key(PLATFORM, one), "person_id": account_key(PLATFORM, other)}
        yield ContactFact(kind="same_person", **keys, **common)
    for contact, number in facts.own_accounts:
        key = account_key(PLATFORM, contact)
        yield ContactFact(kind="employee", contact_id=key, employee_id=ids[number], **common)
    for contact, taker, since in facts.handed_over:
        giver = next(ids[number] for number in NUMBERS if number != taker)
        pair = {"employee_id": ids[taker], "from_employee_id": giver}
        key = account_key(PLATFORM, contact)
        yield ContactFact(kind="handed_over", contact_id=key, since=since, **pair, **common)
    for contact in facts.not_counted:
        yield ContactFact(kind="not_counted", contact_id=account_key(PLATFORM, contact), **common)


def make_source() -> Source:
    return Source.objects.create(name="test", platform=PLATFORM, created_at=NOW)


def open_delivery(source: Source) -> Delivery:
    return Delivery.objects.create(source=source, actor="test", received_at=NOW)


def deliver(source: Source, events: Sequence[reference.Event], delivery: Delivery | None = None) -> Delivery:
    """Take in the events as one batch of a delivery."""
    delivery = delivery or open_delivery(source)
    batch = [
        Event(number, event.at, event.sender, event.recipient, number, event.room_size)
        for number, event in enumerate(events, start=2)
    ]
    apply_batch(delivery, batch, now=NOW)
    return delivery


def put_campaign(contest: Contest, facts: Facts, ids: dict[str, int], **fields: Any) -> Campaign:
    midnight = datetime.combine(contest.starts_on, time.min, facts.zone)
    rule = {
        name: getattr(contest, name)
        for name in Contest.__dataclass_fields__
        if name not in {"starts_on", "opted_out", "entities", "departments", "groups", "divisions"}
    }
    campaign = Campaign.objects.create(
        **{
            "slug": "contest",
            "starts_at": midnight.astimezone(UTC),
            "deadline": NOW,
            "created_at": NOW,
            "entities": list(contest.entities),
            "departments": list(contest.departments),
            "groups": list(contest.groups),
            "divisions": [
                Division(f"division-{n}", {"en": f"Division {n}"}, *named).as_json()
                for n, named in enumerate(contest.divisions, start=1)
            ],
            **rule,
            **fields,
        }
    )
    for number in contest.opted_out:
        campaign.opt_outs.create(employee_id=ids[number], left_at=NOW)
    return campaign


# Reading back


def stored_ties() -> dict[tuple[str, str], Tie]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, contact_id, first_date, anchor, activity_days(recent_sent, earlier_sent)::text, "
            "activity_days(recent_received, earlier_received)::text "
            "FROM activity_tie JOIN directory_employee AS e ON e.id = employee_id"
        )
        return {
            (number, KEYS[contact]): Tie(first, _days(anchor, sent), _days(anchor, received))
            for number, contact, first, anchor, sent, received in cursor.fetchall()
        }


def _days(anchor: date, bits: str) -> frozenset[date]:
    return frozenset(anchor - timedelta(days=n) for n, bit in enumerate(bits) if bit == "1")
