"""apply_campaign: what a file makes of a campaign, and when it may change one."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError

from apps.activity.sql import input_version
from apps.audit.models import Entry
from apps.audit.services import verify
from apps.campaigns import lifecycle
from apps.campaigns.announcement import Announcement
from apps.campaigns.models import Campaign
from apps.campaigns.presets import PRESETS
from apps.campaigns.rule import Rule
from apps.directory.models import Group, LegalEntity
from tests.campaigns.helpers import DATES, GOOD, NOW, apply
from tests.factories import DEADLINE, START, make_department

pytestmark = pytest.mark.django_db


def only_campaign() -> Campaign:
    return Campaign.objects.get()


def test_the_documented_file_makes_a_scheduled_campaign(tmp_path: Path) -> None:
    out, err = apply(tmp_path, GOOD)
    campaign = only_campaign()
    assert (campaign.slug, campaign.state, campaign.is_rehearsal) == ("year-end", "scheduled", False)
    assert (campaign.starts_at, campaign.deadline, campaign.freeze_at) == (START, DEADLINE, None)
    assert campaign.name == {"en": "Bring them in", "zh-hans": "带他们来"}
    assert Rule.of(campaign) == PRESETS["steady"]
    assert [(p.place, p.net_amount, p.currency) for p in campaign.prizes.all()] == [
        (1, Decimal("100000.00"), "CNY")
    ]
    assert out.splitlines()[0] == "Created campaign year-end, scheduled:"
    assert "  deadline: 2027-01-01 00:00:00 +0800" in out.splitlines()
    assert "  prizes: 1: 100000.00 CNY" in out.splitlines()
    assert "Only 2 to 31 December decides" in out.splitlines()[-1]
    assert [line.split(" ")[1:3] for line in err.splitlines()] == [["Place", "1"], ["The", "board"]]


def test_three_keys_are_enough(tmp_path: Path) -> None:
    out, err = apply(tmp_path, DATES)
    campaign = only_campaign()
    assert (campaign.localised_name(), campaign.prizes.count()) == ("year-end", 0)
    assert (campaign.grace_hours, campaign.objection_days, campaign.public_places) == (72, 7, 100)
    assert Rule.of(campaign) == Rule()
    assert "  participants.groups: none named" in out.splitlines()
    assert err == ""


def test_every_key_is_kept(tmp_path: Path) -> None:
    LegalEntity.objects.create(name="Acme Ltd")
    make_department("Sales", make_department("Asia"))
    Group.objects.create(name="Sales force")
    apply(
        tmp_path,
        DATES
        + """
