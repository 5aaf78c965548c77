"""Whatever is due is found by state and done once, however late the tick."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from apps.awards import due
from apps.campaigns.models import Campaign
from apps.ranking.models import Board, Result
from apps.ranking.sealing import differs_from_fixed_input, sealed_hash
from apps.ranking.services import refresh, standings
from bonus_tracker import clock
from tests.awards.stories import befriend, deliver, talk
from tests.factories import DEADLINE, START, make_campaign, make_employee

pytestmark = pytest.mark.django_db

GRACE_ENDS = DEADLINE + timedelta(hours=72)


def test_one_late_tick_brings_a_campaign_all_the_way() -> None:
    person = make_employee()
    deliver(befriend(person, 2))
    campaign = make_campaign("100.00", state=Campaign.State.SCHEDULED)
    done = due.tick(now=GRACE_ENDS + timedelta(days=30))
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.PROVISIONAL
    assert campaign.awards.get().employee == person
    assert len(done) == 5


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (START - timedelta(microseconds=1), Campaign.State.SCHEDULED),
        (START, Campaign.State.RUNNING),
        (DEADLINE - timedelta(microseconds=1), Campaign.State.RUNNING),
        (DEADLINE, Campaign.State.SETTLING),
        (GRACE_ENDS - timedelta(microseconds=1), Campaign.State.SETTLING),
        (GRACE_ENDS, Campaign.State.PROVISIONAL),
    ],
)
def test_each_state_begins_at_its_instant(now: object, state: str) -> None:
    campaign = make_campaign(state=Campaign.State.SCHEDULED)
    due.tick(now=now)
    due.tick(now=now)
    campaign.refresh_from_db()
    assert campaign.state == state


def test_late_events_count_within_grace_and_not_after() -> None:
    early, late = make_employee(), make_employee()
    campaign = make_campaign("100.00")
    deliver(befriend(early, 1))
    due.tick(now=DEADLINE + timedelta(hours=1))
    deliver(befriend(late, 2), now=DEADLINE + timedelta(hours=71))
    due.tick(now=GRACE_ENDS)
    deliver(befriend(early, 5, prefix="too-late"), now=DEADLINE + timedelta(hours=73))
    due.tick(now=GRACE_ENDS + timedelta(hours=2))
    result = Result.objects.get(campaign=campaign)
    sealed = result.run.standings.order_by("rank").values_list("rank", "employee__number", "active_contacts")
    assert list(sealed) == [(1, late.number, 2), (2, early.number, 1)]
    assert standings(campaign, as_of=DEADLINE)[0].active_contacts == 6  # recorded all the same
    assert differs_from_fixed_input(result) is None


def test_a_sealed_result_that_was_tampered_with_is_noticed() -> None:
    first, second = make_employee(), make_employee()
    deliver(befriend(first, 2) + befriend(second, 1))
    due_campaign = make_campaign("100.00")
    due.tick(now=GRACE_ENDS)
    result = Result.objects.get(campaign=due_campaign)
    assert result.sha256 == sealed_hash(result)
    result.run.standings.filter(employee=second.pk).update(active_contacts=9)
    assert "1 standing" in (differs_from_fixed_input(result) or "")
    result.run.standings.filter(employee=second.pk).update(active_contacts=1)
    due_campaign.fixed_ties.filter(employee=second.pk).update(sent="0" * 384)
    assert differs_from_fixed_input(result) is not None


def test_the_public_board_stops_at_the_freeze_and_hr_sees_on() -> None:
    freeze = DEADLINE - timedelta(days=3)
    person, rival = make_employee(), make_employee()
    campaign = make_campaign(freeze_at=freeze)
    deliver(talk(person, "friend@outside.example", days=3, until=freeze - timedelta(hours=1)), now=freeze)
    refresh(campaign, now=freeze - timedelta(minutes=1))
    deliver(befriend(rival, 4), now=DEADLINE - timedelta(hours=1))
    refresh(campaign, now=DEADLINE - timedelta(hours=1))
    board = Board.objects.get(campaign=campaign)
    assert board.frozen
    assert board.public_run.as_of == freeze
    assert list(board.public_run.standings.values_list("employee", flat=True)) == [person.pk]
    assert list(board.live_run.standings.order_by("rank").values_list("employee", flat=True)) == [
        rival.pk,
        person.pk,
    ]


def test_a_campaign_that_fails_does_not_keep_the_others_from_their_due(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = make_campaign(deadline=DEADLINE - timedelta(days=1))
    healthy = make_campaign()
    settle = due.settle

    def fail_for_one(campaign: Campaign, **options: object) -> object:
        if campaign.pk == broken.pk:
            raise RuntimeError("disk full")
        return settle(campaign, **options)

    monkeypatch.setattr(due, "settle", fail_for_one)
    with pytest.raises(RuntimeError, match="disk full"):
        due.tick(now=GRACE_ENDS)
    healthy.refresh_from_db()
    broken.refresh_from_db()
    assert (healthy.state, broken.state) == (Campaign.State.PROVISIONAL, Campaign.State.SETTLING)
    assert broken.slug in caplog.text


def test_the_command_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    campaign = make_campaign()
    with clock.showing(DEADLINE):
        call_command("tick")
        call_command("tick")
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"The deadline of {campaign.slug} has passed")
    assert second == "Nothing is due."


def test_a_sealed_result_outlives_corrections_of_numbers_and_names() -> None:
    person = make_employee()
    deliver(befriend(person, 1))
    campaign = make_campaign("100.00")
    due.tick(now=GRACE_ENDS)
    person.number, person.name = "another number", "another name"
    person.save()
    assert differs_from_fixed_input(Result.objects.get(campaign=campaign)) is None
