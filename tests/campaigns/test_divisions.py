"""What a campaign says of its divisions, and what it may not say."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.utils import translation

from apps.audit.models import Entry
from apps.campaigns.announcement import Announcement, PrizeLine
from apps.campaigns.divisions import Division, by_division, divisions_of
from apps.campaigns.models import Campaign
from apps.campaigns.problems import CampaignIsFixed, InvalidCampaign
from apps.campaigns.services import announce
from apps.campaigns.sheet_words import sections
from tests.campaigns.helpers import DATES, apply
from tests.divisions import PRIZES, REST, SALES
from tests.factories import DEADLINE, START, make_department

pytestmark = pytest.mark.django_db
NOW = START - timedelta(days=30)
DIVIDED = Announcement(
    slug="year-end", starts_at=START, deadline=DEADLINE, prizes=PRIZES, divisions=(SALES, REST)
)


@pytest.fixture(autouse=True)
def _sales() -> None:
    make_department("Sales")


def announced(announcement: Announcement = DIVIDED, now: Any = NOW) -> Campaign:
    return announce(announcement, actor="hr", now=now).campaign


def prizes(*of: str) -> tuple[PrizeLine, ...]:
    return tuple(PrizeLine(n, Decimal(100), "CNY", division=key) for n, key in enumerate(of, start=1))


@pytest.mark.parametrize(
    ("changed", "key", "said"),
    [
        ({"divisions": (REST,), "prizes": ()}, "divisions", "from 2 to 20"),
        ({"divisions": (replace(SALES, key="Sales!"), REST), "prizes": ()}, "divisions.key", "is no key"),
        ({"divisions": (SALES, replace(REST, key="sales")), "prizes": ()}, "divisions.key", "two divisions"),
        ({"divisions": (replace(SALES, name={}), REST)}, "divisions.name", "has no name"),
        ({"divisions": (SALES, Division("idle", {"en": "Idle"}), REST)}, "divisions", '"idle" names nobody'),
        ({"divisions": (replace(SALES, departments=("Salse",)), REST)}, "divisions.departments", '"Sales"'),
        ({"divisions": (SALES, replace(REST, departments=("Sales",)))}, "divisions", "the last division"),
        ({"prizes": prizes("")}, "prizes.division", "names no division; name one of: sales, rest"),
        ({"prizes": prizes("north")}, "prizes.division", 'the division "north", which there is not'),
        ({"divisions": (), "prizes": prizes("sales")}, "prizes.division", "the campaign has no divisions"),
        ({"prizes": prizes("sales")[:1] * 2}, "prizes.place", "place 1 has more than one prize"),
    ],
)
def test_a_wrong_announcement_is_told_why(changed: dict[str, Any], key: str, said: str) -> None:
    with pytest.raises(InvalidCampaign) as refused:
        announced(replace(DIVIDED, **changed))
    assert [problem.key for problem in refused.value.problems] == [key]
    assert said in str(refused.value)


def test_the_same_place_may_have_a_prize_in_each_division() -> None:
    assert [str(prize) for prize in announced().prizes.order_by("division", "place")] == [
        "rest 1: 100.00 CNY",
        "sales 1: 1,000.00 CNY",
        "sales 2: 500.00 CNY",
    ]


def test_the_same_divisions_again_change_nothing_and_others_are_a_change_in_the_log() -> None:
    announced()
    assert not announce(DIVIDED, actor="hr", now=NOW).changed
    renamed = replace(SALES, name={"en": "Sellers"})
    outcome = announce(replace(DIVIDED, divisions=(renamed, REST)), actor="hr", now=NOW)
    assert [change.key for change in outcome.changes] == ["divisions"]
    logged = Entry.objects.filter(action="campaign changed").latest("pk").details["changes"]["divisions"]
    assert [[each["name"]["en"] for each in divisions] for divisions in logged] == [
        ["Sales", "Everybody else"],
        ["Sellers", "Everybody else"],
    ]


def test_divisions_may_be_given_up_before_the_start() -> None:
    announced()
    outcome = announce(replace(DIVIDED, divisions=(), prizes=prizes("")), actor="hr", now=NOW)
    assert {change.key for change in outcome.changes} == {"prizes", "divisions"}
    assert outcome.campaign.divisions == []


def test_a_campaign_without_divisions_says_nothing_of_them() -> None:
    announced(replace(DIVIDED, divisions=(), prizes=prizes("")))
    assert "divisions" not in Entry.objects.get(action="campaign created").details["changes"]


def test_divisions_stay_once_the_campaign_has_begun() -> None:
    announced()
    with pytest.raises(CampaignIsFixed, match="divisions cannot change"):
        announced(replace(DIVIDED, divisions=(replace(SALES, name={"en": "Sellers"}), REST)), now=START)


def test_the_rules_sheet_says_who_belongs_where_and_what_each_division_wins() -> None:
    said = [sentence for section in sections(announced()) for sentence in section.sentences]
    for sentence in (
        "Sales: whoever belongs to Sales.",
        "Everybody else: everybody else who takes part.",
        "Whoever fits several divisions competes in the first of them.",
        "The last day counted decides who belongs where; until then whoever moves changes the division at once "
        "and keeps all contacts.",
        "Sales, Place 1: 1,000 CNY after tax.",
        "Everybody else, Place 1: 100 CNY after tax.",
    ):
        assert sentence in said
    order = [sentence.split(",")[0] for sentence in said if "Place " in sentence]
    assert order == ["Sales", "Sales", "Everybody else"]


def test_the_rules_sheet_names_divisions_in_chinese() -> None:
    with translation.override("zh-hans"):
        said = [sentence for section in sections(announced()) for sentence in section.sentences]
    assert "销售：属于Sales的员工。" in said
    assert "其他同事：第 1 名：100 元（税后）。" in said


FILE = (
    DATES
    + """\
