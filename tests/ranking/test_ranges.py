"""Ranges of employees: together everybody, each with about as many ties as the others."""

import random

import pytest
from django.db import connection

from apps.ranking.ranges import EVERYBODY, Range, cut, estimated_ties

pytestmark = pytest.mark.django_db

IDS = range(1, 2001)


def make_ties(ties_of: dict[int, int]) -> None:
    """That many ties for each employee's id, in no order."""
    pairs = [(employee, contact) for employee, ties in ties_of.items() for contact in range(ties)]
    random.Random(1).shuffle(pairs)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO activity_tie (employee_id, contact_id, first_date, anchor, recent_sent, recent_received) "
            "SELECT employee, contact, '2026-01-01', '2026-01-01', 1, 1 "
            "FROM unnest(%s::int[], %s::int[]) AS pair (employee, contact)",
            [list(column) for column in zip(*pairs, strict=True)],
        )
        cursor.execute("ANALYZE activity_tie")


def members(ranges: list[Range], ids: range = IDS) -> list[set[int]]:
    with connection.cursor() as cursor:
        found = []
        for each in ranges:
            cursor.execute(
                f"SELECT id FROM unnest(%s::int[]) AS employee (id) WHERE {each.holds('employee.id')}",
                [list(ids)],
            )
            found.append({row[0] for row in cursor.fetchall()})
    return found


@pytest.mark.parametrize("parts", [1, 2, 7, 64])
def test_everybody_is_in_one_range(parts: int) -> None:
    make_ties(dict.fromkeys(IDS, 5))
    ranges = cut(parts)
    assert len(ranges) == parts
    found = members(ranges, range(-5, 3000))
    assert sum(map(len, found)) == 3005
    assert set().union(*found) == set(range(-5, 3000))


def test_ranges_have_as_many_ties_where_employees_have_not() -> None:
    ties_of = {employee: 1 + employee**2 // 40_000 for employee in IDS}
    make_ties(ties_of)
    ranges = cut(8)
    even = sum(ties_of.values()) / 8
    shares = [sum(ties_of[employee] for employee in found) / even for found in members(ranges)]
    assert len(ranges) == 8
    assert all(0.8 < share < 1.2 for share in shares), shares


def test_an_employee_with_half_the_ties_is_not_cut() -> None:
    make_ties({1: 5, 2: 1000, 3: 5, 4: 900})
    assert cut(4) == [Range(None, 3), Range(3, None)]


def test_without_ties_there_is_one_range() -> None:
    assert cut(8) == [EVERYBODY]


def test_ties_are_counted_by_the_size_of_their_table() -> None:
    make_ties(dict.fromkeys(IDS, 20))
    assert estimated_ties() == pytest.approx(40_000, rel=0.05)
