"""Forms of prizes from talk to proposed awards, over what was fixed at the deadline."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.audit.models import Entry
from apps.awards.due import tick
from apps.awards.models import Award, PrizeFacts
from apps.awards.prizes import proposing
from apps.awards.prizes.sources import FactsMissing, next_in_line, shares_of
from apps.campaigns.further import Awarding, DepartmentPrize, Further, Goal, PerContact
from apps.campaigns.models import Campaign
from apps.directory.models import Employee, Employment, Group, GroupMembership
from apps.integrity.prize_ranks import holders
from apps.ranking import sealing
from tests.awards.stories import LAST_DAY, befriend, deliver, talk
from tests.factories import DEADLINE, LONG_AGO, make_campaign, make_department, make_employee

pytestmark = pytest.mark.django_db
SETTLED = DEADLINE + timedelta(hours=72)


def into(group: str, *members: Employee) -> None:
    found, _ = Group.objects.get_or_create(name=group)
    for employee in members:
        GroupMembership.objects.create(group=found, employee=employee, starts_on=LONG_AGO)


def campaign(*prizes: str, further: Further | None = None, **awarding: Any) -> Campaign:
    return make_campaign(
        *prizes, further=(further or Further()).as_json(), awarding=Awarding(**awarding).as_json()
    )


def settled(made: Campaign) -> list[tuple[str, str, Decimal]]:
    """(number, what for, amount) of what is proposed."""
    tick(now=SETTLED)
    awards = made.awards.select_related("employee").order_by("-form", "place", "employee__number", "contacts")
    return [(award.employee.number, award.title(), award.net_amount) for award in awards]


def test_a_goal_is_measured_at_the_deadline_and_pro_rata_for_who_joined() -> None:
    # The campaign has 128 days; who joined on 29 October was employed for 64 of them.
    veteran, short = make_employee(), make_employee()
    joiner, slow = make_employee(hired_on=date(2026, 10, 29)), make_employee(hired_on=date(2026, 10, 29))
    deliver(befriend(veteran, 4) + befriend(short, 3) + befriend(joiner, 2) + befriend(slow, 1))
    made = campaign(further=Further(goals=(Goal(4, Decimal("500.00")),)))
    assert settled(made) == [
        (veteran.number, "goal of 4 contacts", Decimal("500.00")),
        (joiner.number, "goal of 4 contacts", Decimal("500.00")),
    ]
    assert list(PrizeFacts.objects.order_by("employee").values_list("days_employed", flat=True)) == [
        128,
        128,
        64,
        64,
    ]


def test_who_was_away_for_a_part_of_the_campaign_needs_the_part_of_the_days() -> None:
    back = make_employee(left_on=date(2026, 9, 30))  # 36 days of the campaign
    Employment.objects.create(employee=back, starts_on=date(2026, 12, 2))  # and 30 more
    account = back.accounts.get()
    account.ends_on = None
    account.save()
    deliver(befriend(back, 3))
    made = campaign(further=Further(goals=(Goal(5, Decimal("500.00")),)))  # 66 of 128 days: 3 of 5
    assert [award[0] for award in settled(made)] == [back.number]
    assert PrizeFacts.objects.get().days_employed == 66


def test_exempt_and_excluded_groups_get_no_goal_and_lose_nothing() -> None:
    one, exempt, excluded = make_employee(), make_employee(), make_employee()
    into("Back office", exempt)
    into("Board", excluded)
    deliver(befriend(one, 2) + befriend(exempt, 2) + befriend(excluded, 2))
    goal = Goal(2, Decimal("500.00"), exempt_groups=("Back office",))
    made = campaign(further=Further(goals=(goal,)), excluded_groups=("Board",))
    assert [award[0] for award in settled(made)] == [one.number]


def test_contacts_are_paid_up_to_the_cap() -> None:
    many, few, none = make_employee(), make_employee(), make_employee()
    deliver(befriend(many, 5) + befriend(few, 2))
    made = campaign(further=Further(per_contact=PerContact(Decimal("10.00"), most=3)))
    assert settled(made) == [
        (many.number, "3 contacts", Decimal("30.00")),
        (few.number, "2 contacts", Decimal("20.00")),
    ]
    assert none.awards.count() == 0


def test_a_department_wins_by_different_contacts_for_each_member() -> None:
    """The same customer of several members counts once, so that passing one around wins nothing."""
    root = make_department("Company")
    sharing, working = make_department("Sharing", root), make_department("Working", root)
    sharers = [make_employee(department=sharing) for _ in range(10)]
    workers = [make_employee(department=working) for _ in range(10)]
    small = [make_employee(department=make_department("Small")) for _ in range(1)]
    events = [event for one in sharers for event in talk(one, "the-same@outside.example", days=3)]
    events += befriend(sharers[0], 1) + befriend(workers[0], 1) + befriend(workers[1], 2)
    events += [event for one in small for event in befriend(one, 9)]
    deliver(events)
    made = campaign(further=Further(departments=(DepartmentPrize(1, Decimal("100.05")),)))
    awards = settled(made)
    assert [number for number, _title, _amount in awards] == sorted(one.number for one in workers)
    assert {title for _number, title, _amount in awards} == {"place 1 of departments: Company / Working"}
    assert sum(amount for *_, amount in awards) == Decimal("100.05")
    assert {award.shared_by for award in Award.objects.all()} == {10}


def test_departments_of_a_level_compete_with_all_below_them() -> None:
    north, south = make_department("North"), make_department("South")
    deep = make_department("Team", north)
    for department in (north, deep):
        for _ in range(5):
            make_employee(department=department)
    lonely = [make_employee(department=south) for _ in range(10)]
    best = make_employee(department=deep)
    deliver(befriend(best, 3) + befriend(lonely[0], 2))
    made = campaign(further=Further(departments=(DepartmentPrize(1, Decimal("11.00")),)), department_level=1)
    assert {title for _n, title, _a in settled(made)} == {"place 1 of departments: North"}
    assert Award.objects.count() == 11


def test_an_excluded_winner_frees_the_place_for_the_next_in_line() -> None:
    boss, second, third = make_employee(), make_employee(), make_employee()
    into("Board", boss)
    deliver(befriend(boss, 3) + befriend(second, 2) + befriend(third, 1))
    made = campaign("100.00", excluded_groups=("Board",))
    assert settled(made) == [(second.number, "place 1", Decimal("100.00"))]
    result = made.results.get()
    assert [each.number for each in next_in_line(result)] == [third.number]
    assert list(result.run.standings.order_by("rank").values_list("employee", "rank")) == [
        (boss.pk, 1),
        (second.pk, 2),
        (third.pk, 3),
    ]  # places on the board stay


@pytest.mark.parametrize(("employed_at", "wins"), [("deadline", 0), ("result", 1)])
def test_who_left_between_deadline_and_result(employed_at: str, wins: int) -> None:
    people = [make_employee(left_on=date(2027, 1, 1)), make_employee()]
    deliver(befriend(people[0], 2) + befriend(people[1], 1))
    made = campaign("100.00", employed_at=employed_at)
    assert [award[0] for award in settled(made)] == [people[wins].number]


def test_who_left_before_the_deadline_wins_nothing_in_any_case() -> None:
    gone, here = make_employee(left_on=date(2026, 12, 30)), make_employee()
    deliver(befriend(gone, 3, days=3) + befriend(here, 1))
    assert [award[0] for award in settled(campaign("100.00"))] == [here.number]


def test_what_is_recorded_after_the_deadline_changes_no_prize() -> None:
    one, two = make_employee(), make_employee()
    into("Board", two)
    deliver(befriend(one, 2) + befriend(two, 3))
    made = campaign("100.00", further=Further(goals=(Goal(2, Decimal(5)),)), excluded_groups=("Board",))
    before = settled(made)
    result = made.results.get()
    GroupMembership.objects.all().delete()
    into("Board", one)
    Employment.objects.filter(employee=one).update(ends_on=date(2026, 9, 1))
    assert [share.employee_id for share in shares_of(result)] == [one.pk, one.pk]
    assert len(before) == 2


def test_what_was_fixed_stays_and_its_hash_is_in_the_log() -> None:
    one = make_employee()
    deliver(befriend(one, 1))
    settled(campaign(further=Further(goals=(Goal(1, Decimal(5)),))))
    assert len(Entry.objects.get(action="prize facts fixed").details["sha256"]) == 64
    for act in (
        lambda: PrizeFacts.objects.update(days_employed=1),
        lambda: PrizeFacts.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError, match="what prizes are given from stays"), transaction.atomic():
            act()


def test_a_campaign_as_usual_fixes_no_facts() -> None:
    one = make_employee()
    deliver(befriend(one, 1))
    assert settled(campaign("100.00")) == [(one.number, "place 1", Decimal("100.00"))]
    assert not PrizeFacts.objects.exists()
    assert not Entry.objects.filter(action="prize facts fixed").exists()


def test_without_the_facts_its_prizes_need_nothing_is_guessed() -> None:
    one = make_employee()
    deliver(befriend(one, 1))
    made = campaign(further=Further(goals=(Goal(1, Decimal(5)),)))
    Campaign.objects.filter(pk=made.pk).update(state="settling")
    sealing.settle(made, now=SETTLED)
    with pytest.raises(FactsMissing, match="was settled without what its prizes need"):
        proposing.propose_awards(made, now=SETTLED)
    assert not Award.objects.exists()


def test_a_crash_while_facts_are_fixed_leaves_the_campaign_unsettled(monkeypatch: pytest.MonkeyPatch) -> None:
    one = make_employee()
    deliver(befriend(one, 1))
    made = campaign(further=Further(goals=(Goal(1, Decimal(5)),)))

    def die(*_: Any, **__: Any) -> None:
        raise RuntimeError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(proposing.people, "fix_people", die)
        with pytest.raises(RuntimeError, match="disk full"):
            tick(now=SETTLED)
    assert not made.results.exists()
    assert settled(made) == [(one.number, "goal of 1 contacts", Decimal("5.00"))]


def test_everybody_who_gets_something_is_kept_from_deciding() -> None:
    one, two = make_employee(), make_employee()
    deliver(befriend(one, 2) + befriend(two, 1))
    made = campaign("100.00", further=Further(goals=(Goal(1, Decimal(5)),)))
    settled(made)
    assert holders(made.results.get()) == {one.pk, two.pk}


def test_the_log_names_winners_of_places_and_counts_the_others() -> None:
    people = [make_employee() for _ in range(3)]
    deliver([event for one in people for event in befriend(one, 1)])
    made = campaign("100.00", further=Further(goals=(Goal(1, Decimal("5.50")),)))
    settled(made)
    assert Entry.objects.filter(action="award proposed").count() == 3  # they share the place
    assert Entry.objects.get(action="awards proposed").details == {
        "for": "goal",
        "awards": 3,
        "net": "16.50 CNY",
        "version": 1,
        "before": None,
        "after": {"awards": 3, "net": "16.50 CNY"},
    }


@pytest.mark.parametrize("size", [2, 6])
def test_proposing_costs_the_same_queries_at_any_size(size: int) -> None:
    people = [make_employee() for _ in range(size)]
    deliver([event for one in people for event in befriend(one, 1)])
    made = campaign(further=Further(goals=(Goal(1, Decimal(5)),), per_contact=PerContact(Decimal(1), 5)))
    proposed = proposing.propose_awards
    tick_states(made)
    with CaptureQueriesContext(connection) as queries:
        assert len(proposed(made, now=SETTLED)) == 2 * size
    assert len(queries) == 22
    assert LAST_DAY < SETTLED


def tick_states(made: Campaign) -> None:
    Campaign.objects.filter(pk=made.pk).update(state="settling")
    proposing.settle(made, now=SETTLED)
