"""Ranks are within divisions, and who belongs where is decided by the last day counted."""

import hashlib
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule
from apps.directory.models import DepartmentMembership, Employee, Group, GroupMembership
from apps.ranking import facts, sharding
from apps.ranking.fingerprint import fingerprint
from apps.ranking.history import histories
from apps.ranking.instant import Instant
from apps.ranking.models import Board, FixedEmployee, Run, Standing
from apps.ranking.sealing import canonical_form, differs_from_fixed_input, settle
from apps.ranking.services import differs_from_inputs, numbered_standings, refresh, standings
from apps.ranking.what_if import figures_of, what_if
from bonus_tracker import clock
from tests.awards.stories import befriend, deliver
from tests.divisions import REST, SALES, make_divided_campaign
from tests.factories import DEADLINE, LONG_AGO, make_campaign, make_department, make_employee
from tests.faults.helpers import nothing

pytestmark = pytest.mark.django_db
NOW = DEADLINE - timedelta(hours=1)
GRACE_ENDS = DEADLINE + timedelta(hours=72)


@pytest.fixture
def people() -> dict[str, Employee]:
    """Sales: S1 with 4 contacts, S2 and S3 with 2. Elsewhere: L1 with 3, L2 with 1."""
    sales, law = make_department("Sales"), make_department("Law")
    north = make_department("North", sales)
    of = {"S1": sales, "S2": north, "S3": sales, "L1": law, "L2": None}
    found = {number: make_employee(number=number, department=department) for number, department in of.items()}
    scores = {"S1": 4, "S2": 2, "S3": 2, "L1": 3, "L2": 1}
    deliver([event for number, score in scores.items() for event in befriend(found[number], score)])
    return found


def places(run: Run) -> list[tuple[int, int, str]]:
    rows = run.standings.order_by("division", "rank", "employee__number")
    return list(rows.values_list("division", "rank", "employee__number"))


BOTH = [(1, 1, "S1"), (1, 2, "S2"), (1, 2, "S3"), (2, 1, "L1"), (2, 2, "L2")]


def test_a_run_has_a_rank_within_each_division(people: Any) -> None:
    run = refresh(make_divided_campaign(), now=NOW)
    assert run is not None
    assert places(run) == BOTH
    assert (run.participants, run.active_contacts) == (5, 12)


def test_a_run_says_how_many_take_part_in_each_division(people: Any) -> None:
    make_employee(number="S4", department=people["S1"].department_memberships.get().department)
    run, whole = refresh(make_divided_campaign(), now=NOW), refresh(make_campaign(), now=NOW)
    assert run is not None
    assert whole is not None
    assert (run.participants, run.participants_of) == (6, [4, 2])
    assert (whole.participants, whole.participants_of) == (6, [])


def test_the_command_prints_all_divisions_or_one(people: Any) -> None:
    campaign = make_divided_campaign(slug="year-end")
    assert printed("--csv") == (
        "division,rank,employee,active_contacts\n"
        "sales,1,S1,4\nsales,2,S2,2\nsales,2,S3,2\nrest,1,L1,3\nrest,2,L2,1\n"
    )
    assert printed("--csv", "--division", "rest") == "rank,employee,active_contacts\n1,L1,3\n2,L2,1\n"
    assert printed().splitlines()[1:] == [
        "Sales (sales)",
        "     1       4  S1",
        "     2       2  S2",
        "     2       2  S3",
        "Everybody else (rest)",
        "     1       3  L1",
        "     2       1  L2",
    ]
    assert printed("--division", "rest").splitlines()[1:] == [
        "Everybody else (rest)",
        "     1       3  L1",
        "     2       1  L2",
    ]
    run = refresh(campaign, now=NOW)
    assert run is not None
    assert fingerprint(run) == hashlib.sha256(printed("--csv").encode()).hexdigest()


def test_the_command_names_the_divisions_there_are() -> None:
    make_divided_campaign(slug="year-end")
    with pytest.raises(CommandError, match="no division 'law' in year-end; name one of: sales, rest"):
        printed("--division", "law")
    make_campaign(slug="autumn")
    with pytest.raises(CommandError, match="Campaign autumn has no divisions; leave out --division"):
        printed("--division", "law", slug="autumn")


