"""What HR says of contacts while batches come in, campaigns are settled, and others of HR say something too."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.activity import contact_facts, ingest
from apps.activity.contact_facts import FactRefused, record_fact
from apps.activity.gate import close_gate, pass_gate
from apps.activity.models import Contact, ContactFact, Tie
from apps.audit.models import Entry
from apps.directory.handles import account_key
from apps.ranking import sealing, services
from apps.ranking.models import Result, Run
from apps.ranking.sealing import differs_from_fixed_input, settle
from apps.ranking.services import refresh, standings
from tests.factories import make_campaign, make_contact, make_employee
from tests.faults.helpers import Actor, Stop, nothing
from tests.faults.scenes import AFTER_GRACE, NOW, deliver, handle_of, settling_campaign, talk, wrong_ties

pytestmark = pytest.mark.django_db(transaction=True)

BOT, FRIEND = "bot@out.example", "friend@out.example"
Said = tuple[list[str], int]  # what the log has in its order, and how many contacts the result counts


def met(*handles: str) -> str:
    """The handle of somebody who talks with these people."""
    handle = handle_of(make_employee())
    deliver(talk(handle, handles))
    return handle


def contact_of(handle: str) -> Contact:
    return Contact.objects.get(pk=account_key("im", handle))


def mark(contact: Contact) -> ContactFact:
    return record_fact(contact, "not_counted", reason="a machine", actor="hr", now=NOW)


def merge(contact: Contact, other: Contact) -> ContactFact:
    return record_fact(contact, "same_person", other=other, reason="told so", actor="hr", now=NOW)


def sealed_and_said(settling: Actor, marking: Actor) -> Said:
    result = settling.end()
    marking.end()
    assert isinstance(result, Result)
    assert differs_from_fixed_input(result) is None
    order = Entry.objects.filter(action__in=("result sealed", "contact fact recorded")).order_by("number")
    return list(order.values_list("action", flat=True)), result.run.active_contacts


# Against settling: what the log has before the seal is in the seal, what it has after is not.


def marked_just_before_settling(monkeypatch: pytest.MonkeyPatch) -> Said:
    """The mark is written, in the log too, and not yet committed when grace is over."""
    met(BOT, FRIEND)
    bot, campaign = contact_of(BOT), settling_campaign()
    end = SimpleNamespace(of_marking=nothing)
    committing = Stop(monkeypatch, end, "of_marking")

    def mark_slowly() -> None:
        with transaction.atomic():
            mark(bot)
            end.of_marking()

    marking = Actor(mark_slowly)
    committing.wait()
    settling = Actor(lambda: settle(campaign, now=AFTER_GRACE))
    assert settling.waits()
    committing.go()
    return sealed_and_said(settling, marking)


def test_settling_waits_for_a_mark_in_flight(monkeypatch: pytest.MonkeyPatch) -> None:
    assert marked_just_before_settling(monkeypatch) == (["contact fact recorded", "result sealed"], 1)


def test_without_the_gate_the_mark_is_in_the_log_and_not_in_the_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(contact_facts, "pass_gate", nothing)
    assert marked_just_before_settling(monkeypatch) == (["contact fact recorded", "result sealed"], 2)


def marked_while_settling(monkeypatch: pytest.MonkeyPatch) -> Said:
    """The input is fixed and not yet sealed when somebody marks a contact of it."""
    met(BOT, FRIEND)
    bot, campaign = contact_of(BOT), settling_campaign()
    sealing_it = Stop(monkeypatch, sealing, "seal")
    settling = Actor(lambda: settle(campaign, now=AFTER_GRACE))
    sealing_it.wait()
    marking = Actor(lambda: mark(bot))
    marking.waits()
    sealing_it.go()
    return sealed_and_said(settling, marking)


def test_a_mark_waits_for_the_seal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert marked_while_settling(monkeypatch) == (["result sealed", "contact fact recorded"], 2)


def test_without_the_gate_the_mark_comes_before_a_seal_that_lacks_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(contact_facts, "pass_gate", nothing)
    assert marked_while_settling(monkeypatch) == (["contact fact recorded", "result sealed"], 2)


# Against batches: neither waits for the other, and whatever comes last, both hold.


def said_beside_a_batch(monkeypatch: pytest.MonkeyPatch, say: Callable[[Contact, Contact], Any]) -> bool:
    """A fact about contacts of a batch that is being taken in; whether it had to wait for the batch."""
    handle = met(BOT, FRIEND)
    bot, friend = contact_of(BOT), contact_of(FRIEND)
    folding = Stop(monkeypatch, ingest, "_or_into_ties")
    batch = Actor(lambda: deliver(talk(handle, [BOT, FRIEND, "new@out.example"])))
    folding.wait()
    saying = Actor(lambda: say(bot, friend))
    waited = saying.waits()
    folding.go()
    batch.end()
    saying.end()
    return waited


@pytest.mark.parametrize(("say", "count"), [(lambda bot, _: mark(bot), 2), (merge, 2)], ids=["mark", "merge"])
def test_a_fact_and_a_batch_of_its_contacts_pass_side_by_side(
    monkeypatch: pytest.MonkeyPatch, say: Callable[[Contact, Contact], Any], count: int
) -> None:
    assert not said_beside_a_batch(monkeypatch, say)
    campaign = make_campaign()
    run = refresh(campaign, now=NOW)
    assert run
    assert run.active_contacts == count
    assert (Tie.objects.count(), wrong_ties()) == (3, [])


def test_with_the_gate_closed_a_fact_would_wait_for_every_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_facts, "pass_gate", close_gate)
    assert said_beside_a_batch(monkeypatch, merge)


def marked_while_counting(monkeypatch: pytest.MonkeyPatch) -> Run | None:
    """What the next ranking answers when a mark came after counting and before publishing."""
    met(BOT, FRIEND)
    bot, campaign = contact_of(BOT), make_campaign()
    publishing = Stop(monkeypatch, services, "_move_forward")
    ranking = Actor(lambda: refresh(campaign, now=NOW))
    publishing.wait()
    mark(bot)
    publishing.go()
    assert ranking.end().active_contacts == 2
    assert [row.active_contacts for row in standings(campaign, as_of=campaign.deadline)] == [1]
    return refresh(campaign, now=NOW)


def test_a_mark_that_comes_while_counting_is_ranked_next(monkeypatch: pytest.MonkeyPatch) -> None:
    run = marked_while_counting(monkeypatch)
    assert run
    assert run.active_contacts == 1


def test_without_its_note_the_mark_would_be_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_facts, "note_arrival", nothing)
    assert marked_while_counting(monkeypatch) is None


# Against each other: two of HR at one moment.


def at_one_moment(
    monkeypatch: pytest.MonkeyPatch, first: Callable[[], Any], second: Callable[[], Any]
) -> list[str]:
    """The first has looked and not yet written when the second comes; the refusals, by name."""
    writing = Stop(monkeypatch, contact_facts, "_write")
    actors = [Actor(first)]
    writing.wait()
    actors.append(Actor(second))
    actors[1].waits()
    writing.go()
    refusals = []
    for actor in actors:
        try:
            actor.end()
        except (FactRefused, IntegrityError) as error:
            refusals.append(type(error).__name__)
    return refusals


def two_merges(monkeypatch: pytest.MonkeyPatch) -> str:
    """One makes A the same person as B, the other B the same as C; who points at whom afterwards."""
    people = {name: make_contact(f"{name}@out.example") for name in "ABC"}
    first, second = (
        lambda: merge(people["A"], people["B"]),
        lambda: merge(people["B"], people["C"]),
    )
    assert at_one_moment(monkeypatch, first, second) == []
    names = {contact.pk: name for name, contact in people.items()}
    facts = ContactFact.objects.filter(revoked_at=None)
    return " ".join(sorted(f"{names[fact.contact_id]}{names[fact.person_id]}" for fact in facts))


def test_two_merges_at_one_moment_make_no_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    assert two_merges(monkeypatch) == "AC BC"


def test_without_their_turn_they_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_facts, "_wait_for_turn", pass_gate)
    assert two_merges(monkeypatch) == "AB BC"


def two_marks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    contact = make_contact()
    return at_one_moment(monkeypatch, lambda: mark(contact), lambda: mark(contact))


def test_of_two_marks_of_one_contact_the_second_is_told_of_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    assert two_marks(monkeypatch) == ["FactRefused"]


def test_without_their_turn_the_database_alone_refuses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_facts, "_wait_for_turn", pass_gate)
    assert two_marks(monkeypatch) == ["IntegrityError"]
