"""What HR does at a campaign's end in the admin: see what would change, propose, and let somebody else confirm."""

from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Group as Role
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.activity.models import Source
from apps.audit.models import Entry
from apps.campaigns.models import Campaign
from apps.directory.models import User
from apps.integrity.cases import open_case
from apps.integrity.checks import draw, states, type_handle
from apps.integrity.models import Case, Check, Decision, Objection, Tick
from apps.integrity.objections import object_to
from apps.ranking.sealing import settle
from bonus_tracker import clock
from tests.admin.scene import page
from tests.awards.stories import befriend, deliver
from tests.factories import DEADLINE, make_campaign, make_employee, make_user
from tests.integrity.ready import complete_sources, make_ready
from tests.integrity.stories import GRACE_ENDS, IN_TIME, Contest, contest

pytestmark = pytest.mark.django_db
WHY = {"reason": "on the board", "evidence": "its minutes"}


@pytest.fixture(autouse=True)
def _objections_are_open() -> Iterator[None]:
    with clock.showing(IN_TIME):
        yield


def of_hr(name: str = "") -> Client:
    user = make_user(name)
    user.groups.add(Role.objects.get(name="HR"))
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def refusal(answer: Any) -> str:
    return " ".join(answer.context["form"].non_field_errors())


def proposed(client: Client, address: str, **data: Any) -> Decision:
    """Looked at, then proposed with what the preview carries on."""
    preview = client.post(address, {**WHY, **data})
    client.post(address, dict(preview.context["kept"]))
    return Decision.objects.latest("pk")


def out(it: Contest, n: int) -> dict[str, str]:
    return {"kind": "exclusion", "employee": it.employees[n - 1].number}


def test_what_would_change_is_shown_before_anything_is_written() -> None:
    it, one = contest([5, 3, 1]), of_hr()
    address = page("campaigns_campaign_exclude", it.campaign.pk)
    preview = one.post(address, {**WHY, **out(it, 1)})
    assert not Decision.objects.exists()
    assert preview.context["sentences"][0] == "3 employees move."
    assert [list(map(str, row)) for row in preview.context["table"]["rows"]] == [
        ["E1 Person 1", "1 → none", "5 → none", "no place any more"],
        ["E2 Person 2", "2 → 1", "3", "others move"],
        ["E3 Person 3", "3 → 2", "1", "others move"],
    ]
    one.post(address, dict(preview.context["kept"]))
    decision = Decision.objects.get()
    assert (decision.kind, decision.employee, decision.reason) == (
        "exclusion",
        it.employees[0],
        "on the board",
    )
    assert it.campaign.results.count() == 1


def test_only_what_proposes_looks_grave_and_not_the_look_before_it() -> None:
    it, one = contest([5, 3, 1]), of_hr()
    address = page("campaigns_campaign_exclude", it.campaign.pk)
    asked = one.get(address).content.decode()
    assert ('<button class="primary">' in asked, "danger" in asked) == (True, False)
    shown = one.post(address, {**WHY, **out(it, 1)}).content.decode()
    assert ('<button class="danger">' in shown, "callout-danger" in shown) == (True, True)


def test_somebody_else_confirms_and_the_next_version_is_sealed() -> None:
    it, one, other = contest([5, 3, 1]), of_hr("one"), of_hr("other")
    decision = proposed(one, page("campaigns_campaign_exclude", it.campaign.pk), **out(it, 1))
    address = page("integrity_decision_confirm", decision.pk)
    asked = other.get(address)
    assert [row[0] for row in asked.context["table"]["rows"]] == ["E1 Person 1", "E2 Person 2", "E3 Person 3"]
    assert "somebody else must confirm" in refusal(one.post(address, {"seen": 1}))
    assert it.campaign.results.count() == 1
    other.post(address, {"seen": 1})
    assert it.places() == [(1, "E2", 3), (2, "E3", 1)]
    decision.refresh_from_db()
    assert (decision.proposed_by.username, decision.confirmed_by.username) == ("one", "other")
    kept = one.get(page("integrity_decision_change", decision.pk)).content.decode()
    assert "3 employees move.<br>E1 Person 1; 1 → none; 5 → none; no place any more<br>" in kept