freeze_at = 2026-12-25T00:00:00+08:00
grace_hours = 24
objection_days = 3
public_places = 10
preset = "new people"
[rule]
window = "campaign"
min_mutual_days = 1
former_colleague_days = 0
[participants]
entities = ["Acme Ltd"]
departments = ["Asia / Sales", "Asia", "Asia"]
groups = ["Sales force"]
[[prizes]]
place = 2
net_amount = 500
currency = "EUR"
[[prizes]]
place = 1
net_amount = "1000.5"
currency = "EUR"
""",
    )
    it = Announcement.of(only_campaign())
    assert it.freeze_at == datetime(2026, 12, 24, 16, tzinfo=UTC)
    assert (it.grace_hours, it.objection_days, it.public_places) == (24, 3, 10)
    assert it.rule == Rule(
        window_days=None, min_mutual_days=1, former_colleague_days=0, new_contacts_only=True
    )
    assert (it.entities, it.departments, it.groups) == (
        ("Acme Ltd",),
        ("Asia", "Asia / Sales"),
        ("Sales force",),
    )
    assert list(map(str, it.prizes)) == ["1: 1000.50 EUR", "2: 500.00 EUR"]


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_a_whole_rule(tmp_path: Path, preset: str) -> None:
    apply(tmp_path, DATES + f'preset = "{preset}"')
    assert Rule.of(only_campaign()) == PRESETS[preset]


def test_the_rule_says_what_is_different_from_the_preset(tmp_path: Path) -> None:
    apply(tmp_path, DATES + 'preset = "whole campaign"\n[rule]\nwindow_days = 60')
    assert Rule.of(only_campaign()) == Rule(
        window_days=60, min_sent_days=4, min_received_days=4, min_active_days=6
    )


def test_a_draft_waits_until_it_is_applied_without_the_option(tmp_path: Path) -> None:
    assert apply(tmp_path, GOOD, "--draft")[0].startswith("Created campaign year-end, draft:")
    assert apply(tmp_path, GOOD)[0].startswith("Changed campaign year-end, scheduled:")
    assert only_campaign().state == "scheduled"
    with pytest.raises(CommandError, match="is scheduled already and no draft; leave out --draft"):
        apply(tmp_path, GOOD, "--draft")


@pytest.mark.parametrize("now", [NOW, START + timedelta(days=1), DEADLINE + timedelta(days=30)])
def test_the_same_content_again_changes_nothing_at_any_time(tmp_path: Path, now: datetime) -> None:
    apply(tmp_path, GOOD)
    lifecycle.start(only_campaign(), now=now)
    before, version = only_campaign(), input_version()
    other_spelling = GOOD.replace("2027-01-01T00:00:00", "2026-12-31T16:00:00Z").replace(
        "100000.00", "100000"
    )
    out, _ = apply(tmp_path, other_spelling, now=now)
    assert out.splitlines()[0] == "Nothing to change: campaign year-end is so already."
    assert Campaign.objects.values().get() == Campaign.objects.filter(pk=before.pk).values().get()
    assert Announcement.of(only_campaign()) == Announcement.of(before)
    assert (Entry.objects.filter(action="campaign changed").count(), input_version()) == (0, version)


def test_a_scheduled_campaign_may_change_and_the_log_says_how(tmp_path: Path) -> None:
    apply(tmp_path, GOOD)
    version = input_version()
    changed = GOOD.replace("window_days = 30", 'window = "campaign"').replace('"100000.00"', '"50000"')
    out, _ = apply(tmp_path, changed)
    assert out.splitlines()[:3] == [
        "Changed campaign year-end, scheduled:",
        "  rule.window_days: 30 -> the whole campaign",
        "  prizes: 1: 100000.00 CNY -> 1: 50000.00 CNY",
    ]
    entry = Entry.objects.get(action="campaign changed")
    assert entry.subject == "campaign year-end"
    assert entry.details["changes"] == {
        "rule.window_days": [30, None],
        "prizes": [["1: 100000.00 CNY"], ["1: 50000.00 CNY"]],
    }
    assert input_version() > version
    assert verify().problem == ""


CHANGES = {
    "deadline": ("2027-01-01T00:00:00", "2027-02-01T00:00:00"),
    "starts_at": ("2026-08-26", "2026-08-27"),
    "rule.min_active_days": ("min_active_days = 3", "min_active_days = 4"),
    "prizes": ("100000.00", "100001.00"),
    "grace_hours": ("[name]", "grace_hours = 1\n[name]"),
}


@pytest.mark.parametrize("key", CHANGES)
@pytest.mark.parametrize("started", [True, False], ids=["running", "due to start"])
def test_what_was_announced_stays_once_begun(tmp_path: Path, key: str, started: bool) -> None:
    apply(tmp_path, GOOD)
    if started:
        lifecycle.start(only_campaign(), now=START)
    before = Announcement.of(only_campaign())
    with pytest.raises(CommandError, match=rf"what was announced stays, so {key} cannot change; announce"):
        apply(tmp_path, GOOD.replace(*CHANGES[key]), now=START)
    assert Announcement.of(only_campaign()) == before


def test_participants_stay_once_begun(tmp_path: Path) -> None:
    Group.objects.create(name="Sales force")
    apply(tmp_path, GOOD)
    lifecycle.start(only_campaign(), now=START)
    with pytest.raises(CommandError, match=r"participants\.groups cannot change"):
        apply(tmp_path, GOOD + '[participants]\ngroups = ["Sales force"]', now=START)


def test_the_name_may_be_corrected_even_after_the_deadline(tmp_path: Path) -> None:
    apply(tmp_path, GOOD)
    lifecycle.start(only_campaign(), now=START)
    out, _ = apply(tmp_path, GOOD.replace("Bring them in", "Bring them"), now=DEADLINE + timedelta(days=1))
    assert (
        out.splitlines()[1] == "  name: en Bring them in, zh-hans 带他们来 -> en Bring them, zh-hans 带他们来"
    )
    assert only_campaign().state == "running"


def test_a_voided_campaign_does_not_come_back(tmp_path: Path) -> None:
    apply(tmp_path, GOOD)
    lifecycle.void_campaign(only_campaign(), reason="budget", now=NOW, actor="ana")
    with pytest.raises(CommandError, match="is void and what was announced stays, so name cannot change"):
        apply(tmp_path, GOOD.replace("Bring them in", "Bring them"))
    assert only_campaign().state == "void"


def test_a_rehearsal_may_be_over_and_may_change_until_it_is_sealed(tmp_path: Path) -> None:
    later = DEADLINE + timedelta(days=30)
    apply(tmp_path, GOOD, "--rehearsal", now=later)
    campaign = only_campaign()
    assert lifecycle.start(campaign, now=later)
    assert lifecycle.begin_settling(campaign, now=later)
    changed = GOOD.replace("min_active_days = 3", "min_active_days = 5")
    out, _ = apply(tmp_path, changed, "--rehearsal", now=later)
    assert out.startswith("Changed rehearsal year-end, scheduled:")
    for step in (lifecycle.start, lifecycle.begin_settling, lifecycle.publish_provisional):
        assert step(only_campaign(), now=later)
    with pytest.raises(
        CommandError, match=r"provisional and what was announced stays, so rule.min_active_days"
    ):
        apply(tmp_path, GOOD, "--rehearsal", now=later)


def test_a_rehearsal_stays_one_and_a_real_campaign_stays_real(tmp_path: Path) -> None:
    apply(tmp_path, GOOD)
    with pytest.raises(CommandError, match="year-end is real and cannot become a rehearsal"):
        apply(tmp_path, GOOD, "--rehearsal")
    rehearsal = GOOD.replace("year-end", "try-out")
    apply(tmp_path, rehearsal, "--rehearsal")
    with pytest.raises(CommandError, match="try-out is a rehearsal and stays one"):
        apply(tmp_path, rehearsal)


def test_warnings_go_with_the_campaign_and_do_not_stop_it(tmp_path: Path) -> None:
    prize = 'freeze_at = 2026-12-29T00:00:00\n[[prizes]]\nplace = 1\nnet_amount = "10"\nmin_score = 5\n'
    _, err = apply(tmp_path, DATES + 'preset = "everyone can"\n' + prize)
    assert err == (
        'Warning: The preset "everyone can" is for small goals: two mass greetings and one "thanks" pass it; '
        'for the prize of a place use "steady".\n'
    )
    _, err = apply(tmp_path, DATES + prize + "[rule]\nmin_active_days = 2\nmin_received_days = 0\n")
    assert [line.split(";")[0] for line in err.splitlines()] == [
        "Warning: A place prize with rule.min_active_days = 2 rewards mass greetings",
        "Warning: A place prize with rule.min_received_days = 0 counts people who never answered",
    ]
    assert only_campaign().min_active_days == 2


@pytest.mark.parametrize(
    ("weakness", "words"),
    [
        (("min_score = 5", "min_score = 4"), "Place 1 is won with fewer than 5 contacts"),
        (("freeze_at = 2026-12-29T00:00:00", ""), "The board never freezes"),
        (("freeze_at = 2026-12-29", "freeze_at = 2026-12-01"), "The board stands still for the last 31 days"),
        (("deadline = 2027-01-01", "deadline = 2026-12-31"), "Nothing of Dec 31, 2026 counts"),
        (("[rule]", "grace_hours = 0\n[rule]"), "With no hours of grace"),
        (("[rule]", "[awarding]\nequals = 'all'\n[rule]"), "All equals get the whole prize"),
    ],
)
def test_what_makes_a_place_easy_to_win_or_to_dispute_is_warned_of(
    tmp_path: Path, weakness: tuple[str, str], words: str
) -> None:
    safe = DATES + "freeze_at = 2026-12-29T00:00:00\n[rule]\n"
    prize = '[[prizes]]\nplace = 1\nnet_amount = "10"\nmin_score = 5\n'
    assert apply(tmp_path, safe + prize)[1] == ""
    assert apply(tmp_path, (safe + prize).replace(*weakness))[1].startswith(f"Warning: {words}")


def test_a_start_in_the_past_is_allowed_with_a_warning(tmp_path: Path) -> None:
    _, err = apply(tmp_path, GOOD, now=START + timedelta(days=1))
    assert err.splitlines()[-1].startswith("Warning: The start has passed")
    assert only_campaign().state == "scheduled"


def test_a_file_saved_by_a_windows_editor_is_read_too(tmp_path: Path) -> None:
    apply(tmp_path, b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert only_campaign().name["zh-hans"] == "带他们来"


def test_creating_is_recorded_with_the_whole_content(tmp_path: Path) -> None:
    apply(tmp_path, GOOD)
    entry = Entry.objects.get()
    assert (entry.action, entry.details["state"], entry.at) == ("campaign created", "scheduled", NOW)
    assert entry.details["changes"]["deadline"] == "2026-12-31T16:00:00+00:00"
    assert verify().problem == ""
