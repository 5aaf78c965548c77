"""A prize for no place that names a division is given as if its people were alone in the campaign."""

import csv
import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from apps.awards.prizes.budget import budget
from apps.awards.prizes.drawn import drawn_recipients
from apps.awards.prizes.give import Placed, Promises, Share, competing, give
from apps.awards.prizes.outcomes import goals_so_far, take_outcomes
from apps.awards.prizes.people import Person
from apps.campaigns.announcement import Announcement
from apps.campaigns.further import Awarding, DepartmentPrize, Further, Goal, PerContact
from apps.campaigns.prize_words import prize_sentences
from apps.campaigns.validation import problems
from apps.ranking.services import latest_result
from bonus_tracker.clock import company_zone
from tests.awards.payment.world import officer
from tests.awards.prizes.test_stories import SETTLED, settled
from tests.awards.stories import befriend, deliver
from tests.divisions import REST, SALES, make_divided_campaign
from tests.factories import DEADLINE, START, make_department, make_employee
from tests.integrity.bundle.stories import announced_contest, export, first_wrong, key
from tests.integrity.bundle.test_bundle import rows
from tests.ranking.worlds import examples

KEYS = {1: "sales", 2: "rest"}
DEPARTMENTS = ("", "A", "B", "C")
money = st.integers(1, 90_000).map(lambda cents: Decimal(cents) / 100)


@st.composite
def prizes(draw: st.DrawFn) -> Further:
    whose = st.sampled_from(["", *KEYS.values()])
    goals = draw(st.lists(st.builds(Goal, st.integers(1, 4), money, division=whose), max_size=3))
    places = draw(st.sets(st.tuples(whose, st.integers(1, 3)), max_size=5))
    return Further(
        goals=tuple(sorted(goals)),
        per_contact=draw(st.none() | st.builds(PerContact, money, st.integers(1, 4), division=whose)),
        departments=tuple(sorted(DepartmentPrize(n, draw(money), division=d) for d, n in places)),
    )


# Of each person: contacts (numbers of people outside), department, division
crowds = st.lists(
    st.tuples(
        st.sets(st.integers(1, 6), max_size=4), st.sampled_from(DEPARTMENTS), st.sampled_from(list(KEYS))
    ),
    max_size=10,
)


def alone(line: Any) -> Any:
    return replace(line, division="")


def of_division(further: Further, key: str) -> Further:
    """Its own prizes, as if they were for everybody."""
    each = further.per_contact
    return Further(
        tuple(alone(goal) for goal in further.goals if goal.division == key),
        alone(each) if each and each.division == key else None,
        tuple(alone(prize) for prize in further.departments if prize.division == key),
    )


def shares(further: Further, crowd: list[Any], divisions: dict[int, str], awarding: Awarding) -> list[Share]:
    """crowd: (id, contacts, department, number of the division) of everybody there is."""
    people = {n: Person(n, name, frozenset(), 100, True, number) for n, _met, name, number in crowd}
    placed = [Placed(0, len(met), 0, n, f"E{n}", number) for n, met, _name, number in crowd if met]
    met_by: dict[tuple[str, str], set[int]] = {}
    for _n, met, name, number in crowd:
        for division in {"", divisions[number]}:
            if department := competing(name, 0):
                met_by.setdefault((division, department), set()).update(met)
    contacts = {where: len(met) for where, met in met_by.items()}
    return give(Promises((), further, awarding, 100, divisions), placed, people, contacts)


@examples(300)
@given(prizes(), crowds, st.sampled_from(["share", "all"]), st.integers(1, 3))
def test_a_division_gives_its_prizes_as_if_its_people_were_alone(
    further: Further, drawn: list[Any], equals: Any, least: int
) -> None:
    awarding = Awarding(equals=equals, department_members=least)
    crowd = [(n, *each) for n, each in enumerate(drawn)]
    should = shares(of_division(further, ""), [(*each[:3], 0) for each in crowd], {0: ""}, awarding)
    for number, key_ in KEYS.items():
        own = [(*each[:3], 0) for each in crowd if each[3] == number]
        should += [
            share._replace(division=key_)
            for share in shares(of_division(further, key_), own, {0: ""}, awarding)
        ]
    assert sorted(shares(further, crowd, KEYS, awarding)) == sorted(should)


FURTHER = Further(
    goals=(Goal(2, Decimal("50.00"), division="rest"), Goal(2, Decimal("70.00"), division="sales")),
    per_contact=PerContact(Decimal("10.00"), 3, division="rest"),
    departments=(DepartmentPrize(1, Decimal("1000.00"), division="sales"),),
)


@pytest.fixture
def _people(db: None) -> None:
    """S0 to S9 in Sales, of whom two have 3 contacts and 1; L0 to L9 in Law, of whom two have 4 contacts and 2."""
    for name, scores in {"Sales": (3, 1), "Law": (4, 2)}.items():
        department = make_department(name)
        for n in range(10):
            one = make_employee(number=f"{name[0]}{n}", department=department)
            deliver(befriend(one, scores[n]) if n < len(scores) else [])


