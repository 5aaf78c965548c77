"""How many contacts are confirmed, and which: the table of the notes, and the promise behind it."""

import hashlib
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.integrity.sampling import drawing_order, sample_size

# (contacts counted, margin to the next): contacts to confirm
TABLE = {
    (300, 5): 135,
    (300, 10): 77,
    (300, 20): 41,
    (300, 50): 16,
    (900, 5): 405,
    (900, 10): 232,
    (900, 20): 124,
    (900, 50): 51,
    (900, 100): 26,
    (2000, 10): 517,
    (2000, 20): 277,
    (2000, 50): 115,
    (2000, 100): 58,
    (900, 1): 855,
}


@pytest.mark.parametrize(("population", "margin"), TABLE)
def test_the_size_is_that_of_the_table(population: int, margin: int) -> None:
    assert sample_size(population, margin) == TABLE[population, margin]


def escape(population: int, fakes: int, drawn: int) -> Fraction:
    """The chance that none of the fakes is among those drawn."""
    return Fraction(comb(population - fakes, drawn), comb(population, drawn))


@given(st.integers(1, 400), st.integers(1, 400))
def test_a_wrong_result_escapes_with_five_percent_at_most_and_no_smaller_sample_would_do(
    population: int, margin: int
) -> None:
    drawn, fakes = sample_size(population, margin), min(population, margin)
    assert 1 <= drawn <= population
    assert escape(population, fakes, drawn) <= Fraction(5, 100)
    assert drawn == 1 or escape(population, fakes, drawn - 1) > Fraction(5, 100)


def test_the_draw_is_repeatable_by_hand_and_another_for_each_result_and_winner() -> None:
    contacts = list(range(-50, 50))
    order = drawing_order("ab" * 32, "E1", contacts)
    assert sorted(order) == contacts
    assert order == drawing_order("ab" * 32, "E1", reversed(contacts))
    assert order[0] == min(
        contacts, key=lambda c: hashlib.sha256(f"{'ab' * 32}\nE1\n{c}".encode()).hexdigest()
    )
    assert order != drawing_order("cd" * 32, "E1", contacts)
    assert order != drawing_order("ab" * 32, "E2", contacts)
