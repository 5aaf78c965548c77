"""What employees were told is kept word for word, in every language, with a hash that anybody can compute."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils.translation import override

from apps.audit.models import Entry
from apps.campaigns import lifecycle
from apps.campaigns.announcement import Announcement, PrizeLine
from apps.campaigns.further import Awarding, Further, Goal
from apps.campaigns.models import Campaign, RulesSheet
from apps.campaigns.rules_sheet import hash_of, in_every_language, keep_sheet, sections_of
from apps.campaigns.services import announce
from apps.directory.models import Group
from tests.campaigns.helpers import GOOD, NOW, apply
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db
CONTACT = "HR service desk, hr@company.example"


def announced(folder: Path, text: str = GOOD, *options: str) -> Campaign:
    apply(folder, text, *options)
    return Campaign.objects.get()


def said(campaign: Campaign, language: str = "en") -> dict[str, str]:
    """Section by section."""
    return {title: " ".join(sentences) for title, sentences in in_every_language(campaign)[language]}


def test_announcing_keeps_a_sheet_and_its_hash_is_in_the_audit_log(tmp_path: Path) -> None:
    sheet = announced(tmp_path).rules_sheets.get()
    assert (sheet.version, sheet.made_at, sheet.content["slug"]) == (1, NOW, "year-end")
    assert Entry.objects.get(action="campaign created").details["rules sheet"] == {
        "version": 1,
        "sha256": sheet.sha256,
    }


def test_the_hash_is_of_the_canonical_text_and_nothing_else(tmp_path: Path) -> None:
    sheet = announced(tmp_path).rules_sheets.get()
    text = json.dumps(sheet.content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert sheet.sha256 == hashlib.sha256(text.encode()).hexdigest() == hash_of(sheet.content)
    assert hash_of(sheet.content | {"version": 2}) != sheet.sha256


def test_the_same_announcement_again_makes_no_version(tmp_path: Path) -> None:
    announced(tmp_path)
    campaign = announced(tmp_path)
    assert campaign.rules_sheets.count() == 1
    assert keep_sheet(campaign, now=NOW) is None


def test_an_allowed_change_makes_the_next_version_and_keeps_the_first(tmp_path: Path) -> None:
    campaign = announced(tmp_path)
    first = campaign.rules_sheets.get()
    announced(tmp_path, GOOD.replace("[name]", f'contact = "{CONTACT}"\n[name]', 1))
    second, kept = campaign.rules_sheets.all()
    assert (second.version, kept.version, kept.content, kept.sha256) == (2, 1, first.content, first.sha256)
    assert CONTACT not in json.dumps(first.content)
    entry = Entry.objects.get(action="campaign changed")
    assert entry.details["rules sheet"] == {"version": 2, "sha256": second.sha256}
    assert entry.details["changes"] == {"contact": ["", CONTACT]}


def test_the_contact_person_may_change_while_it_runs(tmp_path: Path) -> None:
    campaign = announced(tmp_path)
    during = campaign.starts_at + timedelta(days=3)
    lifecycle.start(campaign, now=during)
    announce(replace(Announcement.of(campaign), contact=CONTACT), actor="hr", now=during)
    assert [sheet.version for sheet in campaign.rules_sheets.all()] == [2, 1]
    assert campaign.rules_sheets.first().made_at == during
    assert said(Campaign.objects.get())["Whom to ask"] == CONTACT


def test_a_draft_has_none_until_it_is_scheduled(tmp_path: Path) -> None:
    campaign = announced(tmp_path, GOOD, "--draft")
    assert not campaign.rules_sheets.exists()
    assert lifecycle.schedule(campaign, actor="hr", now=NOW)
    sheet = campaign.rules_sheets.get()
    assert Entry.objects.get(action="campaign scheduled").details["rules sheet"]["sha256"] == sheet.sha256
    assert not lifecycle.schedule(campaign, actor="hr", now=NOW)
    assert campaign.rules_sheets.count() == 1


def test_nobody_rewrites_a_sheet(tmp_path: Path) -> None:
    campaign = announced(tmp_path)
    for attempt in (
        lambda: RulesSheet.objects.update(sha256="0" * 64),
        lambda: RulesSheet.objects.all().delete(),
        lambda: RulesSheet.objects.create(campaign=campaign, version=1, content={}, sha256="", made_at=NOW),
    ):
        with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
            attempt()
    assert campaign.rules_sheets.get().sha256 == hash_of(campaign.rules_sheets.get().content)


def test_it_says_in_english_what_was_announced(tmp_path: Path) -> None:
    Group.objects.create(name="Sales force")
    text = GOOD.replace("[name]", "freeze_at = 2026-12-25T00:00:00\n[name]", 1)
    campaign = announced(tmp_path, text + '[participants]\ngroups = ["Sales force"]\n')
    it = said(campaign)
    assert list(it) == [
        "When",
        "Who takes part",
        "What counts",
        "Places and equals",
        "Prizes",
        "Who leaves the company",
        "What is published",
        "Objections",
        "Your data",
        "Whom to ask",
    ]
    for title, words in {
        "When": "Its deadline is the end of Dec 31, 2026; what is written after it no longer counts.",
        "Who takes part": "Employees of: Sales force.",
        "What counts": "Only 2 to 31 December decides",
        "Places and equals": "more conversation days win",
        "Prizes": "Place 1: 100,000 CNY after tax.",
        "Who leaves the company": "A prize needs employment at the deadline",
        "What is published": "From Dec 25, 2026, 12:00\u202fAM to the result the board stands still.",
        "Objections": "for 7 days after it is published. It is published after the end of Jan 3, 2027",
        "Your data": "Never collected: what was written.",
        "Whom to ask": "HR.",
    }.items():
        assert words in it[title]


def test_it_says_that_winners_contacts_are_confirmed_and_what_a_hand_over_is(tmp_path: Path) -> None:
    it = said(announced(tmp_path))
    assert "some of the winner's contacts are drawn by lot" in it["Prizes"]
    assert "a prize for no place" not in it["Prizes"]
    assert "handed over to you counts from that day on" in it["What counts"]
    further = Further(goals=(Goal(5, Decimal("1.00")),))
    assert "a prize for no place" in said(make_campaign(further=further.as_json()))["Prizes"]


def test_it_says_the_same_in_chinese(tmp_path: Path) -> None:
    campaign = announced(tmp_path)
    english, chinese = (in_every_language(campaign)[code] for code in ("en", "zh-hans"))
    assert [len(sentences) for _, sentences in english] == [len(sentences) for _, sentences in chinese]
    it = said(campaign, "zh-hans")
    assert "第 1 名：100,000 元（税后）。" in it["奖金"]
    assert "活动截止时间为2026年12月31日 24:00；此后发送的消息不再计入" in it["时间"]
    with override("zh-hans"):
        assert [section.title for section in sections_of(campaign.rules_sheets.get())] == list(it)


def test_other_ways_of_giving_are_said_and_the_usual_ones_are_not() -> None:
    awarding = Awarding(tie_break="none", equals="all", employed_at="result")
    usual, other = make_campaign("1.00"), make_campaign("1.00", awarding=awarding.as_json())
    before, after = said(usual), said(other)
    assert "conversation days win" not in after["Places and equals"]
    assert ("to the cent" in before["Places and equals"], "to the cent" in after["Places and equals"]) == (
        True,
        False,
    )
    assert "until the result is sealed" in after["Who leaves the company"]


def test_every_key_of_an_announcement_that_people_should_know_changes_the_sheet() -> None:
    campaign = make_campaign("100.00")
    before = in_every_language(campaign)
    for name, value in {
        "starts_at": campaign.starts_at + timedelta(days=1),
        "deadline": campaign.deadline + timedelta(days=1),
        "freeze_at": campaign.deadline - timedelta(days=1),
        "grace_hours": 1,
        "objection_days": 1,
        "public_places": 1,
        "contact": "x",
        "window_days": 7,
        "min_sent_days": 3,
        "min_received_days": 3,
        "min_active_days": 4,
        "min_mutual_days": 3,
        "new_contacts_only": True,
        "former_colleague_days": 0,
        "entities": ["A"],
        "departments": ["A"],
        "groups": ["A"],
        "further": {"departments": [{"place": 1, "net_amount": "1.00", "currency": "CNY"}]},
        "awarding": {"equals": "all"},
    }.items():
        kept = getattr(campaign, name)
        setattr(campaign, name, value)
        assert in_every_language(campaign) != before, name
        setattr(campaign, name, kept)


def test_a_prize_with_a_least_score_says_so(tmp_path: Path) -> None:
    campaign = announced(tmp_path, GOOD + "min_score = 50\n")
    assert Announcement.of(campaign).prizes == (
        PrizeLine(1, campaign.prizes.get().net_amount, "CNY", min_score=50),
    )
    assert "Place 1, with at least 50 contacts: 100,000 CNY after tax." in said(campaign)["Prizes"]