@pytest.mark.usefixtures("_people")
def test_each_prize_is_given_in_its_division_alone() -> None:
    made = make_divided_campaign({}, further=FURTHER.as_json())
    assert sorted(each for each in settled(made) if "departments" not in each[1]) == [
        ("L0", "Everybody else, 3 contacts", Decimal("30.00")),
        ("L0", "Everybody else, goal of 2 contacts", Decimal("50.00")),
        ("L1", "Everybody else, 2 contacts", Decimal("20.00")),
        ("L1", "Everybody else, goal of 2 contacts", Decimal("50.00")),
        ("S0", "Sales, goal of 2 contacts", Decimal("70.00")),
    ]
    of_department = made.awards.filter(form="department")
    assert sorted(of_department.values_list("employee__number", "division", "net_amount")) == [
        (f"S{n}", "sales", Decimal("100.00")) for n in range(10)
    ]
    result = latest_result(made)
    assert result is not None
    assert {stake.employee.number for stake in drawn_recipients(result)} == {"L0", "L1", "S0", "S1"}


@pytest.mark.usefixtures("_people")
def test_the_budget_counts_the_people_of_the_division() -> None:
    found = budget(make_divided_campaign({}, further=FURTHER.as_json()), now=DEADLINE)
    assert {line.form: str(line.ceiling) for line in found.lines} == {
        "department": "1000.00",
        "goal": "1200.00",
        "contacts": "300.00",
    }


def test_a_division_that_is_misspelt_costs_nothing_yet(db: None) -> None:
    """A draft being typed: the form says what it costs beside what is wrong."""
    misspelt = Further(
        goals=(Goal(2, Decimal(50), division="slaes"),), per_contact=PerContact(Decimal(1), 3, division="x")
    )
    found = budget(make_divided_campaign({}, further=misspelt.as_json()), now=DEADLINE)
    assert found.ceiling == 0


@pytest.mark.usefixtures("_people")
def test_outcomes_have_the_people_whom_a_goal_concerns_and_say_whose_it_is() -> None:
    made = make_divided_campaign({}, further=FURTHER.as_json())
    settled(made)
    content = take_outcomes(made, "csv", by=officer(), now=SETTLED).decode("utf-8-sig")
    header, *lines = csv.reader(io.StringIO(content))
    assert header[-1] == "division"
    assert [(line[0][0], line[-1]) for line in lines] == [("L", "Everybody else")] * 10 + [
        ("S", "Sales")
    ] * 10
    counted = [(each.division, each.reached, each.not_reached) for each in goals_so_far(made, now=SETTLED)]
    assert counted == [("Everybody else", 2, 8), ("Sales", 1, 9)]


def test_the_evidence_holds_and_names_the_divisions(db: None, tmp_path: Path) -> None:
    it = announced_contest(
        (5, 4, 4, 3, 2, *[0] * 16),
        prizes=(),
        departments=("Sales", "Law", *["Sales"] * 10, *["Law"] * 9),
        divisions=(SALES, REST),
        further=replace(FURTHER, departments=(*FURTHER.departments, DepartmentPrize(1, Decimal("9.00")))),
    )
    bundle = export(it, tmp_path, key(tmp_path))
    assert first_wrong(bundle) == ""
    found = {(each["form"], each.get("division", "")) for each in rows(bundle, "awards.ndjson")}
    assert found == {
        ("goal", "sales"),
        ("goal", "rest"),
        ("contacts", "rest"),
        ("department", "sales"),
        ("department", ""),
    }


def announcement(further: Further) -> Announcement:
    return Announcement(
        slug="spring", starts_at=START, deadline=DEADLINE, divisions=(SALES, REST), further=further
    )


@pytest.mark.parametrize(
    ("further", "said"),
    [
        (Further(goals=(Goal(2, Decimal(1), division="north"),)), "goals.division"),
        (Further(per_contact=PerContact(Decimal(1), 2, division="north")), "per_contact.division"),
        (
            Further(departments=(DepartmentPrize(1, Decimal(1), division="north"),)),
            "department_prizes.division",
        ),
    ],
)
def test_a_division_that_there_is_not_is_refused(db: None, further: Further, said: str) -> None:
    make_department("Sales")
    now = START - (DEADLINE - START)
    for it in (announcement(further), replace(announcement(further), divisions=())):
        found = list(problems(it, zone=company_zone(), now=now, is_rehearsal=False))
        assert [each.key for each in found if "division" in each.key] == [said]


def test_the_rules_say_whose_a_prize_is(db: None) -> None:
    made = make_divided_campaign({}, further=FURTHER.as_json())
    english = prize_sentences(made)
    assert english[0].startswith("Only for the division Everybody else: Everybody with at least 2 active")
    assert any(each.startswith("Only for the division Sales: The department in place 1") for each in english)
    with translation.override("zh-hans"):
        assert prize_sentences(made)[0].startswith("仅限组别“其他同事”：")