[[divisions]]
key = "sales"
departments = ["Sales"]
name = { en = "Sales", zh-hans = "销售" }
[[divisions]]
key = "rest"
[divisions.name]
en = "Everybody else"
zh-hans = "其他同事"
[[prizes]]
division = "sales"
place = 1
net_amount = "1000.00"
[[prizes]]
division = "rest"
place = 1
net_amount = "100.00"
"""
)


def test_a_file_announces_divisions_and_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    out, _err = apply(tmp_path, FILE)
    campaign = Campaign.objects.get()
    assert divisions_of(campaign) == (SALES, REST)
    assert [str(prize) for prize in by_division(campaign.prizes.all(), campaign)] == [
        "sales 1: 1,000.00 CNY",
        "rest 1: 100.00 CNY",
    ]
    assert "divisions: sales: Sales, rest: everybody else" in out
    assert "Sales: whoever belongs to Sales." in out
    assert apply(tmp_path, FILE)[0].startswith("Nothing to change")


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ('key = "rest"\n', "", 'divisions[2].key: it is missing; write key = "sales".'),
        ('key = "rest"', "key = 5", "divisions[2].key: 5 is no text"),
        ("departments =", "department =", "divisions[1].department: there is no such key; did you mean"),
        ('["Sales"]', '["Slaes"]', 'divisions.departments: "Slaes" is not in the directory'),
        ('division = "rest"', 'division = "north"', 'place 1 names the division "north", which there is not'),
        ('division = "rest"\n', "", "the prize of place 1 names no division; name one of: sales, rest."),
        ('en = "Everybody else"', 'fr = "Les autres"', "divisions[2].name.fr: there is no such key"),
        ("[[divisions]]\nkey", "[divisions]\nkey", "is not TOML"),
    ],
)
def test_a_wrong_file_is_told_where(tmp_path: Path, good: str, bad: str, said: str) -> None:
    with pytest.raises(CommandError) as refused:
        apply(tmp_path, FILE.replace(good, bad, 1))
    assert said in str(refused.value)
    assert not Campaign.objects.exists()
