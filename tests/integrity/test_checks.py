"""The winner's check: the winner names the contacts that were drawn, two reviewers confirm them, a fake means all."""

import pytest
from django.db import ProgrammingError, connection, transaction

from apps.audit.models import Entry
from apps.integrity.checks import draw, is_done, states, tick, type_handle
from apps.integrity.decisions import confirm, propose
from apps.integrity.drafts import Draft
from apps.integrity.models import Check, CheckItem, Decision, Notice, Tick
from apps.integrity.prize_ranks import stakes
from apps.integrity.refusals import Refused
from apps.integrity.sampling import drawing_order
from apps.ranking.sealing import sealed_contacts
from tests.integrity.stories import IN_TIME, Contest, contest, decider, friend

pytestmark = pytest.mark.django_db
How = Tick.How


def handle(it: Contest, item: CheckItem, n: int = 0) -> str:
    """As the winner knows the contact: E1's friends."""
    return next(
        f"e{n + 1}-friend{k}@outside.example"
        for k in range(99)
        if friend(it.employees[n], k) == item.contact_id
    )


def drawn(*scores: int) -> tuple[Contest, Check]:
    it = contest(scores or (9, 4))
    (check,) = draw(it.campaign, now=IN_TIME)
    return it, check


def confirm_all(it: Contest, check: Check, how: str = How.MET) -> None:
    reviewers = [decider(), decider()]
    for state in states(check):
        assert type_handle(
            state.item, platform="im", handle=handle(it, state.item), actor="winner", now=IN_TIME
        )
        for reviewer in reviewers:
            tick(state.item, how, reviewer=reviewer, now=IN_TIME)


def test_the_sample_is_drawn_from_the_sealed_hash_and_sized_by_the_margin() -> None:
    it, check = drawn(9, 4)
    assert (check.population, check.margin, check.size) == (9, 5, 3)
    contacts = sealed_contacts(it.result, it.employees[0].pk)
    assert len(contacts) == 9
    expected = drawing_order(it.result.sha256, "E1", contacts)[:3]
    assert list(check.items.order_by("position").values_list("contact_id", flat=True)) == expected


def test_it_is_drawn_once_and_the_winner_is_told() -> None:
    it, _check = drawn()
    assert draw(it.campaign, now=IN_TIME) == []
    assert Notice.objects.get(employee=it.employees[0]).facts == {"version": 1, "contacts": 3}
    assert Entry.objects.filter(action="winner's check drawn").count() == 1


@pytest.mark.parametrize(
    ("scores", "days", "prizes", "margins"),
    [
        ([9, 4], [], 1, [("E1", 1, 5)]),
        ([9], [], 1, [("E1", 1, 9)]),  # all of them would have to be fake
        ([9, 4, 1], [], 2, [("E1", 1, 5), ("E2", 2, 3)]),
        ([4, 4], [5, 3], 1, [("E1", 1, 1)]),  # ahead by days alone
        ([4, 4, 1], [], 1, [("E1", 1, 1), ("E2", 1, 1)]),  # they share; one contact would end that
        ([4, 4, 4, 2], [], 2, [("E1", 1, 1), ("E2", 1, 1), ("E3", 1, 1)]),
        ([], [], 1, []),
    ],
)
def test_the_margin_is_what_would_have_to_be_fake(
    scores: list[int], days: list[int], prizes: int, margins: list[tuple[str, int, int]]
) -> None:
    it = contest(scores, *["10.00"] * prizes, days=days)
    assert [(stake.employee.number, stake.place, stake.margin) for stake in stakes(it.result)] == margins


def test_a_handle_must_be_that_of_the_contact() -> None:
    it, check = drawn()
    first, second, *_ = (state.item for state in states(check))
    for wrong in (handle(it, second), "nobody@outside.example", "e1-friend1"):
        assert not type_handle(first, platform="im", handle=wrong, actor="winner", now=IN_TIME)
    assert not type_handle(first, platform="other", handle=handle(it, first), actor="winner", now=IN_TIME)
    first.refresh_from_db()
    assert (first.matched_at, first.attempts) == (None, 4)
    assert type_handle(
        first, platform="im", handle=f" {handle(it, first).upper()} ", actor="winner", now=IN_TIME
    )
    first.refresh_from_db()
    assert first.matched_at == IN_TIME
    with pytest.raises(Refused, match="the handle is empty"):
        type_handle(second, platform="im", handle=" ", actor="winner", now=IN_TIME)


