"""Importing is order-free, repeatable and exactly what its dry run said, for any file on any directory."""

from collections import Counter
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.directory.kinds import Kind
from apps.directory.records import DirectoryError
from tests.directory.files import EFFECTIVE, HEADER, files
from tests.directory.helpers import clear, directory, take_in

pytestmark = pytest.mark.django_db
any_directory = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


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
