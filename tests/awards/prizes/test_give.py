"""Who wins what, as plain arithmetic."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.awards.prizes.give import (
    Placed,
    Promises,
    competing,
    contacts_needed,
    give,
    outcome,
    split_evenly,
)
from apps.awards.prizes.people import Person
from apps.campaigns.announcement import PrizeLine
from apps.campaigns.further import Awarding, DepartmentPrize, Further, Goal, PerContact

DAYS = 100


def person(employee_id: int, department: str = "", groups: tuple[str, ...] = (), **known: Any) -> Person:
    return Person(
        employee_id, department, frozenset(groups), known.get("days", DAYS), known.get("is_employed", True)
    )


def places(*scores: tuple[int, int] | int) -> list[Placed]:
    """People 1, 2, 3 ... with their contacts and conversation days, best first."""
    pairs = [score if isinstance(score, tuple) else (score, 0) for score in scores]
    return [
        Placed(1 + sum(other > n for other, _ in pairs), n, days, one, f"E{one:03}")
        for one, (n, days) in enumerate(pairs, start=1)
    ]


def promised(*prizes: str, min_score: int = 0, further: Further | None = None, **awarding: Any) -> Promises:
    lines = (PrizeLine(n, Decimal(amount), "CNY", min_score) for n, amount in enumerate(prizes, start=1))
    return Promises(tuple(lines), further or Further(), Awarding(**awarding), DAYS)


def won(
    promises: Promises, placed: list[Placed], *people: Person, **known: Any
) -> list[tuple[int, str, str]]:
    """(employee, what for, amount)."""
    by_id = {each.employee_id: each for each in people} if people else None
    shares = give(promises, placed, by_id, known.get("contacts"))
    return [
        (share.employee_id, f"{share.form} {share.place or share.contacts}", str(share.net_amount))
        for share in shares
    ]


def test_places_in_order() -> None:
    assert won(promised("100.00", "50.00"), places(5, 4, 3)) == [
        (1, "place 1", "100.00"),
        (2, "place 2", "50.00"),
    ]


def test_conversation_days_tell_equals_apart() -> None:
    assert won(promised("100.00"), places((5, 9), (5, 8))) == [(1, "place 1", "100.00")]


def test_without_a_tie_break_equals_share_whatever_their_days() -> None:
    assert won(promised("100.00", tie_break="none"), places((5, 9), (5, 8))) == [
        (1, "place 1", "50.00"),
        (2, "place 1", "50.00"),
    ]


def test_the_cents_left_over_go_by_number_and_not_by_days() -> None:
    placed = [Placed(1, 5, 9, 1, "E009"), Placed(1, 5, 8, 2, "E001"), Placed(1, 5, 7, 3, "E005")]
    assert won(promised("100.00", tie_break="none"), placed) == [
        (2, "place 1", "33.34"),
        (3, "place 1", "33.33"),
        (1, "place 1", "33.33"),
    ]


def test_two_equals_at_the_first_place_share_the_first_two_prizes() -> None:
    assert won(promised("100.00", "50.01", "10.00"), places(5, 5, 3, 2)) == [
        (1, "place 1", "75.01"),
        (2, "place 1", "75.00"),
        (3, "place 3", "10.00"),
    ]


def test_equals_at_the_last_place_share_what_is_left() -> None:
    assert won(promised("100.00", "50.00"), places(5, 3, 3, 3)) == [
        (1, "place 1", "100.00"),
        (2, "place 2", "16.67"),
        (3, "place 2", "16.67"),
        (4, "place 2", "16.66"),
    ]


def test_equals_all_get_the_prize_of_their_place_and_the_places_after_it_stay_empty() -> None:
    assert won(promised("100.00", "50.00", "10.00", equals="all"), places(5, 5, 3, 2)) == [
        (1, "place 1", "100.00"),
        (2, "place 1", "100.00"),
        (3, "place 3", "10.00"),
    ]
    assert won(promised("100.00", "50.00", equals="all"), places(5, 5, 5, 1)) == [
        (1, "place 1", "100.00"),
        (2, "place 1", "100.00"),
        (3, "place 1", "100.00"),
    ]


def test_below_the_minimum_score_a_prize_is_not_given() -> None:
    assert won(promised("100.00", "50.00", min_score=4), places(5, 3)) == [(1, "place 1", "100.00")]
    assert won(promised("100.00", min_score=4), places(4)) == [(1, "place 1", "100.00")]


def test_equals_share_only_the_prizes_whose_minimum_they_reach() -> None:
    prizes = (PrizeLine(1, Decimal(100), "CNY", 10), PrizeLine(2, Decimal(50), "CNY", 3))
    promises = Promises(prizes, Further(), Awarding(), DAYS)
    assert won(promises, places(5, 5)) == [(1, "place 1", "25.00"), (2, "place 1", "25.00")]


def test_who_is_in_an_excluded_group_frees_the_place_for_the_next_in_line() -> None:
    people = [person(1, groups=("Board",)), person(2), person(3, groups=("Sales",))]
    assert won(promised("100.00", "50.00", excluded_groups=("Board",)), places(5, 4, 3), *people) == [
        (2, "place 1", "100.00"),
        (3, "place 2", "50.00"),
    ]


def test_an_excluded_equal_takes_no_share() -> None:
    people = [person(1, groups=("Board",)), person(2)]
    assert won(promised("100.00", excluded_groups=("Board",)), places(5, 5), *people) == [
        (2, "place 1", "100.00")
    ]


@pytest.mark.parametrize(("employed_at", "winner"), [("deadline", 1), ("result", 2)])
def test_who_left_before_the_result_was_sealed(employed_at: str, winner: int) -> None:
    people = [person(1, is_employed=False), person(2)]
    assert won(promised("100.00", employed_at=employed_at), places(5, 4), *people) == [
        (winner, "place 1", "100.00")
    ]


GOAL = Goal(100, Decimal("500.00"))


def test_everybody_who_reaches_the_goal_gets_it_and_nobody_loses_anything() -> None:
    people = [person(n) for n in range(1, 5)]
    promises = promised(further=Further(goals=(GOAL,)))
    assert won(promises, places(150, 100, 99), *people) == [
        (1, "goal 100", "500.00"),
        (2, "goal 100", "500.00"),
    ]


@pytest.mark.parametrize(
    ("days", "needed"), [(100, 100), (101, 100), (99, 99), (50, 50), (1, 1), (0, 1), (33, 33)]
)
def test_who_joined_needs_the_share_of_their_days(days: int, needed: int) -> None:
    assert contacts_needed(GOAL, person(1, days=days), DAYS) == needed


@pytest.mark.parametrize(
    ("goal", "days", "needed"), [(10, 55, 6), (10, 50, 5), (10, 51, 6), (3, 1, 1), (7, 99, 7)]
)
def test_a_share_of_a_goal_is_rounded_up(goal: int, days: int, needed: int) -> None:
    assert contacts_needed(Goal(goal, Decimal(1)), person(1, days=days), DAYS) == needed


def test_pro_rata_can_be_switched_off() -> None:
    assert contacts_needed(Goal(100, Decimal(1), pro_rata=False), person(1, days=10), DAYS) == 100


@pytest.mark.parametrize(
    ("score", "groups", "is_employed", "said"),
    [
        (100, (), True, "reached"),
        (99, (), True, "not reached"),
        (0, ("Back office",), True, "exempt"),
        (500, ("Back office",), True, "exempt"),
        (500, ("Board",), True, "exempt"),
        (500, (), False, "exempt"),
    ],
)
def test_a_goal_is_reached_missed_or_no_matter(
    score: int, groups: tuple[str, ...], is_employed: bool, said: str
) -> None:
    goal = Goal(100, Decimal(500), exempt_groups=("Back office",))
    promises = promised(excluded_groups=("Board",), employed_at="result")
    assert outcome(goal, person(1, groups=groups, is_employed=is_employed), score, promises) == said


def test_two_goals_are_two_prizes() -> None:
    goals = (Goal(10, Decimal(50)), Goal(20, Decimal(80)))
    assert won(promised(further=Further(goals=goals)), places(25, 15), person(1), person(2)) == [
        (1, "goal 10", "50"),
        (2, "goal 10", "50"),
        (1, "goal 20", "80"),
    ]


def test_each_contact_earns_up_to_a_cap() -> None:
    further = Further(per_contact=PerContact(Decimal("10.50"), most=30))
    people = [person(1), person(2), person(3), person(4, groups=("Board",))]
    assert won(promised(further=further, excluded_groups=("Board",)), places(45, 30, 2, 9), *people) == [
        (1, "contacts 30", "315.00"),
        (2, "contacts 30", "315.00"),
        (3, "contacts 2", "21.00"),
    ]


def of_all(**contacts: int) -> dict[tuple[str, str], int]:
    """By department, of members of all divisions."""
    return {("", name): count for name, count in contacts.items()}


def team(name: str, first: int, size: int) -> list[Person]:
    return [person(n, name) for n in range(first, first + size)]


DEPARTMENTS = Further(
    departments=(DepartmentPrize(1, Decimal("100.00")), DepartmentPrize(2, Decimal("50.00")))
)


def test_departments_are_compared_by_contacts_for_each_member() -> None:
    people = team("Large", 1, 40) + team("Small", 41, 10) + team("Tiny", 51, 9)
    promises = promised(further=DEPARTMENTS)
    shares = give(promises, [], {p.employee_id: p for p in people}, of_all(Large=100, Small=26, Tiny=900))
    assert {(share.department, share.place, share.shared_by) for share in shares} == {
        ("Small", 1, 10),
        ("Large", 2, 40),
    }
    assert sum(share.net_amount for share in shares if share.place == 1) == Decimal("100.00")
    assert sum(share.net_amount for share in shares if share.place == 2) == Decimal("50.00")


def test_ratios_are_compared_exactly() -> None:
    people = team("A", 1, 30) + team("B", 101, 33)
    shares = give(promised(further=DEPARTMENTS), [], {p.employee_id: p for p in people}, of_all(A=10, B=11))
    assert {share.place for share in shares} == {1}  # 10/30 and 11/33 are equal: they share both prizes
    assert sum(share.net_amount for share in shares) == Decimal("150.00")


def test_equal_departments_all_get_it_when_so_announced() -> None:
    people = team("A", 1, 10) + team("B", 11, 10)
    promises = promised(further=DEPARTMENTS, equals="all")
    shares = give(promises, [], {p.employee_id: p for p in people}, of_all(A=5, B=5))
    assert sum(share.net_amount for share in shares) == Decimal("200.00")


def test_who_cannot_win_counts_as_a_member_and_gets_no_share() -> None:
    people = [*team("A", 1, 9), person(10, "A", groups=("Board",))]
    promises = promised(further=DEPARTMENTS, excluded_groups=("Board",))
    shares = give(promises, [], {p.employee_id: p for p in people}, of_all(A=5))
    assert len(shares) == 9
    assert sum(share.net_amount for share in shares) == Decimal("100.00")


def test_a_department_without_contacts_wins_nothing() -> None:
    people = team("A", 1, 10)
    assert give(promised(further=DEPARTMENTS), [], {p.employee_id: p for p in people}, {}) == []


@pytest.mark.parametrize(
    ("level", "name"),
    [
        (0, "Asia / China / Sales"),
        (1, "Asia"),
        (2, "Asia / China"),
        (3, "Asia / China / Sales"),
        (9, "Asia / China / Sales"),
    ],
)
def test_departments_compete_at_a_level(level: int, name: str) -> None:
    assert competing("Asia / China / Sales", level) == name
    assert competing("", level) == ""


def test_one_prize_each_is_that_of_a_place_else_the_largest() -> None:
    further = Further(
        goals=(Goal(5, Decimal(10)), Goal(10, Decimal(500))), per_contact=PerContact(Decimal(20), 3)
    )
    people = [person(n) for n in (1, 2, 3)]
    assert won(promised("100.00", further=further, per_person="one"), places(12, 11, 6), *people) == [
        (1, "place 1", "100.00"),
        (2, "goal 10", "500"),
        (3, "contacts 3", "60"),
    ]


def test_several_prizes_each_are_all_given() -> None:
    further = Further(goals=(Goal(5, Decimal(10)),))
    assert won(promised("100.00", further=further), places(6), person(1)) == [
        (1, "place 1", "100.00"),
        (1, "goal 5", "10"),
    ]


scores = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 2)), max_size=12).map(
    lambda s: sorted(s, reverse=True)
)
amounts = st.lists(st.decimals("0.01", "1000", places=2), max_size=5)


@given(scores, amounts, st.sampled_from(["conversation days", "none"]), st.integers(0, 3))
def test_shared_prizes_never_cost_more_than_announced(
    found: list[tuple[int, int]], prizes: list[Decimal], tie_break: Any, min_score: int
) -> None:
    promises = promised(*map(str, prizes), tie_break=tie_break, min_score=min_score)
    shares = give(promises, places(*found), None)
    assert sum(share.net_amount for share in shares) <= sum(prizes)
    if min_score == 0 and len(found) >= len(prizes):
        assert sum(share.net_amount for share in shares) == sum(prizes)
    assert len({share.employee_id for share in shares}) == len(shares)


@given(st.decimals(min_value="0.01", max_value="1000000", places=2), st.integers(1, 50))
def test_shares_add_up_and_differ_by_a_cent_at_most(amount: Decimal, people: int) -> None:
    shares = split_evenly(amount, people)
    assert len(shares) == people
    assert sum(shares) == amount
    assert max(shares) - min(shares) <= Decimal("0.01")