def test_a_preview_over_an_older_version_confirms_and_proposes_nothing() -> None:
    it, one, other = contest([5, 3, 1]), of_hr(), of_hr()
    exclude = page("campaigns_campaign_exclude", it.campaign.pk)
    old = one.post(exclude, {**WHY, **out(it, 2)})
    first = proposed(one, exclude, **out(it, 1))
    second = proposed(one, exclude, **out(it, 3))
    other.post(page("integrity_decision_confirm", first.pk), {"seen": 1})
    assert "newer version" in refusal(other.post(page("integrity_decision_confirm", second.pk), {"seen": 1}))
    assert "newer version" in refusal(one.post(exclude, dict(old.context["kept"])))
    assert it.campaign.results.count() == 2
    assert Decision.objects.count() == 2


def test_a_decision_is_rejected_with_a_reason_and_undone_by_a_further_one() -> None:
    it, one, other = contest([5, 3, 1]), of_hr(), of_hr()
    exclude = page("campaigns_campaign_exclude", it.campaign.pk)
    rejected = proposed(one, exclude, **out(it, 2))
    other.post(page("integrity_decision_reject", rejected.pk), {"reason": "a namesake"})
    rejected.refresh_from_db()
    assert rejected.rejection_reason == "a namesake"
    stands = proposed(one, exclude, **out(it, 1))
    other.post(page("integrity_decision_confirm", stands.pk), {"seen": 1})
    undo = proposed(one, page("integrity_decision_undo", stands.pk))
    other.post(page("integrity_decision_confirm", undo.pk), {"seen": 2})
    assert it.places() == [(1, "E1", 5), (2, "E2", 3), (3, "E3", 1)]
    assert "undone" in other.get(page("integrity_decision_changelist")).content.decode()


def test_contacts_are_named_by_handles_that_are_kept_nowhere() -> None:
    it, one, other = contest([3, 2]), of_hr(), of_hr()
    address = page("campaigns_campaign_adjust", it.campaign.pk)
    handles = "e1-friend0@outside.example\nE1-Friend1@outside.example "
    data = {"kind": "not_counted", "employee": "E1", "platform": "im", "handles": handles}
    preview = one.post(address, {**WHY, **data})
    assert b"friend0" not in preview.content
    decision = proposed(one, address, **data)
    assert "friend" not in str(decision.corrections)
    other.post(page("integrity_decision_confirm", decision.pk), {"seen": 1})
    assert it.places() == [(1, "E2", 2), (2, "E1", 1)]


def test_a_decision_says_in_words_what_it_changes() -> None:
    it, one = contest([3, 2]), of_hr()
    typed = "e1-friend0@outside.example\ne1-friend1@outside.example"
    named = {"platform": "im", "handles": typed}
    adjust, grant = (page(f"campaigns_campaign_{step}", it.campaign.pk) for step in ("adjust", "grant"))
    decisions = [
        proposed(one, adjust, kind="not_counted", employee="E1", **named),
        proposed(one, adjust, kind="not_counted", employee="", **named),
        proposed(one, adjust, kind="one_person", employee="", **named),
        proposed(one, adjust, kind="no_colleague", employee="", **named),
        proposed(one, grant, employee="E2", platform="im", handles="e1-friend0@outside.example 2026-12-30"),
        proposed(one, page("campaigns_campaign_exclude", it.campaign.pk), **out(it, 1)),
    ]
    shown = [one.get(page("integrity_decision_change", each.pk)).content.decode() for each in decisions]
    for said, words in zip(
        shown,
        [
            "Contacts that do not count for E1: 2.",
            "Contacts that count for nobody: 2.",
            "Accounts that are one person: 2.",
            "Contacts that are no colleagues on any day: 2.",
            "For E2, one contact counts on 2026-12-30 too.",
            "E1 is outside the ranking.",
        ],
        strict=True,
    ):
        assert words in said
        assert "waits for the second person" in said
        assert "(&#x27;" not in said


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("e1-friend0@outside.example\nnobody.at.all@outside.example", "Line 2: nobody in the company"),
        ("x" * 5000, "Line 1 cannot be a handle"),
        ("", "Name a contact"),
    ],
)
def test_a_handle_that_nobody_knows_is_refused_by_its_line(typed: str, why: str) -> None:
    it, one = contest([3, 2]), of_hr()
    data = {"kind": "not_counted", "employee": "E1", "platform": "im", "handles": typed}
    answer = one.post(page("campaigns_campaign_adjust", it.campaign.pk), {**WHY, **data})
    assert why in str(answer.context["form"].errors)
    assert b"nobody.at.all" not in answer.content
    assert not Decision.objects.exists()


