"""A list costs the same at any size, and shows a page of a large table."""

import pytest
from django.contrib.auth.models import Group as Role
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from apps.activity.contact_facts import record_fact
from apps.activity.models import Delivery, QuarantinedEvent, Source
from apps.audit.models import SignedHead, Verification
from apps.awards.models import Approval, Award, Payment, PayrollExport
from apps.campaigns.models import Campaign
from apps.directory.models import CompanyDomain, Group, LegalEntity
from apps.integrity.cases import open_case
from apps.integrity.decisions import propose
from apps.integrity.drafts import Draft
from apps.integrity.models import Check, Decision, Objection
from bonus_tracker.admin_site.keyset import ROWS_A_PAGE
from tests.admin.scene import NOW, Scene, day_before, page, sign_in
from tests.factories import make_campaign, make_contact, make_department, make_employee, make_run, make_user

LISTS = {  # queries of each list for a superuser, at any size
    "activity_contactfact": 4,
    "activity_delivery": 4,
    "activity_quarantinedevent": 3,
    "activity_source": 5,
    "audit_entry": 3,
    "audit_signedhead": 5,
    "audit_verification": 5,
    "auth_group": 5,
    "awards_approval": 5,
    "awards_award": 6,
    "awards_payment": 6,
    "awards_payrollexport": 6,
    "campaigns_campaign": 5,
    "integrity_case": 6,
    "integrity_check": 6,
    "integrity_decision": 6,
    "integrity_objection": 6,
    "directory_companydomain": 5,
    "directory_department": 5,
    "directory_employee": 6,
    "directory_group": 5,
    "directory_legalentity": 5,
    "directory_user": 7,
    "django_celery_beat_crontabschedule": 5,
    "django_celery_beat_intervalschedule": 5,
    "django_celery_beat_periodictask": 5,
    "ranking_result": 6,
    "ranking_run": 4,
}
KEYED = (
    "audit_entry",
    "activity_delivery",
    "activity_quarantinedevent",
    "activity_contactfact",
    "ranking_run",
)


def grow(scene: Scene, numbers: range) -> None:
    """One more row for each number, of everything that has a list."""
    source = Source.objects.get(name="chat")
    for n in numbers:
        employee = make_employee(department=make_department(f"Department {n}"))
        user = make_user(employee=employee)
        user.groups.add(Role.objects.get(name="auditor"))
        campaign = make_campaign()
        make_run(campaign, {employee: 1}, last_date=day_before(n))
        Verification.objects.create(at=NOW, count=n, head="a" * 64)
        SignedHead.objects.create(day=day_before(n), at=NOW, size=n)
        record_fact(make_contact(), "employee", employee=employee, reason="x", actor="hr", now=NOW)
        Source.objects.create(name=f"source {n}", platform="im", created_at=NOW)
        delivery = Delivery.objects.create(source=source, actor="x", received_at=NOW)
        QuarantinedEvent.objects.create(delivery=delivery, line=1, reason="late")
        LegalEntity.objects.create(name=f"Entity {n}")
        Group.objects.create(name=f"Group {n}")
        CompanyDomain.objects.create(domain=f"domain{n}.example")
        Approval.objects.create(result=scene.result, approver=user, at=NOW)
        award = Award.objects.create(
            campaign=scene.provisional,
            result=scene.result,
            employee=employee,
            place=9,
            net_amount=1,
            currency="CNY",
            created_at=NOW,
        )
        draft = Draft(
            campaign=scene.provisional,
            kind=Decision.Kind.EXCLUSION,
            employee=scene.employee,
            reason="x",
            evidence="x",
        )
        propose(draft, proposer=make_user(), now=NOW)
        open_case(scene.provisional, scene.employee, reason="x", by=make_user(), now=NOW)
        Objection.objects.create(
            campaign=scene.provisional,
            number=10 + n,
            employee=employee,
            about="own_count",
            contacts_claimed=1,
            text="x",
            made_at=NOW,
        )
        Check.objects.create(
            result=scene.result, employee=employee, population=1, margin=1, size=1, drawn_at=NOW
        )
        export = PayrollExport.objects.create(campaign=campaign, number=1, made_by=user, made_at=NOW)
        Payment.objects.create(export=export, award=award, reference=f"P{n}")
        interval = IntervalSchedule.objects.create(every=n + 5, period="minutes")
        CrontabSchedule.objects.create(minute=str(n % 60))
        PeriodicTask.objects.create(name=f"job {n}", task="apps.awards.tasks.tick", interval=interval)


