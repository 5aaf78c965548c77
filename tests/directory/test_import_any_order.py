"""Importing is order-free, repeatable and exactly what its dry run said, for any file on any directory."""

from collections import Counter
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.directory.diff import Kind
from apps.directory.models import AccountOwner, DepartmentMembership, Employment
from apps.directory.periods import Days
from apps.directory.records import DirectoryError
from tests.directory.helpers import clear, directory, take_in

pytestmark = pytest.mark.django_db
HEADER = "number,name,department,handle,hired_on,left_on,entity,groups"
DAYS = [date(2026, month, day) for month in (1, 4, 7, 10, 12) for day in (1, 20)]
EFFECTIVE = [date(2025, 1, 1), date(2026, 7, 10), date(2026, 11, 22), date(2027, 1, 1)]
any_directory = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@st.composite
def employments(draw: st.DrawFn) -> list[tuple[date, str]]:
    """One or two employments that do not overlap, the last one perhaps open."""
    count = draw(st.sampled_from([1, 1, 2]))
    days = sorted(draw(st.lists(st.sampled_from(DAYS), min_size=2 * count, max_size=2 * count, unique=True)))
    ends = [str(day) for day in days[1::2]]
    if draw(st.booleans()):
        ends[-1] = ""
    return list(zip(days[::2], ends, strict=True))


@st.composite
def files(draw: st.DrawFn) -> list[str]:
    """Lines that contradict each other at most about the account "desk", which everybody may claim."""
    lines = []
    for number in draw(st.sets(st.sampled_from(["E1", "E2", "e@x"]), min_size=1)):
        name = draw(st.sampled_from(["", "Li Na", "Bo"]))
        for hired_on, left_on in draw(employments()):
            department = draw(st.sampled_from(["", "Sales", "Sales / East", "Lab"]))
            entity = draw(st.sampled_from(["", "One", "Two"]))
            groups = draw(st.sampled_from(["", "pilots", "pilots;sales force"]))
            handles = draw(st.sets(st.sampled_from(["", f"{number}-a", f"{number}-b", "desk"]), min_size=1))
            lines += [
                f"{number},{name},{department},{handle},{hired_on},{left_on},{entity},{groups}"
                for handle in sorted(handles)
            ]
    return lines


def try_to_take_in(lines: list[str], effective: date) -> bool:
    try:
        take_in(*lines, header=HEADER, effective=effective)
    except DirectoryError:
        return False
    return True


@any_directory
@given(files(), files(), st.sampled_from(EFFECTIVE), st.randoms(use_true_random=False))
def test_in_any_order_and_twice_is_the_same(
    earlier: list[str], lines: list[str], effective: date, random: Any
) -> None:
    clear()
    try_to_take_in(earlier, effective)
    accepted = try_to_take_in(lines, effective)
    once = directory()
    assert try_to_take_in(lines, effective) is accepted
    assert directory() == once

    clear()
    try_to_take_in(earlier, effective)
    shuffled = random.sample(lines, len(lines))
    assert try_to_take_in(shuffled, effective) is accepted
    assert directory() == once


@any_directory
@given(files(), files(), st.sampled_from(EFFECTIVE))
def test_the_dry_run_says_what_the_real_run_does(
    earlier: list[str], lines: list[str], effective: date
) -> None:
    clear()
    try_to_take_in(earlier, effective)
    before = directory()
    try:
        said = take_in(*lines, header=HEADER, effective=effective, dry_run=True)
    except DirectoryError:
        assert not try_to_take_in(lines, effective)
        assert directory() == before
        return
    assert directory() == before
    done = take_in(*lines, header=HEADER, effective=effective)
    assert list(done.report()) == list(said.report())
    assert bool(said.counts()) == (directory() != before)
    assert_counts_are_true(Counter(said.counts()), before, directory())


def assert_counts_are_true(counts: Counter[str], before: dict[str, Any], after: dict[str, Any]) -> None:
    """The counts of the diff, told again from what the tables held before and hold after."""
    for kind, table in (
        (Kind.DEPARTMENTS, "departments"),
        (Kind.ENTITIES, "entities"),
        (Kind.GROUPS, "groups"),
    ):
        assert counts[kind.name.lower()] == len(after[table]) - len(before[table])
    old, new = dict(before["employees"]), dict(after["employees"])
    assert counts["hired"] == len(new.keys() - old.keys())
    assert counts["renamed"] == sum(old[number] != new[number] for number in old)
    assert counts["account"] == len(
        {row[0::3] for row in set(before["AccountOwner"]) ^ set(after["AccountOwner"])}
    )
    held, holds = set(before["Employment"]), set(after["Employment"])
    assert counts["hired"] + counts["rehired"] + counts["corrected"] == len(holds - held)


@any_directory
@given(files(), files(), st.sampled_from(EFFECTIVE))
def test_whatever_is_held_lies_within_an_employment(
    earlier: list[str], lines: list[str], effective: date
) -> None:
    clear()
    try_to_take_in(earlier, effective)
    try_to_take_in(lines, effective)
    employed = [
        (employee, Days.stored(*days))
        for employee, *days in Employment.objects.values_list("employee", "starts_on", "ends_on")
    ]
    for model in (AccountOwner, DepartmentMembership):
        for employee, *days in model.objects.values_list("employee", "starts_on", "ends_on"):
            held = Days.stored(*days)
            assert any(whose == employee and days.common(held) == held for whose, days in employed)
