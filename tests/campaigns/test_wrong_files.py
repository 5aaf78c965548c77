"""Each mistake in a campaign file gets one sentence that names the key and the remedy, and nothing changes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils.translation import override

from apps.audit.models import Entry
from apps.campaigns.files import UnreadableFile, parse, values_in
from apps.campaigns.models import Campaign
from apps.directory.models import Group, LegalEntity
from bonus_tracker.clock import company_zone
from tests.campaigns.helpers import DATES, GOOD, apply
from tests.factories import DEADLINE, make_department

pytestmark = pytest.mark.django_db
PRIZE = '[[prizes]]\nplace = 1\nnet_amount = "10"\n'


def sentences(folder: Path, text: str | bytes, *options: str) -> list[str]:
    """What the command says when it refuses; nothing may be left behind."""
    with pytest.raises(CommandError) as error:
        apply(folder, text, *options)
    assert error.value.returncode == 1
    assert not Campaign.objects.exists()
    assert not Entry.objects.exists()
    return [line.removeprefix("campaign.toml: ") for line in str(error.value).splitlines()]


WRONG_DATES = {
    "missing": (
        'slug = "a"\nstarts_at = 2026-08-26T00:00:00',
        "deadline: it is missing; write it at the top",
    ),
    "in quotes": (
        DATES.replace("2027-01-01T00:00:00", '"2027-01-01"'),
        'deadline: "2027-01-01" is no date with a time; write deadline = 2026-12-31T00:00:00.',
    ),
    "date only": (DATES.replace("T00:00:00\ndead", "\ndead"), "starts_at: 2026-08-26 is no date with a time"),
    "not midnight": (
        DATES.replace("08-26T00", "08-26T01"),
        "starts_at: a campaign begins with a day; give a midnight, Beijing time.",
    ),
    "swapped": (
        DATES.replace("2027-01", "2026-08"),
        "deadline: it must be after the start; give a later one.",
    ),
    "freeze": (
        DATES + "freeze_at = 2027-02-01T00:00:00",
        "freeze_at: it must be after the start and not after",
    ),
    "year": (DATES.replace("2027", "0027"), "deadline: the year 27 is no year for a campaign; correct it."),
}
WRONG_RULES = {
    "window 0": (
        "window_days = 0",
        "rule.window_days: 0 is out of range; give a whole number from 1 to 365.",
    ),
    "window 366": ("window_days = 366", "rule.window_days: 366 is out of range"),
    "window text": ('window = "all"', 'rule.window: "all" is no window; write window = "campaign", or'),
    "both windows": (
        'window = "campaign"\nwindow_days = 3',
        "rule.window: a rule has either window or window",
    ),
    "quoted": ('min_sent_days = "2"', 'rule.min_sent_days: "2" is no whole number; write one without quotes'),
    "fraction": ("min_sent_days = 2.5", "rule.min_sent_days: 2.5 is no whole number"),
    "truth": ("min_sent_days = true", "rule.min_sent_days: true is no whole number"),
    "no truth": ("new_contacts_only = 1", "rule.new_contacts_only: 1 is neither true nor false; write one"),
    "negative": ("min_received_days = -1", "rule.min_received_days: -1 does not fit: 30 days count"),
    "nothing counts": ("min_active_days = 0", "rule.min_active_days: 0 does not fit: 30 days count at the"),
    "mutual": (
        "window_days = 5\nmin_mutual_days = 6",
        "rule.min_mutual_days: 6 does not fit: 5 days count at the deadline; give a number from 0 to 5.",
    ),
    "one day": (
        "window_days = 1\nmin_sent_days = 1\nmin_received_days = 1",
        "rule.min_active_days: 3 does not fit",
    ),
    "too long ago": (
        "former_colleague_days = 3651",
        "rule.former_colleague_days: 3651 is out of range; give a",
    ),
    "misspelt": (
        "min_send_days = 2",
        "rule.min_send_days: there is no such key; did you mean min_sent_days?",
    ),
    "unknown": ("xyz = 2", "rule.xyz: there is no such key; known here: window, window_days, min_sent_days,"),
}
WRONG_REST = {
    "slug": (DATES.replace("year-end", "Year End"), 'slug: "Year End" is no slug; use up to 60 lower-case'),
    "empty slug": (DATES.replace("year-end", ""), 'slug: "" is no text of 1 to 60 characters; write slug ='),
    "preset": (
        DATES + 'preset = "fast"',
        'preset: "fast" is no preset; write one of "steady", "whole campaign"',
    ),
    "grace": (
        DATES + "grace_hours = 721",
        "grace_hours: 721 is out of range; give a whole number from 0 to 720.",
    ),
    "objections": (DATES + "objection_days = 91", "objection_days: 91 is out of range"),
    "places": (
        DATES + "public_places = 0",
        "public_places: 0 is out of range; give a whole number from 1 to",
    ),
    "key": (DATES + "dead_line = 3", "dead_line: there is no such key; did you mean deadline?"),
    "language": (DATES + '[name]\nfr = "Oui"', "name.fr: there is no such key; known here: en, zh-hans."),
    "name": (DATES + 'name = "Year end"', 'name: "Year end" is no table; write [name] and below it en ='),
    "empty name": (DATES + '[name]\nen = ""', 'name.en: "" is no text of 1 to 100 characters; write en ='),
    "rule": (DATES + "rule = 3", "rule: 3 is no table; write [rule] and below it window_days = 30."),
    "prizes": (DATES + "prizes = 5", "prizes: write [[prizes]] for each, and below it place = 1"),
    "no place": (DATES + '[[prizes]]\nnet_amount = "1"', "prizes[1].place: it is missing; write place = 1."),
    "no amount": (
        DATES + "[[prizes]]\nplace = 1",
        "prizes[1].net_amount: nothing is no amount; write digits",
    ),
    "float": (
        DATES + PRIZE.replace('"10"', "10.5"),
        "prizes[1].net_amount: 10.5 is no amount; write digits in",
    ),
    "text": (
        DATES + PRIZE.replace('"10"', '"1e5"'),
        'prizes[1].net_amount: "1e5" is no amount; write digits',
    ),
    "cents": (
        DATES + PRIZE.replace('"10"', '"10.001"'),
        "prizes.net_amount: 10.001 for place 1 is no prize; give more than 0 with at most 2 decimals",
    ),
    "zero": (
        DATES + PRIZE.replace('"10"', '"0.00"'),
        "prizes.net_amount: 0.00 for place 1 is no prize; give",
    ),
    "huge": (
        DATES + PRIZE.replace('"10"', "9999999999999"),
        "prizes.net_amount: 9999999999999 for place 1 is no",
    ),
    "currency": (
        DATES + PRIZE + 'currency = "yuan"',
        'prizes.currency: "yuan" for place 1 is no currency; give the three capital letters of ISO 4217',
    ),
    "two currencies": (
        DATES + PRIZE + '[[prizes]]\nplace = 2\nnet_amount = "5"\ncurrency = "EUR"\n',
        "prizes.currency: equals share their prizes, so all prizes need one currency",
    ),
    "own address": (
        DATES.replace("year-end", "admin"),
        'slug: "admin" is an address of the program itself; take another slug',
    ),
    "twice": (DATES + PRIZE + PRIZE, "prizes.place: place 1 has more than one prize; keep one of them."),
    "place 0": (
        DATES + PRIZE.replace("1\n", "0\n"),
        "prizes.place: 0 is out of range; give a whole number from 1",
    ),
    "prize key": (
        DATES + PRIZE + "amount = 3",
        "prizes[1].amount: there is no such key; did you mean net_amount?",
    ),
    "names": (
        DATES + '[participants]\ngroups = "Sales"',
        "participants.groups: write a list of names in quotes",
    ),
    "participants": (
        DATES + "[participants]\nteams = []",
        "participants.teams: there is no such key; known here:",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), WRONG_DATES.values(), ids=WRONG_DATES)
def test_wrong_dates(tmp_path: Path, text: str, sentence: str) -> None:
    assert [line[: len(sentence)] for line in sentences(tmp_path, text)] == [sentence]


@pytest.mark.parametrize(("rule", "sentence"), WRONG_RULES.values(), ids=WRONG_RULES)
def test_wrong_rules(tmp_path: Path, rule: str, sentence: str) -> None:
    assert [line[: len(sentence)] for line in sentences(tmp_path, f"{DATES}[rule]\n{rule}")] == [sentence]


@pytest.mark.parametrize(("text", "sentence"), WRONG_REST.values(), ids=WRONG_REST)
def test_everything_else_that_can_be_wrong(tmp_path: Path, text: str, sentence: str) -> None:
    assert [line[: len(sentence)] for line in sentences(tmp_path, text)] == [sentence]


def test_a_deadline_that_has_passed_is_for_rehearsals_only(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as error:
        apply(tmp_path, GOOD, now=DEADLINE)
    assert str(error.value) == (
        "campaign.toml: deadline: it has passed; give a later one, or make the campaign a rehearsal (--rehearsal)."
    )
    apply(tmp_path, GOOD, "--rehearsal", now=DEADLINE)


def test_a_short_campaign_must_leave_room_for_its_minimums(tmp_path: Path) -> None:
    text = DATES.replace("2027-01-01", "2026-08-31") + 'preset = "whole campaign"'
    assert sentences(tmp_path, text) == [
        "rule.min_active_days: 6 does not fit: 5 days count at the deadline; give a number from 1 to 5."
    ]


def test_a_window_as_long_as_a_campaign_of_over_a_year_is_refused(tmp_path: Path) -> None:
    text = DATES.replace("2027-01-01", "2027-08-27") + 'preset = "whole campaign"'
    assert sentences(tmp_path, text) == [
        "rule.window: the campaign lasts 366 days and ties remember 365; give window_days instead."
    ]


@pytest.mark.parametrize(
    ("zone", "local", "problem"),
    [
        (
            "America/New_York",
            "2026-11-01T01:30:00",
            "2026-11-01T01:30:00 in America/New_York is not one instant, clocks show it twice; "
            "write 2026-11-01T01:30:00-04:00 or 2026-11-01T01:30:00-05:00.",
        ),
        (
            "Australia/Lord_Howe",
            "2026-10-04T02:15:00",
            "2026-10-04T02:15:00 in Australia/Lord_Howe is not one instant, clocks skip it; "
            "write 2026-10-04T02:15:00+10:30 or 2026-10-04T02:15:00+11:00.",
        ),
    ],
)
@pytest.mark.parametrize("key", ["deadline", "freeze_at"])
def test_a_local_time_that_clocks_skip_or_repeat_needs_an_offset(
    tmp_path: Path, zone: str, local: str, problem: str, key: str
) -> None:
    with override_settings(COMPANY_TIME_ZONE=zone):
        text = DATES.replace("2027-01-01T00:00:00", local)
        if key == "freeze_at":
            text = f"{DATES}freeze_at = {local}"
        assert sentences(tmp_path, text) == [f"{key}: {problem}"]


def test_a_repeated_local_time_is_taken_with_its_offset(tmp_path: Path) -> None:
    with override_settings(COMPANY_TIME_ZONE="America/New_York"):
        for offset, hour in (("-04:00", 5), ("-05:00", 6)):
            apply(tmp_path, DATES.replace("2027-01-01T00:00:00", f"2026-11-01T01:30:00{offset}"))
            assert Campaign.objects.get().deadline == datetime(2026, 11, 1, hour, 30, tzinfo=UTC)


def test_names_that_are_not_in_the_directory_come_with_those_that_are_alike(tmp_path: Path) -> None:
    LegalEntity.objects.create(name="Acme Ltd")
    make_department("Sales", make_department("Asia"))
    Group.objects.create(name="Sales force")
    text = """[participants]
