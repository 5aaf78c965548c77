"""The verifier draws the winners' checks again, and finds whoever was spared though the log agrees."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.awards.evidence.exporting import EvidenceRefused
from apps.awards.prizes import drawn
from apps.campaigns.announcement import PrizeLine
from apps.campaigns.further import Awarding, DepartmentPrize, Further, Goal, PerContact
from apps.integrity import checks, prize_ranks, sampling
from apps.integrity.bundle.reviews import sample_size
from apps.integrity.models import CheckItem, Decision, Tick
from tests.divisions import PRIZES, REST, SALES
from tests.integrity.bundle import stories
from tests.integrity.bundle.stories import announced_contest, decide, export, final_contest, first_wrong, key
from tests.integrity.bundle.test_bundle import rows
from tests.integrity.ready import make_ready
from tests.integrity.stories import IN_TIME, OBJECTIONS_END, Contest, decider, friend
from tests.ranking.worlds import examples

pytestmark = pytest.mark.django_db


@examples(200)
@given(st.integers(0, 400), st.integers(1, 450))
def test_both_draw_equally_many(population: int, margin: int) -> None:
    assert sample_size(population, margin) == sampling.sample_size(population, margin)


def made_final(it: Contest) -> Contest:
    stories.tick(now=OBJECTIONS_END)
    make_ready(it.campaign, now=OBJECTIONS_END)
    for name in stories.APPROVERS:
        stories.approve(it.result, stories.User.objects.get(username=name), now=OBJECTIONS_END)
    it.campaign.refresh_from_db()
    assert it.campaign.state == "final"
    return it


def prize(place: int, least: int = 0) -> PrizeLine:
    return PrizeLine(place, Decimal("100.00"), "CNY", min_score=least)


FURTHER = Further(
    goals=(Goal(2, Decimal("5.00")), Goal(3, Decimal("6.00"))),
    per_contact=PerContact(Decimal("1.00"), most=2),
    departments=(DepartmentPrize(1, Decimal("9.00")),),
)
CONTESTS: dict[str, dict[str, Any]] = {
    "one far ahead": {"scores": (30, 4, 2)},
    "equals": {"scores": (5, 5, 4, 4, 1)},
    "a least score": {"scores": (9, 3), "prizes": (prize(1, 8), prize(2))},
    "alone": {"scores": (7,), "prizes": (prize(1),)},
    "divisions": {
        "scores": (9, 4, 3, 6, 4, 0),
        "prizes": PRIZES,
        "departments": ("Sales", "Sales", "Sales", "Law", "Law", "Law"),
        "divisions": (SALES, REST),
    },
    "further prizes": {"scores": (6, 4, 3, 2, 2, 1, *[0] * 6), "prizes": (prize(1),), "further": FURTHER},
    "one prize each": {
        "scores": (6, 4, 3, 2, 2, 1, *[0] * 6),
        "further": FURTHER,
        "awarding": Awarding(per_person="one"),
    },
    "many by lot": {"scores": (2,) * 16, "prizes": (), "further": Further(goals=(Goal(1, Decimal("5.00")),))},
}


@pytest.mark.parametrize("which", CONTESTS)
def test_both_check_the_same_people_by_the_same_margins(which: str, tmp_path: Path) -> None:
    it = made_final(announced_contest(**CONTESTS[which]))
    bundle = export(it, tmp_path, key(tmp_path))
    assert first_wrong(bundle) == ""
    assert len(rows(bundle, "checks.ndjson")) == len(prize_ranks.stakes(it.result)) > 0


def test_a_full_check_and_accounts_of_one_person_are_drawn_again(tmp_path: Path) -> None:
    it = announced_contest((9, 4))
    winner = it.employees[0]
    decide(it, kind=Decision.Kind.ONE_PERSON, contacts=frozenset({friend(winner, 0), friend(winner, 1)}))
    stories.tick(now=IN_TIME)
    fake = CheckItem.objects.filter(owner__result=it.result, owner__employee=winner).order_by("position")[0]
    checks.tick(fake, Tick.How.FAKE, reviewer=decider(), now=IN_TIME)
    decide(it, kind=Decision.Kind.NOT_COUNTED, employee=winner, contacts=frozenset({fake.contact_id}))
    bundle = export(made_final(it), tmp_path, key(tmp_path))
    assert first_wrong(bundle) == ""
    checked = [(r["version"], r["employee"], r["full"]) for r in rows(bundle, "checks.ndjson")]
    assert {(2, "E1", True), (3, "E1", True)} <= set(checked)


def half(size: int) -> int:
    return max(1, size // 2)


# What the program, or who runs it, would do to spare a friend, all of it logged: how verify.py names it
SPARED: dict[str, tuple[Any, str, Any, str]] = {
    "fewer contacts": (
        checks,
        "sample_size",
        lambda real: lambda population, margin: half(real(population, margin)),
        "contacts were drawn",
    ),
    "chosen contacts": (
        checks,
        "drawing_order",
        lambda _real: lambda _sha256, _number, contacts: sorted(contacts),
        "these are not the contacts that the sealed hash draws",
    ),
    "a larger margin": (
        prize_ranks,
        "_margin",
        lambda real: lambda key, keys: real(key, keys) + 1,
        "the margin of E",
    ),
    "nobody of the recipients": (
        drawn,
        "sample_size",
        lambda _real: lambda _population, _margin: 0,
        "the margin of E",
    ),
    "reviewed by one": (
        checks,
        "REVIEWERS_NEEDED",
        lambda _real: 0,
        "is not confirmed by two",
    ),
}


@pytest.mark.parametrize("how", SPARED)
def test_who_was_spared_is_found_though_the_log_agrees(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, name, changed, why = SPARED[how]
    monkeypatch.setattr(module, name, changed(getattr(module, name)))
    if how == "reviewed by one":
        monkeypatch.setattr("tests.integrity.ready.REVIEWERS", 1)
    further = Further(goals=(Goal(3, Decimal("5.00")),))
    it = made_final(announced_contest((9, 5, 3, 3), prizes=(prize(1),), further=further))
    with pytest.raises(EvidenceRefused, match=why):
        export(it, tmp_path, key(tmp_path))


def test_a_final_result_lists_every_contact_as_named_and_confirmed_by_two(tmp_path: Path) -> None:
    bundle = export(final_contest(), tmp_path, key(tmp_path))
    last = [row for row in rows(bundle, "checks.ndjson") if row["version"] == 6]
    assert {row["employee"] for row in last} == {"E1", "E2"}
    for row in last:
        for _contact, is_named, ticks in row["contacts"]:
            assert is_named
            assert [how for _reviewer, how in ticks] == ["met", "met"]
            assert len({reviewer for reviewer, _how in ticks}) == 2
