"""The audit log as people read it: found by person, thing, act and day; each entry as before and after."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from apps.audit.models import Entry
from apps.audit.services import record
from apps.campaigns.announcement import Announcement
from apps.console.log.acts import ACTS, short_subject, subject_words, written_subject
from apps.console.log.terms import term
from apps.console.log.values import said
from apps.console.log.words import changes_of, facts_of, in_a_line
from apps.console.log_views import narrowed
from tests.admin.scene import NOW
from tests.console.acts_in_code import acts_in_code
from tests.factories import DEADLINE, START, make_user

pytestmark = pytest.mark.django_db
LOG = "/console/log/"


def write(action: str, *, actor: str = "ana", days_ago: int = 0, **details: object) -> Entry:
    with transaction.atomic():
        at = NOW - timedelta(days=days_ago)
        return record(action, actor=actor, subject="campaign year-end", at=at, details=details)


@pytest.fixture
def auditor(client: Client) -> Client:
    user = make_user("reader")
    user.groups.add(Group.objects.get(name="auditor"))
    client.force_login(user)
    return client


def acts(client: Client, **asked: str) -> list[str]:
    return [row[3] for row in client.get(LOG, asked).context["table"].rows]


def test_a_change_is_before_and_after_and_the_rest_are_facts() -> None:
    entry = write("campaign changed", state="draft", changes={"grace_hours": [72, 24]}, none=[])
    assert [tuple(each) for each in changes_of(entry)] == [("grace_hours", "72", "24")]
    assert facts_of(entry) == [("state", "draft")]
    moved = write("deadline moved", before="2026-12-01", deadline="2026-12-15", reason="x")
    assert [tuple(each) for each in changes_of(moved)] == [("deadline", "Dec 1, 2026", "Dec 15, 2026")]
    assert facts_of(moved) == [("reason", "x")]
    assert [change.term for change in changes_of(moved)] == ["deadline"]


def test_two_contacts_of_an_act_are_no_change() -> None:
    entry = write("decision proposed", contacts=["1", "2"])
    assert (changes_of(entry), facts_of(entry)) == ([], [("contacts", "1, 2")])


def test_entries_are_found_by_person_act_and_day(auditor: Client) -> None:
    write("case opened", actor="bo", days_ago=3)
    write("decision proposed", days_ago=1)
    day = f"{NOW - timedelta(days=1):%Y-%m-%d}"
    assert acts(auditor, actor="bo") == ["case opened"]
    assert acts(auditor, about="decision") == ["decision proposed"]
    assert acts(auditor, since=day, until=day) == ["decision proposed"]
    assert acts(auditor, subject="campaign another") == []


def test_the_export_is_of_what_is_shown(auditor: Client) -> None:
    write("case opened", actor="bo")
    write("decision proposed")
    address = auditor.get(LOG, {"actor": "bo", "since": f"{NOW:%Y-%m-%d}"}).context["export_address"]
    text = b"".join(auditor.get(address).streaming_content).decode()  # type: ignore[attr-defined]
    assert "case opened" in text
    assert "decision proposed" not in text


def test_the_log_costs_the_same_at_any_size(auditor: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert auditor.get(reverse("console:log")).status_code == 200
        return len(queries)

    write("case opened")
    first = cost()
    for _n in range(60):
        write("case opened")
    assert cost() == first


def test_every_act_that_the_code_can_write_has_words() -> None:
    found = acts_in_code()
    assert {"campaign created", "objection refused", "user password set", "campaign void"} <= found
    assert sorted(found - ACTS.keys()) == []
    assert sorted(ACTS.keys() - found) == []


def test_every_act_is_said_in_both_languages() -> None:
    with override("zh-hans"):
        chinese = {action: str(words) for action, words in ACTS.items()}
    assert [action for action, words in chinese.items() if words == action or words.isascii()] == []
    assert len(set(chinese.values())) == len(chinese)
    assert {action: str(words) for action, words in ACTS.items()} == {action: action for action in ACTS}


def test_every_key_of_a_campaign_has_words() -> None:
    keys = Announcement(slug="x", starts_at=START, deadline=DEADLINE).keys()
    with override("zh-hans"):
        assert [key for key in keys if term(key).isascii()] == []


def test_an_entry_is_read_in_chinese_and_stays_as_it_was_written() -> None:
    at = "2026-12-31T16:00:00+00:00"
    entry = write(
        "campaign changed",
        state="draft",
        changes={
            "deadline": [None, at],
            "prizes": [["1: 100000.00 CNY"], []],
            "awarding.equals": ["share", "all"],
        },
        reason="from 2026-12-01, 5.00 CNY",
        rehearsal=False,
        promised=["place 1: 100000.00 CNY", "contact 2.00 CNY, 9 at most", "department 1: 5.00 CNY"],
    )
    with override("zh-hans"):
        assert [(change.term, change.before, change.after) for change in changes_of(entry)] == [
            ("截止时间", "", "2027年1月1日 00:00"),
            ("奖金", "1: 100,000 元", ""),
            ("仍并列者", "平分所占名次的奖金", "都获得该名次的奖金"),
        ]
        assert facts_of(entry) == [
            ("状态", "草稿"),
            ("原因", "from 2026-12-01, 5.00 CNY"),
            ("演练", "否"),
            ("承诺的奖金", "名次 1: 100,000 元、联系人 2 元, 9 at most、部门 1: 5 元"),
        ]
        assert in_a_line(entry, {}).startswith("截止时间：无 → 2027年1月1日")
    entry.refresh_from_db()
    assert (entry.action, entry.details["changes"]["deadline"]) == ("campaign changed", [None, at])


def test_a_line_leaves_out_what_says_nothing_to_people() -> None:
    entry = write(
        "decision proposed",
        sha256="a" * 64,
        campaign="year-end",
        contact="-5596824864941468682",
        corrections=[{"kind": "not counted", "contacts": ["5474036651725832619", "12"]}],
        before={"net": "3.00 CNY", "awards": 3},
        after={"net": "3.00 CNY", "awards": 4},
    )
    assert in_a_line(entry, {}) == "awards: 3 → 4; corrections: kind: not counted, contacts: 2"
    viewed = record(
        "contacts viewed", actor="ana", subject="employee 1", at=NOW, details={"campaign": "spring"}
    )
    assert in_a_line(viewed, {"spring": "Spring 2027"}) == "campaign: Spring 2027"


def test_things_of_a_list_are_called_as_people_call_them() -> None:
    names = {"year-end": "Year end"}
    assert short_subject("campaign year-end", names) == "campaign “Year end”"
    assert short_subject("objection year-end 2", names) == "objection 2 “Year end”"
    assert short_subject("campaign gone", names) == "campaign gone"
    assert short_subject("contact -5596824864941468682", names) == "contact …468682"
    assert short_subject("employee E1", names) == "employee E1"


@pytest.mark.parametrize(
    ("key", "value", "english"),
    [
        ("approvers", [[42, "hanna"], [43, "otto"]], "hanna, otto"),
        ("by", "company", "company sign-in"),
        ("net", "100000.50 CNY", "100,000.50 CNY"),
        ("counted", 1234567, "1,234,567"),
        ("version", 1234, "1234"),
        ("days", "2026-13-45", "2026-13-45"),
        ("sha256", "a" * 64, "a" * 64),
        ("employee", "E-2026-12-01", "E-2026-12-01"),
        ("rules sheet", {"version": 2}, "version: 2"),
        ("how", "fake", "no such person, or not theirs"),
        ("state", ["approved", "paid"], "approved, paid"),
        ("gap", None, ""),
    ],
)
def test_values_are_said_as_they_are_read(key: str, value: object, english: str) -> None:
    assert said(value, key) == english


def test_a_thing_is_found_by_the_words_it_is_shown_with(auditor: Client) -> None:
    write("case opened")
    with override("zh-hans"):
        assert subject_words("campaign year-end") == "活动 year-end"
        assert written_subject("活动 year-end") == "campaign year-end"
    auditor.cookies["django_language"] = "zh-hans"
    assert (
        acts(auditor, subject="活动 year-end") == acts(auditor, subject="campaign year-end") == ["核查已立案"]
    )
    assert acts(auditor, subject="活动 another") == []


def test_an_act_alone_is_found_and_exported(auditor: Client) -> None:
    write("case opened")
    write("case closed")
    assert acts(auditor, about="case closed") == ["case closed"]
    assert len(acts(auditor, about="case")) == 2
    address = auditor.get(LOG, {"about": "case closed"}).context["export_address"]
    text = b"".join(auditor.get(address).streaming_content).decode()  # type: ignore[attr-defined]
    assert "case closed" in text
    assert "case opened" not in text


def test_a_question_reads_only_what_it_asks_for() -> None:
    """Of a large log: by person, by kind of act, by act and by day, each by its index."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO audit_entry (number, at, actor, address, action, subject, details, previous_hash, hash)
            SELECT n, timestamptz '2025-01-01Z' + n * interval '1 minute', 'u' || n % 50, '',
                CASE WHEN n % 2 = 0 THEN 'signed in' ELSE 'contacts viewed' END, 'user u' || n % 50, '{}', '', n::text
            FROM generate_series(1, 20000) AS n"""
        )
        cursor.execute("ANALYZE audit_entry")
    for asked, index in (
        ({"actor": "nobody"}, "audit_entry_actor"),
        ({"about": "award"}, "audit_entry_action"),
        ({"about": "case opened"}, "audit_entry_action"),
        ({"since": date(2030, 1, 3), "until": date(2030, 1, 3)}, "audit_entry_at"),
    ):
        plan = narrowed(Entry.objects.all(), asked).order_by("-number")[:51].explain()
        assert index in plan, plan