def test_an_objection_is_upheld_by_days_that_two_people_grant() -> None:
    it, one, other = contest([3, 2]), of_hr(), of_hr()
    objection = object_to(
        it.campaign, it.employees[1], "one is missing", now=IN_TIME, actor="e2", contacts_claimed=2
    )
    assert b"the result waits" in one.get(page("integrity_objection_change", objection.pk)).content
    lines = "e1-friend0@outside.example 2026-12-29 2026-12-30 2026-12-31\n"
    lines += "e1-friend1@outside.example 2026-12-29 2026-12-30 2026-12-31"
    uphold = page("integrity_objection_uphold", objection.pk)
    decision = proposed(one, uphold, kind="granted", platform="im", handles=lines)
    other.post(page("integrity_decision_confirm", decision.pk), {"seen": 1})
    objection.refresh_from_db()
    assert (objection.state, objection.answer) == ("upheld", "on the board")
    assert it.places() == [(1, "E2", 4), (2, "E1", 3)]


def test_an_objection_is_answered_once() -> None:
    it, one = contest([3, 2]), of_hr()
    objection = object_to(
        it.campaign, it.employees[1], "bought", now=IN_TIME, actor="e2", place_of=it.employees[0]
    )
    address = page("integrity_objection_refuse", objection.pk)
    assert "in confidence to the place of" in one.get(address).context["sentences"][0]
    one.post(address, {"reason": "We have met them."})
    assert one.get(address).status_code == 302  # closed
    assert Objection.objects.get().answer == "We have met them."


def test_a_place_that_is_doubted_with_reason_loses_contacts() -> None:
    it, one, other = contest([3, 2]), of_hr(), of_hr()
    objection = object_to(
        it.campaign, it.employees[1], "one phone", now=IN_TIME, actor="e2", place_of=it.employees[0]
    )
    handles = "e1-friend0@outside.example\ne1-friend1@outside.example"
    address = page("integrity_objection_uphold_place", objection.pk)
    decision = proposed(one, address, kind="not_counted", platform="im", handles=handles)
    other.post(page("integrity_decision_confirm", decision.pk), {"seen": 1})
    objection.refresh_from_db()
    assert (objection.state, it.places()[0]) == ("upheld", (1, "E2", 2))


def gap_contest() -> Contest:
    campaign = make_campaign("100.00", "50.00", state=Campaign.State.SETTLING)
    employees = [make_employee(number=f"E{n}") for n in (1, 2)]
    deliver(befriend(employees[0], 3), name="office A")
    deliver(befriend(employees[1], 2), name="office B")
    complete_sources()
    Source.objects.filter(name="office B").update(complete_until=DEADLINE - timedelta(hours=5))
    assert settle(campaign, now=GRACE_ENDS)
    make_ready(campaign, now=IN_TIME)
    campaign.refresh_from_db()
    return Contest(campaign, employees)


def test_accepting_a_gap_names_the_prize_ranks_that_used_the_source() -> None:
    it, one, other = gap_contest(), of_hr(), of_hr()
    address = page("campaigns_campaign_accept_gap", it.campaign.pk)
    assert one.get(address).context["form"].initial == {"source": "office B"}
    used = "Place 2, E2: 12 messages came through this source."
    assert used in one.post(address, {**WHY, "source": "office B"}).context["sentences"]
    decision = proposed(one, address, source="office B")
    asked = other.get(page("integrity_decision_confirm", decision.pk))
    assert used in asked.context["sentences"]
    other.post(page("integrity_decision_confirm", decision.pk), {"seen": 1})
    assert one.get(address).status_code == 302  # nothing is left to accept
    assert it.campaign.results.count() == 1


def test_the_page_of_the_end_names_each_reason_with_what_removes_it() -> None:
    it, one = gap_contest(), of_hr()
    open_case(it.campaign, it.employees[0], reason="a late burst", by=make_user(), now=IN_TIME)
    Check.objects.get(employee=it.employees[0]).items.update(matched_at=None)
    object_to(it.campaign, it.employees[1], "missing", now=IN_TIME, actor="e2", contacts_claimed=2)
    proposed(one, page("campaigns_campaign_exclude", it.campaign.pk), **out(it, 1))
    answer = one.get(page("campaigns_campaign_ending", it.campaign.pk))
    rows = [row for item in answer.context["checklist"].items for row in item.missing]
    assert [text.split(" ")[0] for text, _remedy in rows] == [
        "Source",
        "Objections",
        "Objection",
        "Case",
        "The",
        "Decision",
        "2",
    ]
    assert all(remedy for _text, remedy in rows)
    for door in [address for address, *_words in answer.context["doors"]]:
        assert one.get(door).status_code == 200
    for linked in [unescape(remedy.split('"')[3]) for _text, remedy in rows if "href" in remedy]:
        assert one.get(linked).status_code == 200, linked


