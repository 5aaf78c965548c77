"""Prizes for goals, contacts and departments, and how prizes are given: from the file to words."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.utils import translation

from apps.campaigns.announcement import Announcement
from apps.campaigns.further import Awarding, DepartmentPrize, Further, Goal, PerContact
from apps.campaigns.models import Campaign
from apps.campaigns.prize_words import prize_sentences
from apps.directory.models import Group
from tests.campaigns.helpers import DATES, GOOD, apply
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db

EVERYTHING = (
    DATES
    + """\
[[prizes]]
place = 1
net_amount = "100000.00"
min_score = 50
[[goals]]
contacts = 100
net_amount = "500.00"
exempt_groups = ["Back office"]
[[goals]]
contacts = 200
net_amount = "1500.00"
pro_rata = false
[per_contact]
net_amount = "10.00"
most = 50
[[department_prizes]]
place = 1
net_amount = "20000.00"
[awarding]
tie_break = "none"
equals = "all"
per_person = "one"
employed_at = "result"
excluded_groups = ["Board"]
department_level = 1
department_members = 12
"""
)
FURTHER = Further(
    goals=(
        Goal(100, Decimal("500.00"), exempt_groups=("Back office",)),
        Goal(200, Decimal("1500.00"), pro_rata=False),
    ),
    per_contact=PerContact(Decimal("10.00"), 50),
    departments=(DepartmentPrize(1, Decimal("20000.00")),),
)
AWARDING = Awarding(
    tie_break="none",
    equals="all",
    per_person="one",
    employed_at="result",
    excluded_groups=("Board",),
    department_level=1,
    department_members=12,
)


@pytest.fixture
def _groups() -> None:
    for name in ("Board", "Back office"):
        Group.objects.create(name=name)


@pytest.mark.usefixtures("_groups")
def test_every_form_of_prize_is_announced_by_a_file(tmp_path: Path) -> None:
    out, _ = apply(tmp_path, EVERYTHING)
    campaign = Campaign.objects.get()
    assert Further.of(campaign.further) == FURTHER
    assert Awarding.of(campaign.awarding) == AWARDING
    assert campaign.prizes.get().min_score == 50
    said = out.splitlines()
    assert "  prizes: 1: 100000.00 CNY >= 50" in said
    assert "  goals: 100: 500.00 CNY, pro rata, without Back office, 200: 1500.00 CNY, in full" in said
    assert "  per_contact: 10.00 CNY, 50 at most" in said
    assert "  department_prizes: 1: 20000.00 CNY" in said
    assert "  awarding.equals: all" in said


@pytest.mark.usefixtures("_groups")
def test_the_same_file_again_changes_nothing_and_a_changed_one_that_alone(tmp_path: Path) -> None:
    apply(tmp_path, EVERYTHING)
    assert apply(tmp_path, EVERYTHING)[0].startswith("Nothing to change")
    out, _ = apply(
        tmp_path, EVERYTHING.replace('"500.00"', '"501.00"').replace('equals = "all"', 'equals = "share"')
    )
    assert [line for line in out.splitlines() if line.startswith("  ")] == [
        "  goals: 100: 500.00 CNY, pro rata, without Back office, 200: 1500.00 CNY, in full -> "
        "100: 501.00 CNY, pro rata, without Back office, 200: 1500.00 CNY, in full",
        "  awarding.equals: all -> share",
    ]


def test_a_file_that_names_none_of_it_is_as_it_always_was(tmp_path: Path) -> None:
    apply(tmp_path, GOOD)
    campaign = Campaign.objects.get()
    assert (campaign.further, campaign.awarding) == ({}, {})
    assert prize_sentences(campaign) == []
    assert Announcement.of(campaign).awarding == Awarding()


def test_what_is_kept_comes_back() -> None:
    assert Further.of(FURTHER.as_json()) == FURTHER
    assert Awarding.of(AWARDING.as_json()) == AWARDING
    assert (Further().as_json(), Awarding().as_json()) == ({}, {})
    assert Further.of({}) == Further()


WRONG = {
    "goal without contacts": (
        '[[goals]]\nnet_amount = "1"',
        "goals[1].contacts: it is missing; write contacts = 100.",
    ),
    "goal without amount": ("[[goals]]\ncontacts = 1", "goals[1].net_amount: nothing is no amount"),
    "goal of nothing": (
        '[[goals]]\ncontacts = 0\nnet_amount = "1"',
        "goals.contacts: 0 is out of range; give a whole number from 1 to 1000000.",
    ),
    "goal twice": (
        '[[goals]]\ncontacts = 5\nnet_amount = "1"\n[[goals]]\ncontacts = 5\nnet_amount = "2"',
        "goals.contacts: the goal of 5 has more than one prize; keep one of them.",
    ),
    "goal of no money": (
        '[[goals]]\ncontacts = 5\nnet_amount = "0.00"',
        'goals.net_amount: 0.00 is no prize; give more than 0 with at most 2 decimals, such as "500.00".',
    ),
    "unknown group": (
        '[[goals]]\ncontacts = 5\nnet_amount = "1"\nexempt_groups = ["Bakc office"]',
        'goals.exempt_groups: "Bakc office" is not in the directory; did you mean "Back office"?',
    ),
    "unknown excluded group": (
        '[awarding]\nexcluded_groups = ["Moon"]',
        'awarding.excluded_groups: "Moon" is not in the directory; import it first or correct the name.',
    ),
    "no cap": ('[per_contact]\nnet_amount = "10"', "per_contact.most: it is missing; write most = 50."),
    "cap of nothing": (
        '[per_contact]\nnet_amount = "10"\nmost = 0',
        "per_contact.most: 0 is out of range; give a whole number from 1 to 1000000.",
    ),
    "too much": (
        '[per_contact]\nnet_amount = "999999999999.99"\nmost = 2',
        "per_contact.most: so many contacts at that amount are no prize; give less.",
    ),
    "not one currency": (
        '[[prizes]]\nplace = 1\nnet_amount = "1"\n[per_contact]\nnet_amount = "1"\nmost = 2\ncurrency = "EUR"',
        "prizes.currency: equals share their prizes, so all prizes need one currency; choose one.",
    ),
    "no currency": (
        '[per_contact]\nnet_amount = "1"\nmost = 2\ncurrency = "yuan"',
        'per_contact.currency: "yuan" is no currency; give the three capital letters of ISO 4217, such as CNY.',
    ),
    "department twice": (
        '[[department_prizes]]\nplace = 1\nnet_amount = "1"\n[[department_prizes]]\nplace = 1\nnet_amount = "2"',
        "department_prizes.place: place 1 has more than one prize; keep one of them.",
    ),
    "small departments": (
        "[awarding]\ndepartment_members = 9",
        "awarding.department_members: 9 is out of range; give a whole number from 10 to 1000000.",
    ),
    "deep departments": (
        "[awarding]\ndepartment_level = 21",
        "awarding.department_level: 21 is out of range; give a whole number from 0 to 20.",
    ),
    "unknown word": (
        '[awarding]\nequals = "split"',
        'awarding.equals: "split" is not known here; write equals = "share" or "all".',
    ),
    "unknown key": ("[awarding]\nequal = 1", "awarding.equal: there is no such key; did you mean equals?"),
    "minimum below nothing": (
        '[[prizes]]\nplace = 1\nnet_amount = "1"\nmin_score = -1',
        "prizes.min_score: -1 is out of range; give a whole number from 0 to 1000000.",
    ),
}


@pytest.mark.usefixtures("_groups")
@pytest.mark.parametrize("mistake", WRONG)
def test_a_wrong_file_is_refused_with_key_and_remedy(mistake: str, tmp_path: Path) -> None:
    text, why = WRONG[mistake]
    with pytest.raises(CommandError) as refusal:
        apply(tmp_path, DATES + text + "\n")
    assert f"campaign.toml: {why}" in str(refusal.value)
    assert not Campaign.objects.exists()


def test_everything_in_words() -> None:
    campaign = make_campaign(further=FURTHER.as_json(), awarding=AWARDING.as_json())
    assert prize_sentences(campaign) == [
        "Everybody with at least 100 active contacts at the deadline gets 500 CNY after tax.",
        "Who joined the company during the campaign needs the share that belongs to their days, rounded up.",
        "Exempt from that goal: Back office.",
        "Everybody with at least 200 active contacts at the deadline gets 1,500 CNY after tax.",
        "Each active contact at the deadline earns 10 CNY after tax, for up to 50 contacts.",
        "The department in place 1 gets 20,000 CNY after tax.",
        "Departments are compared by the different people their members have as active contacts, divided by the "
        "members who take part at the deadline; with fewer than 12 of them a department does not compete. "
        "They share the prize equally.",
        "Nothing tells people with the same number of active contacts apart.",
        "Equals at a place all get its prize, and the places after it stay empty.",
        "Nobody gets more than one prize: whoever wins a place has that, everybody else the largest they reached.",
        "Who has left the company before the result is sealed gets no prize; the next in line does.",
        "These take part and win nothing, so that the next in line does: Board.",
    ]


def test_the_same_in_chinese() -> None:
    campaign = make_campaign(further=FURTHER.as_json(), awarding=AWARDING.as_json())
    english = prize_sentences(campaign)
    with translation.override("zh-hans"):
        chinese = prize_sentences(campaign)
    assert len(chinese) == len(english)
    assert not set(chinese) & set(english)
    assert chinese[0] == "截止时有至少 100 名活跃联系人的每位员工获得 500 元（税后）。"