def printed(*options: str, slug: str = "year-end") -> str:
    out = StringIO()
    with clock.showing(NOW):
        call_command("standings", slug, *options, stdout=out)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_another_rule_is_asked_for_each_division(people: Any) -> None:
    campaign = make_divided_campaign()
    figures = what_if(campaign, Rule.of(campaign), as_of=DEADLINE)
    assert figures.top == [
        (1, "S1", 4, "sales"),
        (2, "S2", 2, "sales"),
        (2, "S3", 2, "sales"),
        (1, "L1", 3, "rest"),
        (2, "L2", 1, "rest"),
    ]
    run = refresh(campaign, now=NOW)
    assert run is not None
    assert figures_of(run) == figures


def test_the_past_says_in_which_division_a_place_was(people: dict[str, Employee]) -> None:
    deliver(befriend(people["L1"], 2, prefix="earlier", until=DEADLINE - timedelta(hours=36)))
    sales = DepartmentMembership.objects.get(employee=people["S1"]).department
    DepartmentMembership.objects.filter(employee=people["L1"]).update(ends_on=date(2026, 12, 30))
    DepartmentMembership.objects.create(employee=people["L1"], department=sales, starts_on=date(2026, 12, 31))
    campaign = make_divided_campaign()
    refresh(campaign, now=NOW - timedelta(days=1))
    refresh(campaign, now=NOW)
    Run.objects.filter(campaign=campaign).update(keep=True)
    days = histories(campaign.pk, [people["L1"].pk])[people["L1"].pk]
    assert [(d.day.day, d.active_contacts, d.rank, d.division) for d in days] == [
        (30, 2, 1, 2),
        (31, 5, 1, 1),
    ]


def test_without_divisions_all_are_ranked_together(people: Any) -> None:
    run = refresh(make_campaign(), now=NOW)
    assert run is not None
    assert places(run) == [(0, 1, "S1"), (0, 2, "L1"), (0, 3, "S2"), (0, 3, "S3"), (0, 5, "L2")]


def test_who_fits_several_divisions_is_in_the_first(people: dict[str, Employee]) -> None:
    group = Group.objects.create(name="hunters")
    GroupMembership.objects.create(employee=people["S1"], group=group, starts_on=LONG_AGO)
    hunters = {"key": "hunters", "name": {"en": "Hunters"}, "groups": ["hunters"]}
    campaign = make_divided_campaign({}, divisions=[hunters, SALES.as_json(), REST.as_json()])
    found = numbered_standings(campaign, as_of=DEADLINE)
    assert [(number, row.rank, row.employee) for number, row in found] == [
        (1, 1, "S1"),
        (2, 1, "S2"),
        (2, 1, "S3"),
        (3, 1, "L1"),
        (3, 2, "L2"),
    ]


def test_a_division_of_several_words_has_whoever_fits_all_of_them(people: dict[str, Employee]) -> None:
    group = Group.objects.create(name="hunters")
    GroupMembership.objects.create(employee=people["L1"], group=group, starts_on=LONG_AGO)
    GroupMembership.objects.create(employee=people["S2"], group=group, starts_on=LONG_AGO)
    both = {"key": "both", "name": {"en": "Both"}, "groups": ["hunters"], "departments": ["Sales"]}
    campaign = make_divided_campaign({}, divisions=[both, REST.as_json()])
    found = numbered_standings(campaign, as_of=DEADLINE)
    assert [row.employee for number, row in found if number == 1] == ["S2"]


def test_who_moves_changes_the_division_on_that_day_with_all_contacts(people: dict[str, Employee]) -> None:
    law = DepartmentMembership.objects.get(employee=people["L1"])
    moves_on = date(2026, 12, 31)
    DepartmentMembership.objects.filter(pk=law.pk).update(ends_on=moves_on - timedelta(days=1))
    sales = DepartmentMembership.objects.get(employee=people["S1"]).department
    DepartmentMembership.objects.create(employee=people["L1"], department=sales, starts_on=moves_on)
    campaign = make_divided_campaign()
    the_day_before = numbered_standings(campaign, as_of=DEADLINE - timedelta(days=1))
    at_the_deadline = numbered_standings(campaign, as_of=DEADLINE)
    assert the_day_before == []  # two days of talk are few: the third is the last
    assert [(n, row.rank, row.employee, row.active_contacts) for n, row in at_the_deadline] == [
        (1, 1, "S1", 4),
        (1, 2, "L1", 3),
        (1, 3, "S2", 2),
        (1, 3, "S3", 2),
        (2, 1, "L2", 1),
    ]