def test_a_case_is_opened_and_closed() -> None:
    it, one = contest([3, 2]), of_hr("one")
    one.post(
        page("campaigns_campaign_open_case", it.campaign.pk), {"employee": "E1", "reason": "a late burst"}
    )
    case = Case.objects.get()
    one.post(page("integrity_case_close", case.pk), {"reason": "a trade fair"})
    case.refresh_from_db()
    assert (case.opened_by, case.outcome, str(case.closed_by)) == ("one", "a trade fair", "one")


def test_nobody_opens_a_case_about_themselves() -> None:
    it = contest([3, 2])
    client = of_hr("one")
    User.objects.filter(username="one").update(employee=it.employees[0])
    answer = client.post(
        page("campaigns_campaign_open_case", it.campaign.pk), {"employee": "E1", "reason": "to clear my name"}
    )
    assert refusal(answer) == "It concerns you, so somebody else must decide."
    assert not Case.objects.exists()


def drawn(scores: list[int]) -> tuple[Contest, Check]:
    it = contest(scores)
    (check,) = draw(it.campaign, now=IN_TIME)
    return it, check


def named(check: Check) -> None:
    """The winner types every handle."""
    handles = [f"e1-friend{n}@outside.example" for n in range(check.population)]
    for state in states(check):
        assert any(
            type_handle(state.item, platform="im", handle=h, actor="winner", now=IN_TIME) for h in handles
        )


def test_two_reviewers_say_of_each_contact_how_it_was_confirmed() -> None:
    _it, check = drawn([3, 1])
    address = page("integrity_check_review", check.pk)
    one, other = of_hr("one"), of_hr("other")
    said = {f"how-{item.pk}": "called" for item in check.items.all()}
    assert b"not typed the handle" in one.post(address, said, follow=True).content
    assert not Tick.objects.exists()
    named(check)
    for client in (one, other):
        client.post(address, {**said, f"note-{check.items.all()[0].pk}": "by phone"})
    assert all(state.is_confirmed for state in states(check))
    assert "by phone" in one.get(address).content.decode()
    looks = Entry.objects.filter(action="contacts viewed", subject="employee E1")
    assert looks.latest("number").details["reason"] == "winner's check"


def test_a_fake_makes_the_check_a_full_one_and_is_left_out_by_two_people() -> None:
    it, check = drawn([30, 20])
    one, other = of_hr(), of_hr()
    item = check.items.order_by("position")[0]
    one.post(page("integrity_check_review", check.pk), {f"how-{item.pk}": "fake"})
    check.refresh_from_db()
    assert (check.is_full, check.size, check.items.count()) == (True, 30, 30)
    decision = proposed(one, page("integrity_check_leave_out_fakes", check.pk))
    other.post(page("integrity_decision_confirm", decision.pk), {"seen": 1})
    assert it.places() == [(1, "E1", 29), (2, "E2", 20)]


@pytest.mark.parametrize("score", [4, 60])
def test_a_review_costs_the_same_queries_at_any_size(score: int) -> None:
    _it, check = drawn([score, score - 1])
    named(check)
    one = of_hr()
    address = page("integrity_check_review", check.pk)
    one.get(address)
    with CaptureQueriesContext(connection) as queries:
        rows = one.get(address).context["rows"]
    assert len(rows) == min(score, 50)
    assert len(queries) == 25


@pytest.mark.parametrize("others", [1, 3])
def test_the_page_of_the_end_costs_the_same_queries_at_any_size(others: int) -> None:
    it, one = contest([9, 7] + [1] * others), of_hr()
    make_ready(it.campaign, now=IN_TIME)
    for employee in it.employees[2:]:
        object_to(it.campaign, employee, "x", now=IN_TIME, actor="x", contacts_claimed=1)
        open_case(it.campaign, employee, reason="x", by=make_user(), now=IN_TIME)
    address = page("campaigns_campaign_ending", it.campaign.pk)
    one.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert one.get(address).status_code == 200
    assert len(queries) == 47


def test_what_is_over_has_no_doors() -> None:
    it, one = contest([3, 2]), of_hr()
    make_ready(it.campaign, now=IN_TIME)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE campaigns_campaign SET state = 'final'")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert one.get(page("campaigns_campaign_ending", it.campaign.pk)).context["doors"] == []
    for step in ("exclude", "adjust", "grant", "accept_gap", "open_case"):
        assert one.get(page(f"campaigns_campaign_{step}", it.campaign.pk)).status_code == 302
