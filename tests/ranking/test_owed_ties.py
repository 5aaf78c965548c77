"""While ties are owed they are half old and half new: no board, standing or result is made of them."""

from datetime import timedelta

import pytest

from apps.activity import owed
from apps.awards.due import tick
from apps.campaigns.models import Campaign
from apps.directory.models import Employee
from apps.ranking.counting import Unanswerable
from apps.ranking.models import Board, Result, Run
from apps.ranking.sealing import settle
from apps.ranking.services import NotRanked, Row, refresh, standings
from tests.activity.limits import EVERYTHING_IS_OWED, limits
from tests.factories import make_employee
from tests.faults.scenes import AFTER_GRACE, NOW, TALK_DAYS, deliver, handle_of, settling_campaign, talk

pytestmark = pytest.mark.django_db

LONG_TALK = [day - timedelta(days=ago) for day in TALK_DAYS for ago in (0, 10)]


@pytest.fixture
def campaign() -> Campaign:
    """Ranked; then all ties are owed, and a part of them is derived."""
    campaign = settling_campaign()
    for n in range(1, 4):
        contacts = [f"c{n}-{m}@out.example" for m in range(n)]
        deliver(talk(handle_of(make_employee(number=f"E{n}")), contacts, LONG_TALK))
    refresh(campaign, now=NOW)
    with limits(*EVERYTHING_IS_OWED):
        owed.repair(list(Employee.objects.values_list("pk", flat=True)), now=NOW)
    assert len(owed.owed().get().parts) > 2
    assert owed.do_next_parts(owed.owed().get(), wait=True)
    return campaign


SENTENCE = r"Ties are being derived again \(repair, \d+ %\); rankings wait until that is done\."
WHOLE = [Row(1, "E3", 3, 18), Row(2, "E2", 2, 12), Row(3, "E1", 1, 6)]


def shown() -> list[Row]:
    run = Board.objects.get().live_run
    assert run
    columns = ("rank", "employee__number", "active_contacts", "conversation_days")
    return [Row(*row) for row in run.standings.order_by("rank").values_list(*columns)]


def test_no_run_is_written(campaign: Campaign) -> None:
    with pytest.raises(NotRanked, match=SENTENCE):
        refresh(campaign, now=NOW)
    assert (shown(), Run.objects.count()) == (WHOLE, 1)


def test_without_the_guard_the_board_would_be_of_half_the_ties(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owed, "at_rest", lambda: 0)
    refresh(campaign, now=NOW)
    assert shown() != WHOLE


def test_standings_say_that_they_wait(campaign: Campaign) -> None:
    with pytest.raises(Unanswerable, match=SENTENCE):
        standings(campaign, as_of=NOW)


def test_nothing_is_sealed(campaign: Campaign) -> None:
    assert settle(campaign, now=AFTER_GRACE) is None
    assert not Result.objects.exists()


def test_a_tick_derives_the_rest_and_settles(campaign: Campaign) -> None:
    tick(now=AFTER_GRACE)
    assert not owed.owed().exists()
    assert Result.objects.get().version == 1


def test_afterwards_the_board_is_what_it_was(campaign: Campaign) -> None:
    owed.work_off(now=NOW)
    refresh(campaign, now=NOW)
    assert (shown(), Run.objects.count()) == (WHOLE, 2)
