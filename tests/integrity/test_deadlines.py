"""A deadline moves later, before it has passed, by two people, and the board says so."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group as Role
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from apps.audit.models import Entry
from apps.awards.due import tick
from apps.campaigns.models import Campaign, LaterDeadline
from apps.directory.models import User
from apps.integrity import deadlines
from apps.integrity.deadlines import confirm_deadline, propose_deadline, reject_deadline
from apps.integrity.refusals import Refused
from apps.ranking.services import refresh
from bonus_tracker import clock
from tests.admin.scene import page
from tests.awards.stories import befriend, deliver
from tests.factories import DEADLINE, make_campaign, make_employee, make_user
from tests.integrity.stories import decider
from tests.threads import at_once

pytestmark = pytest.mark.django_db
BEFORE = DEADLINE - timedelta(days=2)
LATER = DEADLINE + timedelta(days=14)
WHY = "the messenger was down for a week"


def propose(
    campaign: Campaign, to: datetime = LATER, *, by: User | None = None, **values: Any
) -> LaterDeadline:
    values = {"reason": WHY, "now": BEFORE} | values
    return propose_deadline(campaign, to, proposer=by or decider(), **values)


def moved(campaign: Campaign) -> Campaign:
    confirm_deadline(propose(campaign), confirmer=decider(), now=BEFORE)
    campaign.refresh_from_db()
    return campaign


def test_two_people_move_it_and_nothing_else() -> None:
    campaign = moved(make_campaign("100.00"))
    assert (campaign.deadline, campaign.state) == (LATER, "running")
    assert [each["reason"] for each in campaign.amendments] == [WHY]
    entry = Entry.objects.get(action="deadline moved")
    assert (entry.details["before"], entry.details["deadline"]) == (DEADLINE.isoformat(), LATER.isoformat())
    sheet = campaign.rules_sheets.get()  # the campaign of this test had none when it was announced
    assert entry.details["rules sheet"] == {"version": 1, "sha256": sheet.sha256}
    assert sheet.content["languages"]["en"][0][1][2] == (
        f"The deadline was moved from the end of Dec 31, 2026 to the end of Jan 14, 2027. Reason: “{WHY}”"
    )
    tick(now=DEADLINE)
    campaign.refresh_from_db()
    assert campaign.state == "running"
    tick(now=LATER)
    campaign.refresh_from_db()
    assert campaign.state == "settling"


def test_it_may_move_again() -> None:
    campaign = moved(make_campaign("100.00"))
    confirm_deadline(propose(campaign, LATER + timedelta(days=1)), confirmer=decider(), now=BEFORE)
    campaign.refresh_from_db()
    assert len(campaign.amendments) == 2


def test_what_is_written_after_the_old_deadline_counts() -> None:
    person = make_employee()
    deliver(befriend(person, 1))
    campaign = make_campaign("100.00")
    refresh(campaign, now=BEFORE)
    campaign = moved(campaign)
    run = refresh(campaign, now=DEADLINE + timedelta(days=1))
    assert run is not None
    assert run.as_of > DEADLINE


REFUSED: dict[str, Callable[[Campaign], Any]] = {
    "Only a later deadline": lambda it: propose(it, DEADLINE),
    "Give the reason": lambda it: propose(it, reason=" "),
    "before it has passed": lambda it: propose(it, now=DEADLINE),
    "is proposed already": lambda it: (propose(it), propose(it)),
    "ties remember": lambda it: propose(it, DEADLINE + timedelta(days=400)),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_be_proposed(why: str) -> None:
    campaign = make_campaign("100.00", window_days=None)
    with pytest.raises(Refused, match=why):
        REFUSED[why](campaign)


@pytest.mark.parametrize("state", ["draft", "scheduled", "settling", "provisional", "void"])
def test_it_moves_only_while_the_campaign_runs(state: str) -> None:
    with pytest.raises(Refused, match="while the campaign runs"):
        propose(make_campaign("100.00", state=state))


def test_the_one_who_proposed_it_and_whoever_stands_at_a_prize_do_not_confirm_it() -> None:
    person = make_employee()
    deliver(befriend(person, 1))
    campaign, one = make_campaign("100.00"), decider()
    refresh(campaign, now=DEADLINE - timedelta(hours=1))
    proposal = propose(campaign, by=one)
    with pytest.raises(Refused, match="You have proposed it"):
        confirm_deadline(proposal, confirmer=one, now=BEFORE)
    with pytest.raises(Refused, match="where a prize is at stake"):
        confirm_deadline(proposal, confirmer=decider(employee=person), now=BEFORE)
    with pytest.raises(Refused, match="before it has passed"):
        confirm_deadline(proposal, confirmer=decider(), now=DEADLINE)
    campaign.refresh_from_db()
    assert (campaign.deadline, campaign.amendments) == (DEADLINE, [])


def test_what_was_rejected_moves_nothing_and_another_may_follow() -> None:
    campaign = make_campaign("100.00")
    proposal = propose(campaign)
    reject_deadline(proposal, by=decider(), now=BEFORE)
    with pytest.raises(Refused, match="settled already"):
        confirm_deadline(proposal, confirmer=decider(), now=BEFORE)
    assert moved(campaign).deadline == LATER


BEHIND_THE_BACK = {
    "the deadline alone": "UPDATE campaigns_campaign SET deadline = deadline + interval '1 day'",
    "what the board says": "UPDATE campaigns_campaign SET amendments = '[{}]'",
    "as proposed by one": "UPDATE campaigns_campaign SET deadline = l.deadline, amendments = '[{}]' "
    "FROM campaigns_laterdeadline l",
    "by the one who proposed": "UPDATE campaigns_laterdeadline SET confirmed_by_id = proposed_by_id, "
    "confirmed_at = proposed_at",
    "after the deadline": "UPDATE campaigns_laterdeadline SET confirmed_at = deadline_before, "
    "confirmed_by_id = (SELECT max(id) FROM directory_user)",
    "what was proposed": "UPDATE campaigns_laterdeadline SET deadline = deadline + interval '1 day'",
    "that it was proposed": "DELETE FROM campaigns_laterdeadline",
}


@pytest.mark.parametrize("what", BEHIND_THE_BACK)
def test_the_database_keeps_it_too(what: str) -> None:
    propose(make_campaign("100.00"))
    make_user()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BEHIND_THE_BACK[what])


@pytest.mark.parametrize(
    ("language", "words"), [("en", "The deadline was moved"), ("zh-hans", "截止时间已推迟")]
)
def test_the_board_says_it_to_everybody(language: str, words: str) -> None:
    campaign, client = moved(make_campaign("100.00")), Client()
    client.force_login(make_user(employee=make_employee()))
    with clock.showing(BEFORE), override(language):
        shown = client.get(
            reverse("leaderboard", args=[campaign.slug]), headers={"accept-language": language}
        )
    assert words in shown.content.decode()
    assert WHY in shown.content.decode()


def of_hr(name: str, role: str = "HR") -> Client:
    user, client = make_user(name), Client()
    user.groups.add(Role.objects.get(name=role))
    client.force_login(user)
    return client


def test_two_of_hr_move_it_in_the_admin() -> None:
    campaign, one, other = make_campaign("100.00"), of_hr("one"), of_hr("other")
    address = page("campaigns_campaign_later_deadline", campaign.pk)
    confirm = page("campaigns_campaign_confirm_deadline", campaign.pk)
    with clock.showing(BEFORE):
        assert "Write it like" in str(
            one.post(address, {"deadline": "soon", "reason": WHY}).context["form"].errors
        )
        assert one.get(confirm).status_code == 302  # nothing is proposed
        one.post(address, {"deadline": "2027-01-15 00:00", "reason": WHY})
        assert (
            "from the end of Dec 31, 2026 to the end of Jan 14, 2027"
            in other.get(confirm).context["sentences"][0]
        )
        assert "somebody else" in str(one.post(confirm).context["form"].non_field_errors())
        other.post(confirm)
    campaign.refresh_from_db()
    assert campaign.deadline == LATER


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_nobody_else_moves_it(role: str) -> None:
    campaign, client = make_campaign("100.00"), of_hr("another", role)
    propose(campaign)
    for step in ("later_deadline", "confirm_deadline", "reject_deadline"):
        address = page(f"campaigns_campaign_{step}", campaign.pk)
        with clock.showing(BEFORE):
            assert {client.get(address).status_code, client.post(address).status_code} == {403}


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_one_moment_move_it_once() -> None:
    campaign = make_campaign("100.00")
    proposal = propose(campaign)
    others = iter([decider(), decider()])
    answers = at_once(2, lambda: confirm_deadline(proposal, confirmer=next(others), now=BEFORE))
    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", "Refused"]
    assert Entry.objects.filter(action="deadline moved").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_locks_both_would_move_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: only the database stops the second."""
    campaign = make_campaign("100.00")
    proposal = propose(campaign)
    monkeypatch.setattr(deadlines, "hold", lambda it: Campaign.objects.get(pk=it.pk))
    monkeypatch.setattr(deadlines, "_still_open", lambda it: it)
    others = iter([decider(), decider()])
    answers = at_once(2, lambda: confirm_deadline(proposal, confirmer=next(others), now=BEFORE))
    assert sorted(type(answer).__name__ for answer in answers) == ["IntegrityError", "NoneType"]
