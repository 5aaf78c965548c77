"""What is previewed is what a version would say, although a preview counts only those whom a decision concerns."""

from typing import Any

import pytest
from hypothesis import given

from apps.activity.fields import DAYS_REMEMBERED
from apps.integrity.differences import difference, preview
from apps.ranking.corrections import NOT_COUNTED, employees_of
from apps.ranking.models import FixedTie
from apps.ranking.sealing import seal
from tests.integrity.stories import contest, friend
from tests.integrity.test_corrections import fixed_inputs, make_settling_campaign, put
from tests.ranking.in_database import rolled_back
from tests.ranking.worlds import NOW, examples

pytestmark = pytest.mark.django_db


def test_every_preview_is_what_the_next_version_says() -> None:
    campaign = make_settling_campaign()
    of_few = 0

    @examples(300)
    @given(fixed_inputs())
    def check(given_input: dict[str, Any]) -> None:
        nonlocal of_few
        decided: list[dict[str, Any]] = given_input["corrections"]
        with rolled_back():
            put(campaign, given_input)
            before = seal(campaign, now=NOW, cutoff=NOW)
            for after_that in (decided[:-1], decided, decided[1:]):  # one more decision, and one undone
                previewed = preview(before, after_that)
                after = seal(campaign, now=NOW, cutoff=NOW, corrections=after_that)
                assert previewed == difference(before.run, after.run)
                before = after
            of_few += bool(previewed.moves and employees_of(campaign, decided[:1]))

    check()
    assert of_few > 20  # or every preview drawn here would have counted everybody


def test_a_decision_about_one_reads_the_ties_of_one() -> None:
    it = contest([5, 3, 2])
    FixedTie.objects.exclude(employee=it.employees[1]).update(received="0" * DAYS_REMEMBERED)
    about_one = {"kind": NOT_COUNTED, "employee": "E2", "contacts": [str(friend(it.employees[1]))]}
    about_all = about_one | {"employee": None}
    assert [(move.number, move.contacts_after) for move in preview(it.result, [about_one]).moves] == [
        ("E2", 2),
        ("E3", 2),
    ]
    assert [(move.number, move.contacts_after) for move in preview(it.result, [about_all]).moves] == [
        ("E1", None),
        ("E2", 2),
        ("E3", None),
    ]
