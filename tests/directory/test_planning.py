"""What a record becomes, for any file said of any record: no database."""

from datetime import date
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.directory.diff import as_in_files, person_lines
from apps.directory.parsing import read_lines
from apps.directory.planning import stated_record
from apps.directory.records import Record, Row, Stated, Table
from apps.directory.statements import stated_people
from tests.directory.files import EFFECTIVE, HEADER, files
from tests.directory.helpers import csv

ALONE = {Table.EMPLOYMENT, Table.DEPARTMENT, Table.ENTITY}  # one value a day; else each value once a day
DIRECTORIES = st.lists(st.tuples(files(("E1",)), st.sampled_from(EFFECTIVE)), min_size=1, max_size=4)


def stated(lines: list[str]) -> Stated:
    people, problems = stated_people(read_lines(csv(*lines, header=HEADER), "im")[0])
    assert problems == []
    return people["E1"]


def records(said: list[tuple[list[str], date]]) -> list[Record]:
    """The record after each of the files."""
    result: list[Record] = []
    for lines, effective in said:
        result.append(stated_record(result[-1] if result else None, stated(lines), effective))
    return result


@settings(deadline=None)
@given(DIRECTORIES)
def test_whatever_is_held_lies_within_one_employment(said: list[tuple[list[str], date]]) -> None:
    record = records(said)[-1]
    for rows in record.rows.values():
        for row in rows:
            assert any(employment.common(row.days) == row.days for employment in record.employments())


@settings(deadline=None)
@given(DIRECTORIES)
def test_nothing_is_held_twice_on_one_day(said: list[tuple[list[str], date]]) -> None:
    for table, rows in records(said)[-1].rows.items():
        for value in {"" if table in ALONE else row.value for row in rows}:
            of_value: list[Row] = [row for row in rows if value in {"", row.value}]
            assert not any(first.days.overlap(second.days) for first, second in pairwise(of_value))


@settings(deadline=None)
@given(DIRECTORIES)
def test_saying_it_again_changes_nothing(said: list[tuple[list[str], date]]) -> None:
    once = records(said)[-1]
    lines, effective = said[-1]
    assert stated_record(once, stated(lines), effective) == once


@settings(deadline=None)
@given(DIRECTORIES)
def test_the_stated_employments_are_held_and_those_apart_from_them_stay(
    said: list[tuple[list[str], date]],
) -> None:
    before, after = ([None, *records(said)])[-2:]
    now = {employment.days for employment in stated(said[-1][0]).employments}
    apart = {days for days in (before.employments() if before else []) if not any(map(days.overlap, now))}
    assert after is not None
    assert set(after.employments()) == now | apart


@settings(deadline=None)
@given(DIRECTORIES)
def test_every_change_has_a_line_and_every_line_a_change(said: list[tuple[list[str], date]]) -> None:
    before, after = ([None, *records(said)])[-2:]
    assert after is not None
    lines = [words(as_in_files) for _kind, words in person_lines(before, after)]
    assert bool(lines) == (before != after)
    assert len(set(lines)) == len(lines)