def costs(client: Client) -> dict[str, int]:
    found = {}
    for name in LISTS:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(page(f"{name}_changelist")).status_code == 200
        found[name] = len(queries)
    return found


def test_lists_cost_the_same_queries_at_any_size(client: Client, scene: Scene) -> None:
    sign_in(client, "superuser")
    costs(client)  # content types and the like are remembered from now on
    for numbers in (range(2), range(2, 7)):
        grow(scene, numbers)
        assert costs(client) == LISTS


@pytest.mark.parametrize("size", [1, 3])
def test_the_first_page_costs_the_same_queries_at_any_size(client: Client, scene: Scene, size: int) -> None:
    sign_in(client, "HR")
    for _n in range(size):
        make_run(make_campaign(), {scene.employee: 1}, last_date=day_before(0))
    client.get(page("index"))
    with CaptureQueriesContext(connection) as queries:
        client.get(page("index"))
    assert len(queries) == 6


@pytest.mark.parametrize("name", KEYED)
def test_a_large_table_is_shown_by_the_page(client: Client, scene: Scene, name: str) -> None:
    sign_in(client, "superuser")
    _fill(scene, ROWS_A_PAGE + 10)
    with CaptureQueriesContext(connection) as queries:
        first = client.get(page(f"{name}_changelist")).context["cl"]
    assert not any("OFFSET" in query["sql"] or "COUNT(" in query["sql"] for query in queries)
    second = client.get(page(f"{name}_changelist") + first.next_address).context["cl"]
    keys = [row.pk for row in [*first.result_list, *second.result_list]]
    assert len(first.result_list) == ROWS_A_PAGE
    assert keys == sorted(set(keys), reverse=True)
    assert second.next_address == ""
    assert len(keys) == first.model.objects.count()


def _fill(scene: Scene, rows: int) -> None:
    deliveries = [Delivery(source=scene.delivery.source, actor="x", received_at=NOW) for _n in range(rows)]
    Delivery.objects.bulk_create(deliveries)
    QuarantinedEvent.objects.bulk_create(
        QuarantinedEvent(delivery=scene.delivery, line=n, reason="late") for n in range(rows)
    )
    for _n in range(rows):
        make_run(scene.running, {}, last_date=day_before(0))
    for _n in range(rows):
        record_fact(make_contact(), "not_counted", reason="x", actor="hr", now=NOW)


def test_standings_are_paged_by_key(client: Client, scene: Scene) -> None:
    sign_in(client, "auditor")
    people = [make_employee() for _n in range(70)]
    run = make_run(
        make_campaign(), {person: n % 3 for n, person in enumerate(people)}, last_date=day_before(0)
    )
    address = page("ranking_run_standings", run.pk)
    first = client.get(address).context["table"]
    second = client.get(f"{address}?after={first.after}").context["table"]
    numbers = [row[1] for row in [*first.rows, *second.rows]]
    assert len(first.rows) == ROWS_A_PAGE
    assert sorted(numbers) == sorted(person.number for person in people)
    assert client.get(f"{address}?after=nonsense").context["table"].rows == first.rows


def test_a_page_beyond_the_numbers_is_the_first_one(client: Client, scene: Scene) -> None:
    sign_in(client, "auditor")
    listed = client.get(page("audit_entry_changelist"), {"before": "9" * 40}).context["cl"].result_list
    assert listed


def test_the_history_of_a_thing_is_its_part_of_the_audit_log(client: Client, scene: Scene) -> None:
    sign_in(client, "auditor")
    answer = client.get(page("campaigns_campaign_history", scene.running.pk), follow=True)
    assert {entry.subject for entry in answer.context["cl"].result_list} <= {"campaign running"}
    assert Campaign.objects.filter(slug="running").exists()
