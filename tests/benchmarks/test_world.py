"""The company that the benchmarks run on is one that the program itself could have taken in."""

import pytest
from django.db import connection, transaction

from apps.activity.derive import differences
from apps.activity.models import Contact, Delivery, Tie
from apps.activity.parts import ranges_to_compare
from apps.campaigns.models import Campaign
from apps.directory.handles import account_key, pseudonym
from apps.directory.models import Account, Employee
from apps.ranking.services import standings
from benchmarks import place, world
from benchmarks.company import outside_handle, staff_handle
from benchmarks.floors import ranking as bare

pytestmark = pytest.mark.django_db

SIZE = world.Size(employees=120, contacts=25, days=20, ledger_days=20)
NOW = world.World("", SIZE, 1, 0, 0).now


@pytest.fixture
def _company(db: None) -> None:
    world.build(SIZE, seed=1)


def column(statement: str) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.usefixtures("_company")
def test_its_ties_are_what_its_ledger_says() -> None:
    assert Tie.objects.count() == SIZE.ties
    assert Delivery.objects.count() == SIZE.days
    assert [differences(part) for part in ranges_to_compare()] == [[]]


@pytest.mark.usefixtures("_company")
def test_its_handles_are_pseudonyms_of_the_company_key() -> None:
    for employee in Employee.objects.all():
        key = account_key("im", staff_handle(employee.pk))
        assert Account.objects.filter(pk=key, owners__employee=employee).exists()
    numbers = dict(
        zip(column("SELECT id FROM bench.contact"), column("SELECT no FROM bench.contact"), strict=True)
    )
    for contact in Contact.objects.all():
        known = pseudonym("im", outside_handle(numbers[contact.pk]))
        stored = (contact.pk, bytes(contact.digest), contact.hint, contact.domain_keys)
        assert stored == tuple(known)


@pytest.mark.usefixtures("_company")
@pytest.mark.parametrize(("slug", "window_days"), [(world.MONTH, 30), (world.YEAR, 365), (world.MONTH, 7)])
def test_the_floor_counts_what_the_program_counts(slug: str, window_days: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM activity_contactfact")
        cursor.execute(
            "DELETE FROM directory_accountowner WHERE account_id IN (SELECT id FROM bench.contact)"
        )
    campaign = Campaign.objects.get(slug=slug)
    campaign.window_days = window_days
    counted = [(row.employee, row.active_contacts, row.rank) for row in standings(campaign, as_of=NOW)]
    floor = [
        (f"E{employee:06}", n, rank) for employee, n, rank in bare.rank(bare.select(SIZE.days, window_days))
    ]
    assert sorted(counted) == sorted(floor)
    assert counted


@pytest.mark.usefixtures("_company")
def test_ties_lie_in_the_order_in_which_they_began() -> None:
    by_place = column("SELECT first_date FROM activity_tie ORDER BY ctid")
    assert by_place == sorted(by_place)
    assert column("SELECT employee_id FROM activity_tie ORDER BY ctid") != sorted(
        column("SELECT employee_id FROM activity_tie")
    )


def test_the_same_seed_makes_the_same_company() -> None:
    assert ties_of(seed=1) == ties_of(seed=1) != ties_of(seed=2)


def ties_of(seed: int) -> list[object]:
    with transaction.atomic():
        world.build(SIZE, seed)
        found = column("SELECT t::text FROM activity_tie AS t ORDER BY employee_id, contact_id")
        transaction.set_rollback(True)
    return found


def test_the_benchmarks_refuse_a_database_that_they_did_not_make() -> None:
    for touch in (place.use, place.drop, place.create):
        with pytest.raises(place.NotOurs, match="bonus_bench_"):
            touch("bonus_tracker")