entities = ["Acme Limited", "Acme Ltd"]
departments = ["sales"]
groups = ["Pilots"]
"""
    assert sentences(tmp_path, DATES + text) == [
        'participants.entities: "Acme Limited" is not in the directory; did you mean "Acme Ltd"?',
        'participants.departments: "sales" is not in the directory; did you mean "Asia / Sales"?',
        'participants.groups: "Pilots" is not in the directory; import it first or correct the name.',
    ]


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    text = (
        DATES.replace("year-end", "YE")
        + "grace_hours = -1\nfoo = 1\n[rule]\nmin_sent_days = 31\nmin_active_days = 'x'"
    )
    said = sentences(tmp_path, text)
    assert [line.split(":")[0] for line in said] == [
        "rule.min_active_days",
        "foo",
        "slug",
        "grace_hours",
        "rule.min_sent_days",
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"slug = ", "is not TOML: Invalid value (at end of document); correct it there."),
        (
            b'slug = "a"\nslug = "b"\n',
            "is not TOML: Cannot overwrite a value (at line 2, column 11); correct it there.",
        ),
        (b"a = " + b"9" * 5000, "is not TOML: "),
        (b"a = " + b"[" * 5000, "is not TOML: "),
        ("slug = 'é'".encode("latin-1"), "is not UTF-8 at byte 8; save it as UTF-8."),
        (b" " * 1_048_577, "is larger than 1 MiB; a campaign file is a page of text."),
        (b"", 'slug: it is missing; write it at the top, such as slug = "year-end".'),
    ],
    ids=["cut", "twice", "number", "depth", "encoding", "size", "empty"],
)
def test_what_is_no_campaign_file_at_all(tmp_path: Path, content: bytes, sentence: str) -> None:
    assert sentence in sentences(tmp_path, content)[0]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(
        CommandError, match=r"nowhere.toml cannot be read: No such file or directory; check the"
    ):
        call_command("apply_campaign", str(tmp_path / "nowhere.toml"))


CHINESE = {
    "missing": (
        'slug = "year-end"',
        "starts_at",
        "缺少此项；请写在文件开头，例如 starts_at = 2026-08-26T00:00:00。",
    ),
    "number": (DATES + 'grace_hours = "3"', "grace_hours", '"3" 不是整数；请写不带引号的整数，例如 72。'),
    "key": (DATES + "grace_hour = 3", "grace_hour", "没有此键；您是否想写 grace_hours？"),
    "preset": (DATES + 'preset = "fast"', "preset", "没有名为“fast”的预设；请写其中之一："),
    "choice": (
        DATES + '[awarding]\nequals = "x"',
        "awarding.equals",
        '此处不能写 "x"；请写 equals = "share" 或 "all"。',
    ),
}


@pytest.mark.parametrize(("text", "key", "sentence"), CHINESE.values(), ids=CHINESE)
def test_mistakes_are_said_in_the_readers_language(text: str, key: str, sentence: str) -> None:
    with override("zh-hans"):
        _announcement, mistakes = parse(values_in(text.encode(), "x.toml"), company_zone())
    [mistake] = [each for each in mistakes if each.key == key]
    assert mistake.text.startswith(sentence)


def test_a_file_that_is_none_is_said_in_the_readers_language() -> None:
    with (
        override("zh-hans"),
        pytest.raises(UnreadableFile, match=r"x\.toml 不是有效的 TOML：.*；请在该处更正。"),
    ):
        values_in(b"slug =", "x.toml")
