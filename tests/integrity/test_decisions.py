"""Decisions: two people, a preview, a next version over the same input, every version kept, and an undo."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from apps.activity.models import Tie
from apps.audit.models import Entry
from apps.campaigns.models import Campaign
from apps.integrity.decisions import confirm, preview_of, propose, reject, standing
from apps.integrity.differences import difference
from apps.integrity.drafts import Draft, GrantedTalk
from apps.integrity.models import Decision, Notice
from apps.integrity.refusals import Refused
from apps.ranking.models import Board, Result
from apps.ranking.sealing import differs_from_fixed_input
from tests.awards.stories import LAST_DAY, deliver, talk
from tests.factories import make_employee
from tests.integrity.stories import IN_TIME, Contest, contest, decider, friend

pytestmark = pytest.mark.django_db
Kind = Decision.Kind


def draft(of: Contest, kind: Kind, **fields: Any) -> Draft:
    return Draft(
        **{"campaign": of.campaign, "kind": kind, "reason": "seen in the records", "evidence": "file 7"}
        | fields
    )


def decide(of: Contest, wanted: Draft) -> Result | None:
    decision = propose(wanted, proposer=decider(), now=IN_TIME)
    return confirm(decision, confirmer=decider(), seen_version=of.result.version, now=IN_TIME)


def moves(before: Result, after: Result) -> list[tuple[Any, ...]]:
    found = difference(before.run, after.run)
    assert found.moved == len(found.moves)
    return [(m.number, m.rank_before, m.rank_after, m.contacts_before, m.contacts_after) for m in found.moves]


def test_who_is_disqualified_leaves_the_ranking_and_the_others_move_up() -> None:
    it = contest([5, 3, 2])
    first = it.result
    second = decide(it, draft(it, Kind.DISQUALIFICATION, employee=it.employees[0]))
    assert second is not None
    assert it.places() == [(1, "E2", 3), (2, "E3", 2)]
    assert it.places(first.run) == [(1, "E1", 5), (2, "E2", 3), (3, "E3", 2)]  # the version before stays
    assert moves(first, second) == [
        ("E1", 1, None, 5, None),
        ("E2", 2, 1, 3, 3),
        ("E3", 3, 2, 2, 2),
    ]
    assert second.run.participants == first.run.participants - 1


def test_the_board_shows_the_new_version_to_everybody() -> None:
    it = contest([5, 3])
    second = decide(it, draft(it, Kind.EXCLUSION, employee=it.employees[0]))
    board = Board.objects.get(campaign=it.campaign)
    assert second is not None
    assert board.public_run_id == board.live_run_id == second.run_id


def test_contacts_that_do_not_count_are_taken_from_one_or_from_all() -> None:
    it = contest([3, 3])
    shared = friend(it.employees[0])
    decide(it, draft(it, Kind.NOT_COUNTED, employee=it.employees[0], contacts=frozenset({shared})))
    assert it.places() == [(1, "E2", 3), (2, "E1", 2)]
    decide(it, draft(it, Kind.NOT_COUNTED, contacts=frozenset({friend(it.employees[1])})))
    assert it.places() == [(1, "E1", 2), (1, "E2", 2)]


def test_handed_over_contacts_do_not_count_for_who_got_them() -> None:
    it = contest([3, 2])
    handed = frozenset({friend(it.employees[0], 0), friend(it.employees[0], 1)})
    decide(it, draft(it, Kind.HANDED_OVER, employee=it.employees[0], contacts=handed))
    assert it.places() == [(1, "E2", 2), (2, "E1", 1)]


def test_accounts_of_one_person_count_once() -> None:
    it = contest([3, 2])
    decide(it, draft(it, Kind.ONE_PERSON, contacts=frozenset(friend(it.employees[0], n) for n in range(3))))
    assert it.places() == [(1, "E2", 2), (2, "E1", 1)]


def test_days_that_were_shown_count_under_the_same_rule() -> None:
    it = contest([2, 3])
    days = frozenset((LAST_DAY.date().replace(day=day)) for day in (27, 28, 29))
    new = GrantedTalk(contact_id=4711, sent=days, received=days)
    decide(it, draft(it, Kind.GRANTED, employee=it.employees[0], talks=(new,)))
    assert it.places() == [(1, "E1", 3), (1, "E2", 3)]
    too_few = GrantedTalk(contact_id=4712, sent=frozenset(list(days)[:1]), received=days)
    decide(it, draft(it, Kind.GRANTED, employee=it.employees[0], talks=(too_few,)))
    assert it.places() == [(1, "E1", 3), (1, "E2", 3)]


def test_an_undo_brings_back_what_was_and_deletes_nothing() -> None:
    it = contest([5, 3])
    before = it.places()
    decide(it, draft(it, Kind.EXCLUSION, employee=it.employees[0]))
    decision = it.campaign.decisions.get()
    decide(it, draft(it, Kind.UNDO, undoes=decision, employee=decision.employee))
    assert it.places() == before
    assert [(r.version, len(r.corrections)) for r in it.campaign.results.order_by("version")] == [
        (1, 0),
        (2, 1),
        (3, 0),
    ]
    assert standing(it.campaign) == []
    with pytest.raises(Refused, match="Only a decision that stands can be undone"):
        decide(it, draft(it, Kind.UNDO, undoes=decision))


def test_what_is_previewed_is_what_comes() -> None:
    it = contest([5, 3, 3, 1])
    decide(it, draft(it, Kind.EXCLUSION, employee=it.employees[3]))
    for wanted in (
        draft(it, Kind.NOT_COUNTED, employee=it.employees[0], contacts=frozenset({friend(it.employees[0])})),
        draft(it, Kind.DISQUALIFICATION, employee=it.employees[1]),
        draft(it, Kind.UNDO, undoes=it.campaign.decisions.get(number=1)),
    ):
        before = it.result
        decision = propose(wanted, proposer=decider(), now=IN_TIME)
        previewed = preview_of(decision)
        after = confirm(decision, confirmer=decider(), seen_version=before.version, now=IN_TIME)
        assert after is not None
        assert previewed.moves
        assert previewed == difference(before.run, after.run)


def test_a_preview_writes_nothing() -> None:
    it = contest([5, 3])
    decision = propose(draft(it, Kind.EXCLUSION, employee=it.employees[0]), proposer=decider(), now=IN_TIME)
    rows = (Result.objects.count(), Entry.objects.count())
    preview_of(decision)
    assert (Result.objects.count(), Entry.objects.count()) == rows


def test_a_later_version_reads_the_fixed_input_alone() -> None:
    it = contest([3, 2])
    deliver([e for n in range(9) for e in talk(it.employees[1], f"late{n}@outside.example", days=3)])
    Tie.objects.filter(employee=it.employees[0]).delete()
    make_employee(number="E9")
    decide(
        it,
        draft(it, Kind.NOT_COUNTED, employee=it.employees[0], contacts=frozenset({friend(it.employees[0])})),
    )
    assert it.places() == [(1, "E1", 2), (1, "E2", 2)]
    assert differs_from_fixed_input(it.result) is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"reason": "  "}, "needs a reason and the evidence"),
        ({"evidence": ""}, "needs a reason and the evidence"),
        ({"employee": None}, "Say which employee"),
        ({"kind": Kind.NOT_COUNTED}, "Name a contact"),
        ({"kind": Kind.ONE_PERSON, "contacts": frozenset({1})}, "at least two contacts"),
        ({"kind": Kind.GRANTED}, "on which days they wrote"),
        ({"kind": Kind.GAP}, "This source has no gap"),
    ],
)
def test_a_proposal_says_what_it_lacks(change: dict[str, Any], why: str) -> None:
    it = contest([2, 1])
    wanted = replace(draft(it, Kind.EXCLUSION, employee=it.employees[0]), **change)
    with pytest.raises(Refused, match=why):
        propose(wanted, proposer=decider(), now=IN_TIME)
    assert not Decision.objects.exists()


def test_somebody_who_took_no_part_cannot_be_excluded() -> None:
    it = contest([2])
    stranger = make_employee(number="E9")
    with pytest.raises(Refused, match="takes no part"):
        decide(it, draft(it, Kind.EXCLUSION, employee=stranger))


def test_nobody_is_excluded_twice() -> None:
    it = contest([2, 1])
    decide(it, draft(it, Kind.EXCLUSION, employee=it.employees[0]))
    with pytest.raises(Refused, match="outside the ranking already"):
        decide(it, draft(it, Kind.DISQUALIFICATION, employee=it.employees[0]))


def test_who_proposes_does_not_confirm() -> None:
    it = contest([2, 1])
    one = decider()
    decision = propose(draft(it, Kind.EXCLUSION, employee=it.employees[0]), proposer=one, now=IN_TIME)
    with pytest.raises(Refused, match="You have proposed it"):
        confirm(decision, confirmer=one, seen_version=1, now=IN_TIME)
    with pytest.raises(IntegrityError, match="decision_by_two_people"), transaction.atomic():
        Decision.objects.update(confirmed_by=one, confirmed_at=IN_TIME)  # nor behind the service's back
    assert it.campaign.results.count() == 1


@pytest.mark.parametrize("place", [0, 1])
def test_who_is_concerned_or_stands_at_a_prize_decides_nothing(place: int) -> None:
    it = contest([3, 2, 1])
    about = it.employees[1]
    interested = decider("interested", employee=it.employees[place])
    wanted = draft(it, Kind.EXCLUSION, employee=about)
    why = "It concerns you" if place else "where a prize is at stake"
    with pytest.raises(Refused, match=why):
        propose(wanted, proposer=interested, now=IN_TIME)
    decision = propose(wanted, proposer=decider(), now=IN_TIME)
    with pytest.raises(Refused, match=why):
        confirm(decision, confirmer=interested, seen_version=1, now=IN_TIME)


def test_who_saw_an_older_preview_looks_again() -> None:
    it = contest([3, 2, 1])
    decision = propose(draft(it, Kind.EXCLUSION, employee=it.employees[2]), proposer=decider(), now=IN_TIME)
    decide(it, draft(it, Kind.EXCLUSION, employee=it.employees[1]))
    with pytest.raises(Refused, match="look at the preview again"):
        confirm(decision, confirmer=decider(), seen_version=1, now=IN_TIME)


def test_a_rejected_proposal_stays_and_changes_nothing() -> None:
    it = contest([3, 2])
    decision = propose(draft(it, Kind.EXCLUSION, employee=it.employees[0]), proposer=decider(), now=IN_TIME)
    reject(decision, by=decider(), reason="a mistake of names", now=IN_TIME)
    decision.refresh_from_db()
    assert decision.rejection_reason == "a mistake of names"
    for act in (
        lambda: confirm(decision, confirmer=decider(), seen_version=1, now=IN_TIME),
        lambda: reject(decision, by=decider(), reason="again", now=IN_TIME),
    ):
        with pytest.raises(Refused, match="settled already"):
            act()
    assert it.campaign.results.count() == 1


@pytest.mark.parametrize("state", [s for s in Campaign.State if s != Campaign.State.PROVISIONAL])
def test_only_a_provisional_result_is_decided_about(state: str) -> None:
    it = contest([2, 1])
    with connection.cursor() as cursor:  # as it may be, without the acts that lead there
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE campaigns_campaign SET state = %s", [state])
        cursor.execute("SET LOCAL session_replication_role = origin")
    with pytest.raises(Refused, match="decisions are made about a provisional result"):
        decide(it, draft(it, Kind.EXCLUSION, employee=it.employees[0]))


def test_a_rehearsal_is_not_decided_about() -> None:
    it = contest([2, 1], is_rehearsal=True)
    with pytest.raises(Refused, match="A rehearsal decides nothing"):
        decide(it, draft(it, Kind.EXCLUSION, employee=it.employees[0]))


def test_the_employee_is_told_of_the_decision_and_of_its_undoing() -> None:
    it = contest([3, 2])
    decide(it, draft(it, Kind.DISQUALIFICATION, employee=it.employees[0]))
    decide(it, draft(it, Kind.UNDO, undoes=it.campaign.decisions.get(), employee=it.employees[0]))
    told = Notice.objects.filter(employee=it.employees[0]).order_by("pk")
    assert list(told.values_list("kind", "facts")) == [
        ("decided", {"decision": 1}),
        ("undone", {"decision": 2}),
    ]
    assert not Notice.objects.exclude(employee=it.employees[0]).exists()


def test_every_step_is_in_the_log_with_who_and_what_moved() -> None:
    it = contest([3, 2])
    one, two = decider("one"), decider("two")
    decision = propose(
        draft(it, Kind.DISQUALIFICATION, employee=it.employees[0], evidence="Zhang San's letter"),
        proposer=one,
        now=IN_TIME,
    )
    confirm(decision, confirmer=two, seen_version=1, now=IN_TIME)
    entries = list(Entry.objects.filter(action__startswith="decision").order_by("number"))
    assert [(e.action, e.actor) for e in entries] == [
        ("decision proposed", "one"),
        ("decision confirmed", "two"),
    ]
    assert "Zhang" not in str(entries[0].details)
    assert len(entries[0].details["evidence sha256"]) == 64
    assert entries[1].details == {
        "decision": 1,
        "version before": 1,
        "version": 2,
        "moved": 2,
        "own": [["E1", 1, None, 3, None]],
    }


def behind_the_back(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "tampering",
    [
        "DELETE FROM integrity_decision",
        "UPDATE integrity_decision SET corrections = '[]'",
        "UPDATE integrity_decision SET reason = 'other'",
        "UPDATE integrity_decision SET evidence = 'other'",
        "UPDATE integrity_decision SET confirmed_at = NULL, confirmed_by_id = NULL",
        "UPDATE integrity_decision SET result_id = NULL",
        "DELETE FROM ranking_result WHERE version = 1",
        "UPDATE ranking_result SET corrections = '[]'",
        "UPDATE ranking_result SET sha256 = repeat('0', 64)",
    ],
)
def test_the_database_keeps_decisions_and_versions(tampering: str) -> None:
    it = contest([3, 2])
    decide(it, draft(it, Kind.DISQUALIFICATION, employee=it.employees[0]))
    with pytest.raises(IntegrityError, match="stays"):
        behind_the_back(tampering)


def test_evidence_may_be_erased_and_nothing_else_notices() -> None:
    it = contest([3, 2])
    decide(it, draft(it, Kind.DISQUALIFICATION, employee=it.employees[0]))
    behind_the_back("UPDATE integrity_decision SET evidence = ''")
    assert differs_from_fixed_input(it.result) is None


def test_no_version_follows_the_final_one() -> None:
    it = contest([3, 2])
    Campaign.objects.filter(pk=it.campaign.pk).update(state=Campaign.State.FINAL)
    with pytest.raises(IntegrityError, match="sealed while its campaign settles or is provisional"):
        behind_the_back(
            "INSERT INTO ranking_result "
            "(campaign_id, version, run_id, cutoff, sealed_at, rule, corrections, counts, sha256) "
            "SELECT campaign_id, 2, run_id, cutoff, sealed_at, rule, corrections, counts, '' FROM ranking_result"
        )