def test_a_move_shows_from_its_first_day_on(people: dict[str, Employee]) -> None:
    DepartmentMembership.objects.filter(employee=people["S1"]).update(ends_on=date(2026, 12, 30))
    campaign = make_divided_campaign()
    assert facts_of(campaign, date(2026, 12, 30))[people["S1"].pk] == 1
    assert facts_of(campaign, date(2026, 12, 31))[people["S1"].pk] == 2


def facts_of(campaign: Campaign, day: date) -> dict[int, int]:
    rule = Rule.of(campaign)
    known = facts.parameters(campaign, rule, Instant.of(campaign, rule, DEADLINE)) | {"last_day": day}
    with connection.cursor() as cursor:
        cursor.execute(facts.participants(campaign), known)
        return dict(cursor.fetchall())


@pytest.mark.django_db(transaction=True)
def test_shards_change_nothing(people: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RANKING_SHARDS = 3
    monkeypatch.setattr(sharding, "_call_hands", nothing)
    with clock.showing(NOW):
        run = refresh(make_divided_campaign(), now=NOW)
    assert run is not None
    assert places(run) == BOTH


def test_a_run_that_has_somebody_in_another_division_is_found(people: dict[str, Employee]) -> None:
    campaign = make_divided_campaign()
    run = refresh(campaign, now=NOW)
    board = Board.objects.get(campaign=campaign)
    assert differs_from_inputs(board) is None
    Standing.objects.filter(run=run, employee=people["L2"]).update(division=1)
    assert differs_from_inputs(board) is not None


def sealed(campaign: Campaign) -> Any:
    result = settle(campaign, now=GRACE_ENDS)
    assert result is not None
    return result


def test_the_sealed_form_names_the_divisions_and_holds_everybodys(people: dict[str, Employee]) -> None:
    result = sealed(make_divided_campaign(state=Campaign.State.SETTLING))
    header, *lines = canonical_form(result)
    assert '"divisions":["sales","rest"]' in header
    assert [line for line in lines if line.startswith("standing")] == [
        "standing 1 S1 4 12 1",
        "standing 2 S2 2 6 1",
        "standing 2 S3 2 6 1",
        "standing 1 L1 3 9 2",
        "standing 2 L2 1 3 2",
    ]
    assert [line.split()[1::3] for line in lines if line.startswith("employee")] == [
        ["L1", "2"],
        ["L2", "2"],
        ["S1", "1"],
        ["S2", "1"],
        ["S3", "1"],
    ]
    assert [line.split()[-1] for line in lines if line.startswith("employee")] == ["-", "-", "1", "1", "1"]
    assert differs_from_fixed_input(result) is None
    FixedEmployee.objects.filter(employee=people["L2"]).update(division=1)
    assert differs_from_fixed_input(result) is not None


def test_the_sealed_form_without_divisions_is_as_it_always_was(people: Any) -> None:
    result = sealed(make_campaign(state=Campaign.State.SETTLING))
    header, *lines = canonical_form(result)
    assert "division" not in header
    assert [line for line in lines if line.startswith("standing")] == [
        "standing 1 S1 4 12",
        "standing 2 L1 3 9",
        "standing 3 S2 2 6",
        "standing 3 S3 2 6",
        "standing 5 L2 1 3",
    ]
    assert {len(line.split()) for line in lines if line.startswith("employee")} == {4}


def test_a_move_after_the_deadline_changes_no_sealed_division(people: dict[str, Employee]) -> None:
    result = sealed(make_divided_campaign(state=Campaign.State.SETTLING))
    DepartmentMembership.objects.filter(employee=people["S1"]).update(ends_on=LONG_AGO + timedelta(days=9))
    assert places(result.run) == BOTH
    assert differs_from_fixed_input(result) is None
    assert standings(result.campaign, as_of=DEADLINE) != []
