"""What keeps a result from being final: each reason alone, and gone when what it names is done."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from apps.activity.models import Source
from apps.audit.models import Entry
from apps.awards.due import tick
from apps.awards.services import NotApprovable, approve
from apps.campaigns.announcement import PrizeLine
from apps.campaigns.models import Campaign
from apps.integrity.blockers import blockers
from apps.integrity.cases import close_case, open_case
from apps.integrity.decisions import confirm, propose, reject
from apps.integrity.drafts import Draft
from apps.integrity.models import CheckItem, Decision, FinalResult, Recount
from apps.integrity.objections import could_change_prizes, object_to, refuse, withdraw
from apps.integrity.refusals import Refused
from apps.ranking.models import FixedTie
from apps.ranking.sealing import settle
from tests.awards.stories import befriend, deliver
from tests.factories import DEADLINE, make_campaign, make_employee, make_user
from tests.integrity.bundle.stories import announced_contest
from tests.integrity.ready import complete_sources, make_ready
from tests.integrity.stories import GRACE_ENDS, IN_TIME, OBJECTIONS_END, Contest, contest, decider

pytestmark = pytest.mark.django_db
State = Campaign.State
READY = ["approvals"]


def names(of: Contest, *, now: Any = OBJECTIONS_END, thorough: bool = False) -> list[str]:
    return [blocker.name for blocker in blockers(of.campaign, now=now, thorough=thorough)]


def ready(*scores: int, **fields: Any) -> Contest:
    it = contest(scores or (5, 3, 1), **fields)
    make_ready(it.campaign, now=IN_TIME)
    return it


def behind_the_back(sql: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def approvers(count: int) -> list[Any]:
    return [decider() for _ in range(count)]


def test_approvals_alone_are_missing_when_all_else_is_done() -> None:
    it = ready()
    assert names(it) == READY
    assert blockers(it.campaign, now=OBJECTIONS_END)[0].text == "2 approvals by different people are missing."


def test_two_approvals_make_it_final_and_name_the_version() -> None:
    it = ready()
    one, two = approvers(2)
    assert approve(it.result, one, now=OBJECTIONS_END) is False
    assert [str(b) for b in blockers(it.campaign, now=OBJECTIONS_END)] == [
        "1 approval by a different person is missing."
    ]
    assert approve(it.result, two, now=OBJECTIONS_END) is True
    it.campaign.refresh_from_db()
    assert it.campaign.state == State.FINAL
    assert FinalResult.objects.get().result == it.result
    assert Entry.objects.get(action="result final").details == {"version": 1, "sha256": it.result.sha256}
    assert blockers(it.campaign, now=OBJECTIONS_END) == []


@pytest.mark.parametrize(
    ("state", "name"),
    [
        (State.DRAFT, "running"),
        (State.SCHEDULED, "running"),
        (State.RUNNING, "running"),
        (State.SETTLING, "settling"),
        (State.VOID, "void"),
    ],
)
def test_a_campaign_that_is_not_provisional_says_so_alone(state: str, name: str) -> None:
    campaign = make_campaign(state=state)
    assert [blocker.name for blocker in blockers(campaign, now=OBJECTIONS_END)] == [name]


def test_a_rehearsal_is_never_final() -> None:
    it = contest([2, 1], is_rehearsal=True)
    assert names(it) == ["rehearsal"]


def test_the_days_for_objections() -> None:
    it = ready()
    assert names(it, now=OBJECTIONS_END - timedelta(microseconds=1)) == ["objection days", *READY]
    assert names(it) == READY


def gap_contest() -> Contest:
    campaign = make_campaign("100.00", "50.00", state=State.SETTLING)
    employees = [make_employee(number=f"E{n}") for n in (1, 2, 3)]
    deliver(befriend(employees[0], 3), name="office A")
    deliver(befriend(employees[1], 2) + befriend(employees[2], 1), name="office B")
    complete_sources()
    Source.objects.filter(name="office B").update(complete_until=DEADLINE - timedelta(hours=5))
    assert settle(campaign, now=GRACE_ENDS)
    make_ready(campaign, now=IN_TIME)
    return Contest(campaign, employees)


def override(it: Contest, source: Source | None) -> Decision:
    draft = Draft(
        campaign=it.campaign,
        kind=Decision.Kind.GAP,
        source=source,
        reason="the office was closed",
        evidence="memo",
    )
    return propose(draft, proposer=decider(), now=IN_TIME)


def test_a_gap_needs_a_named_override_that_lists_who_at_a_prize_used_the_source() -> None:
    it = gap_contest()
    assert names(it) == ["gap", *READY]
    assert blockers(it.campaign, now=OBJECTIONS_END)[0].text == (
        "Source office B says nothing of Dec 31, 2026, 7:00\u202fPM to the end of Dec 31, 2026; "
        "two people accept the gap, and then the result stands without it."
    )
    decision = override(it, Source.objects.get(name="office B"))
    assert decision.facts["prize ranks that used it"] == [[1, "E1", 0], [2, "E2", 12]]
    assert names(it) == ["gap", "decision", *READY]  # a proposal alone is nothing
    assert confirm(decision, confirmer=decider(), seen_version=1, now=IN_TIME) is None
    assert names(it) == READY
    assert it.campaign.results.count() == 1
    with pytest.raises(Refused, match="accepted already"):
        override(it, Source.objects.get(name="office B"))


def test_while_grace_lasts_a_gap_names_what_mends_it_without_a_decision() -> None:
    campaign = make_campaign("100.00", state=State.SETTLING)
    employee = make_employee()
    deliver(befriend(employee, 3), name="office A")
    settling, gap = blockers(campaign, now=DEADLINE)
    assert (settling.name, gap.name) == ("settling", "gap")
    assert (
        "take in the last one again, saying what it covers, before grace ends: the end of Jan 3, 2027"
        in gap.text
    )
    complete_sources()
    assert [blocker.name for blocker in blockers(campaign, now=DEADLINE)] == ["settling"]


def test_a_proposal_blocks_until_somebody_else_settles_it() -> None:
    it = ready()
    draft = Draft(
        campaign=it.campaign,
        kind=Decision.Kind.DISQUALIFICATION,
        employee=it.employees[0],
        reason="bought accounts",
        evidence="a confession",
    )
    decision = propose(draft, proposer=decider(), now=IN_TIME)
    assert names(it) == ["decision", *READY]
    with pytest.raises(Refused, match="It concerns you"):
        reject(decision, by=decider(employee=it.employees[0]), reason="no", now=IN_TIME)
    assert names(it) == ["decision", *READY]
    reject(decision, by=decider(), reason="a colleague's joke", now=IN_TIME)
    assert names(it) == READY


def test_what_comes_later_does_not_mend_a_gap() -> None:
    it = gap_contest()
    Source.objects.update(complete_until=OBJECTIONS_END)
    assert names(it) == ["gap", *READY]


def test_an_undone_override_blocks_again() -> None:
    it = gap_contest()
    decision = override(it, Source.objects.get(name="office B"))
    confirm(decision, confirmer=decider(), seen_version=1, now=IN_TIME)
    undo = Draft(
        campaign=it.campaign,
        kind=Decision.Kind.UNDO,
        undoes=decision,
        reason="not closed after all",
        evidence="memo",
    )
    confirm(propose(undo, proposer=decider(), now=IN_TIME), confirmer=decider(), seen_version=1, now=IN_TIME)
    make_ready(it.campaign, now=IN_TIME)
    assert names(it) == ["gap", *READY]


@pytest.mark.parametrize(
    ("place", "claimed", "could"),
    [
        (1, 1, False),
        (1, 2, True),  # 7 contacts, as the prize asks for
        (2, 1, False),
        (2, 2, True),  # equal to the first one, with whom the place would be shared
        (3, 3, False),  # however many contacts the prize asks for, it is not theirs
    ],
)
def test_a_prize_that_asks_for_contacts_lets_few_objections_hold_it_up(
    place: int, claimed: int, could: bool
) -> None:
    prize = PrizeLine(1, Decimal("100000.00"), "CNY", min_score=7)
    it = announced_contest((5, 3, 1), prizes=(prize,))
    objection = object_to(
        it.campaign, it.employees[place - 1], "more", now=IN_TIME, actor="x", contacts_claimed=claimed
    )
    assert (could_change_prizes([objection], it.result) == [objection]) == could


# scores 5, 3, 1 and one prize: who could get it by how many more contacts
OBJECTIONS = [
    (1, 1, False),  # alone in front: more changes nothing
    (2, 1, False),
    (2, 2, True),  # as many as the first one: then days decide
    (3, 3, False),
    (3, 4, True),
]


@pytest.mark.parametrize(("place", "claimed", "blocks"), OBJECTIONS)
def test_an_objection_blocks_when_granting_it_could_change_a_prize(
    place: int, claimed: int, blocks: bool
) -> None:
    it = ready()
    objection = object_to(
        it.campaign,
        it.employees[place - 1],
        "some are missing",
        now=IN_TIME,
        actor="x",
        contacts_claimed=claimed,
    )
    assert names(it) == (["objection", *READY] if blocks else READY)
    refuse(objection, answer="looked at, they wrote on one day only", by=decider(), now=IN_TIME)
    assert names(it) == READY


def test_an_objection_to_a_place_blocks_until_it_is_answered_or_withdrawn() -> None:
    it = ready()
    objection = object_to(
        it.campaign, it.employees[2], "bought accounts", now=IN_TIME, actor="x", place_of=it.employees[0]
    )
    assert names(it) == ["objection", *READY]
    withdraw(objection, now=IN_TIME, actor="x")
    assert names(it) == READY


def test_a_case_among_the_prize_ranks_blocks_and_another_does_not() -> None:
    it = ready()
    open_case(it.campaign, it.employees[1], reason="one late burst", by=make_user(), now=IN_TIME)
    assert names(it) == READY
    case = open_case(it.campaign, it.employees[0], reason="one late burst", by=make_user(), now=IN_TIME)
    assert names(it) == ["case", *READY]
    close_case(case, outcome="a trade fair", by=decider(), now=IN_TIME)
    assert names(it) == READY


def test_the_winners_check() -> None:
    it = contest([5, 3, 1])
    assert set(names(it)) == {"winner's check", "recount", *READY}
    make_ready(it.campaign, now=IN_TIME)
    assert names(it) == READY
    item = CheckItem.objects.order_by("position")[0]
    CheckItem.objects.filter(pk=item.pk).update(matched_at=None)
    assert names(it) == ["winner's check", *READY]


def test_an_equal_at_the_last_prize_rank_is_checked_too() -> None:
    it = ready(3, 3, 1)  # equal in days as well, so both win
    assert it.result.checks.count() == 2


def test_a_recount_that_differs_blocks() -> None:
    it = ready()
    Recount.objects.update(problem="1 standings are counted otherwise")
    assert names(it) == ["recount", *READY]
    Recount.objects.all().delete()
    assert names(it) == ["recount", *READY]
    tick(now=IN_TIME)
    assert names(it) == READY


def test_standings_changed_behind_the_back_are_found_by_the_next_recount() -> None:
    it = contest([5, 3, 1])
    it.result.run.standings.filter(employee=it.employees[1]).update(active_contacts=9)
    make_ready(it.campaign, now=IN_TIME)
    assert "recount" in names(it)
    assert "E2" in Recount.objects.get().problem or "hash" in Recount.objects.get().problem


def test_input_changed_after_the_recount_is_found_before_it_is_final() -> None:
    it = ready()
    approve(it.result, decider(), now=OBJECTIONS_END)
    (sent,) = set(FixedTie.objects.filter(employee=it.employees[1]).values_list("sent", flat=True))
    FixedTie.objects.filter(employee=it.employees[1]).update(sent="0" * 384)
    assert names(it) == READY
    assert names(it, thorough=True) == ["recount", *READY]
    second = decider()
    with pytest.raises(NotApprovable, match="the hash differs"):
        approve(it.result, second, now=OBJECTIONS_END)
    it.campaign.refresh_from_db()
    assert it.campaign.state == State.PROVISIONAL
    assert it.result.approvals.count() == 1
    FixedTie.objects.filter(employee=it.employees[1]).update(sent=sent)
    assert (
        approve(it.result, second, now=OBJECTIONS_END) is True
    )  # who was told may approve once it is mended


def test_a_broken_log_blocks() -> None:
    it = ready()
    behind_the_back("UPDATE audit_entry SET actor = 'eve' WHERE number = 1")
    assert names(it) == ["audit log", *READY]
    behind_the_back("UPDATE audit_entry SET actor = 'system' WHERE number = 1")
    assert names(it) == READY


def test_one_person_twice_is_one_approval() -> None:
    it = ready()
    one = decider()
    for _ in range(2):
        assert approve(it.result, one, now=OBJECTIONS_END) is False
    assert names(it) == READY


def test_an_approver_who_left_counts_no_more_and_another_may_follow() -> None:
    it = ready()
    one, two, three = approvers(3)
    approve(it.result, one, now=OBJECTIONS_END)
    one.is_active = False
    one.save()
    assert approve(it.result, two, now=OBJECTIONS_END) is False
    assert names(it) == READY
    assert approve(it.result, three, now=OBJECTIONS_END) is True


def test_approving_names_every_reason_at_once() -> None:
    it = gap_contest()
    open_case(it.campaign, it.employees[0], reason="a late burst", by=make_user(), now=IN_TIME)
    with pytest.raises(NotApprovable) as refusal:
        approve(it.result, decider(), now=IN_TIME)
    text = str(refusal.value)
    assert "Objections are open until" in text
    assert "Source office B says nothing" in text
    assert "Case" in text
    assert text.count("\n") == 2


def test_a_new_version_needs_new_approvals() -> None:
    it = ready()
    approve(it.result, decider(), now=OBJECTIONS_END)
    draft = Draft(
        campaign=it.campaign,
        kind=Decision.Kind.EXCLUSION,
        employee=it.employees[2],
        reason="left the company",
        evidence="HR file",
    )
    confirm(
        propose(draft, proposer=decider(), now=OBJECTIONS_END),
        confirmer=decider(),
        seen_version=1,
        now=OBJECTIONS_END,
    )
    make_ready(it.campaign, now=OBJECTIONS_END)
    assert blockers(it.campaign, now=OBJECTIONS_END)[0].text == "2 approvals by different people are missing."