def test_it_is_done_when_two_reviewers_have_confirmed_every_contact() -> None:
    it, check = drawn()
    one, two = decider(), decider()
    items = [state.item for state in states(check)]
    for item in items:
        with pytest.raises(Refused, match="has not typed the handle"):
            tick(item, How.CALLED, reviewer=one, now=IN_TIME)
        type_handle(item, platform="im", handle=handle(it, item), actor="winner", now=IN_TIME)
        tick(item, How.CALLED, reviewer=one, now=IN_TIME)
        tick(item, How.MET, reviewer=one, now=IN_TIME)  # the same person again is still one
    assert not is_done(check)
    for item in items[:-1]:
        tick(item, How.RECORDS, reviewer=two, now=IN_TIME)
    assert not is_done(check)
    tick(items[-1], How.RECORDS, reviewer=two, now=IN_TIME)
    assert is_done(check)


def test_a_winner_does_not_review() -> None:
    it, check = drawn()
    with pytest.raises(Refused, match="somebody else must review"):
        tick(check.items.all()[0], How.FAKE, reviewer=decider(employee=it.employees[0]), now=IN_TIME)


def test_any_fake_means_all_contacts_and_a_decision() -> None:
    it, check = drawn(9, 4)
    fake = check.items.order_by("position")[1]
    tick(fake, How.FAKE, reviewer=decider(), now=IN_TIME, note="the number is the winner's own")
    check.refresh_from_db()
    assert (check.is_full, check.size, check.items.count()) == (True, 9, 9)
    assert not is_done(check)
    confirmed = {state.item.contact_id for state in states(check)} - {fake.contact_id}
    draft = Draft(
        campaign=it.campaign,
        kind=Decision.Kind.NOT_COUNTED,
        employee=it.employees[0],
        contacts=frozenset({fake.contact_id}),
        reason="found by the check",
        evidence="the call",
    )
    decision = propose(draft, proposer=decider(), now=IN_TIME)
    confirm(decision, confirmer=decider(), seen_version=1, now=IN_TIME)
    (second,) = draw(it.campaign, now=IN_TIME)
    assert second.is_full  # who was caught once is checked whole ever after
    assert {state.item.contact_id for state in states(second)} == confirmed
    confirm_all(it, second)
    assert is_done(second)


def test_what_was_confirmed_holds_in_the_next_version() -> None:
    it, check = drawn(9, 4, 1)
    confirm_all(it, check)
    draft = Draft(
        campaign=it.campaign,
        kind=Decision.Kind.EXCLUSION,
        employee=it.employees[2],
        reason="has left",
        evidence="the file",
    )
    confirm(propose(draft, proposer=decider(), now=IN_TIME), confirmer=decider(), seen_version=1, now=IN_TIME)
    (second,) = draw(it.campaign, now=IN_TIME)
    before = {state.item.contact_id for state in states(check)}
    for state in states(second):
        assert state.is_confirmed == (state.item.contact_id in before)
    with pytest.raises(Refused, match="This check is closed"):
        tick(check.items.all()[0], How.MET, reviewer=decider(), now=IN_TIME)


def test_a_person_of_several_accounts_is_named_by_any_of_them() -> None:
    it = contest([3, 1])
    person = frozenset({friend(it.employees[0], 0), friend(it.employees[0], 1)})
    draft = Draft(
        campaign=it.campaign,
        kind=Decision.Kind.ONE_PERSON,
        contacts=person,
        reason="one phone",
        evidence="they said so",
    )
    confirm(propose(draft, proposer=decider(), now=IN_TIME), confirmer=decider(), seen_version=1, now=IN_TIME)
    (check,) = draw(it.campaign, now=IN_TIME)
    item = next(state.item for state in states(check) if state.item.contact_id in person)
    for n in (0, 1):
        assert type_handle(
            item, platform="im", handle=f"e1-friend{n}@outside.example", actor="winner", now=IN_TIME
        )
    assert not type_handle(
        item, platform="im", handle="e1-friend2@outside.example", actor="winner", now=IN_TIME
    )


def test_no_handle_that_was_typed_is_kept_anywhere() -> None:
    _it, check = drawn()
    secret = "canary.of.the.check@outside.example"
    item = check.items.all()[0]
    type_handle(item, platform="im", handle=secret, actor="winner", now=IN_TIME)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s', ["%canary.of.the%"])
            assert cursor.fetchone() == (0,), table


@pytest.mark.parametrize("tampering", ["DELETE FROM integrity_tick", "UPDATE integrity_tick SET how = 'met'"])
def test_the_database_keeps_what_reviewers_said(tampering: str) -> None:
    _it, check = drawn()
    tick(check.items.all()[0], How.FAKE, reviewer=decider(), now=IN_TIME)
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic(), connection.cursor() as c:
        c.execute(tampering)
