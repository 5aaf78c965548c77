"""A small company with everything that the admin has a page for."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.contrib.auth.models import Group as Role
from django.test import Client
from django.urls import reverse
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from apps.activity.batch import Event, Unreadable
from apps.activity.contact_facts import record_fact
from apps.activity.ingest import apply_batch
from apps.activity.models import Contact, ContactFact, Delivery, QuarantinedEvent, Source
from apps.audit.checking import verify_whole
from apps.audit.models import Entry, SignedHead
from apps.awards.due import tick
from apps.awards.models import Award
from apps.campaigns.models import Campaign, OptOut
from apps.directory.models import (
    CompanyDomain,
    Employee,
    EntityMembership,
    Group,
    GroupMembership,
    LegalEntity,
    User,
)
from apps.integrity.cases import open_case
from apps.integrity.decisions import propose
from apps.integrity.drafts import Draft
from apps.integrity.models import Decision, Objection
from apps.ranking.models import Result, Run
from apps.ranking.services import refresh
from tests.factories import LONG_AGO, make_campaign, make_department, make_employee, make_user

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)  # noon in Shanghai
STRANGER = "zhang.wei.private@outside.example"
OTHER_STRANGER = "li.na.private@elsewhere.example"
ROLES = ("HR", "auditor", "administrator")


@dataclass
class Scene:
    employee: Employee
    delivery: Delivery
    held: QuarantinedEvent
    contact: Contact
    other_contact: Contact
    fact: ContactFact
    running: Campaign
    provisional: Campaign
    run: Run
    result: Result


def make_scene() -> Scene:
    verify_whole(now=NOW)
    SignedHead.objects.create(day=LONG_AGO, at=NOW, size=1)
    CompanyDomain.objects.create(domain="company.example")
    employee = make_employee("an@company.example", number="E001", department=make_department("Sales"))
    make_employee("bo@company.example", number="E002")
    entity = LegalEntity.objects.create(name="Example Ltd")
    EntityMembership.objects.create(employee=employee, entity=entity, starts_on=LONG_AGO)
    group = Group.objects.create(name="Sales force")
    GroupMembership.objects.create(employee=employee, group=group, starts_on=LONG_AGO)
    delivery = _deliver()
    contact, other = (Contact.objects.get(hint=hint) for hint in ("zh…e@ou….example", "li…e@el….example"))
    fact = record_fact(other, "not_counted", reason="a relay", actor="hr", now=NOW)
    running = make_campaign("1000.00", slug="running", starts_at=NOW - timedelta(days=9, hours=12))
    run = refresh(running, now=NOW)
    provisional = make_campaign(
        "500.00",
        slug="provisional",
        starts_at=NOW - timedelta(days=9, hours=12),
        deadline=NOW - timedelta(hours=1),
        grace_hours=0,
        objection_days=0,
    )
    tick(now=NOW)
    OptOut.objects.create(campaign=running, employee=employee, left_at=NOW)
    _make_schedule()
    assert run is not None
    return Scene(
        employee=employee,
        delivery=delivery,
        held=QuarantinedEvent.objects.get(reason="unknown_staff"),
        contact=contact,
        other_contact=other,
        fact=fact,
        running=Campaign.objects.get(pk=running.pk),
        provisional=Campaign.objects.get(pk=provisional.pk),
        run=run,
        result=provisional.results.get(),
    )


def add_the_end(scene: Scene) -> None:
    """A proposal, an objection of the second employee, and a case; a winner's check is drawn by the tick."""
    draft = Draft(
        campaign=scene.provisional,
        kind=Decision.Kind.EXCLUSION,
        employee=scene.employee,
        reason="on the board",
        evidence="its minutes",
    )
    propose(draft, proposer=make_user(), now=NOW)
    Objection.objects.create(
        campaign=scene.provisional,
        number=1,
        employee=Employee.objects.get(number="E002"),
        about=Objection.About.OWN_COUNT,
        contacts_claimed=1,
        text="one is missing",
        made_at=NOW,
    )
    open_case(scene.provisional, scene.employee, reason="a late burst", by=make_user(), now=NOW)


def _deliver() -> Delivery:
    source = Source.objects.create(name="chat", platform="im", created_at=NOW, complete_until=NOW)
    delivery = Delivery.objects.create(source=source, actor="test", received_at=NOW, name="chat.csv")
    events = []
    for stranger, days in ((STRANGER, 4), (OTHER_STRANGER, 3)):
        for n in range(days):
            at = NOW - timedelta(days=n + 1)
            events.append(Event(len(events) + 1, at, "an@company.example", stranger, len(events)))
            events.append(Event(len(events) + 1, at, stranger, "an@company.example", len(events)))
    events.append(Event(90, NOW - timedelta(days=1), "nobody@company.example", STRANGER, 90))
    apply_batch(delivery, events, [Unreadable(91, "no date")], now=NOW, lines_read=91)
    Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.APPLIED)
    return Delivery.objects.get(pk=delivery.pk)


def _make_schedule() -> None:
    interval = IntervalSchedule.objects.create(every=1, period="minutes")
    CrontabSchedule.objects.create(minute="0")
    PeriodicTask.objects.create(name="tick", task="apps.awards.tasks.tick", interval=interval)


def sign_in(client: Client, role: str) -> User | None:
    """As somebody with the role; "employee" has none, "anonymous" is not signed in."""
    if role == "anonymous":
        return None
    user = make_user(f"the {role}".lower().replace(" ", "-"), is_superuser=role == "superuser")
    if role in ROLES:
        user.groups.add(Role.objects.get(name=role))
    client.force_login(user)
    return user


def last_entry() -> Entry:
    return Entry.objects.order_by("-number")[0]


def page(name: str, *key: object) -> str:
    return reverse(f"admin:{name}", args=key)


def award() -> Award:
    return Award.objects.get()


def day_before(days: int) -> date:
    return (NOW - timedelta(days=days)).date()
