"""How soon open boards may ask again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.directory.models import User
from apps.leaderboard.pace import BUSY, HEADER, MEASURED_SECONDS, Pace
from tests.leaderboard.scene import make_contest, member

pytestmark = pytest.mark.django_db
FAST, SLOW = 5, 20  # seconds


def after_ten_minutes(viewers: int, cost: float, other_work: float = 0.0) -> tuple[float, float]:
    """(seconds between two looks, share of a core) of a process whose viewers do as they are told.

    cost: processor seconds a look; other_work: share of a core that goes to something else.
    """
    now = used = 0.0
    pace = Pace(now, used)
    seconds = share = 0.0
    while now < 600:
        seconds = pace.seconds(now, used)
        share = viewers * cost / seconds + other_work
        now, used = now + MEASURED_SECONDS, used + share * MEASURED_SECONDS
    return seconds, share


@pytest.fixture(autouse=True)
def _between(settings: Any) -> None:
    settings.BOARD_POLL_SECONDS, settings.BOARD_POLL_SECONDS_BUSY = FAST, SLOW


def test_few_viewers_look_often() -> None:
    assert after_ten_minutes(100, 0.0015) == (FAST, pytest.approx(100 * 0.0015 / FAST))


def test_more_viewers_look_more_rarely_and_take_no_more_of_the_process() -> None:
    seconds, share = after_ten_minutes(2_000, 0.0015)
    assert FAST < seconds < SLOW
    assert share == pytest.approx(BUSY)


def test_however_many_they_are_they_look_in_the_end() -> None:
    assert after_ten_minutes(30_000, 0.0015)[0] == SLOW


def test_looking_gives_way_to_other_work() -> None:
    assert after_ten_minutes(100, 0.0015, other_work=0.9)[0] == SLOW


def test_it_speeds_up_again_when_the_rush_is_over() -> None:
    pace = Pace(0, 0)
    for n in range(1, 10):
        pace.seconds(n * MEASURED_SECONDS, n * MEASURED_SECONDS)
    assert pace.seconds(10 * MEASURED_SECONDS - 1, 10 * MEASURED_SECONDS) == SLOW
    quiet = [pace.seconds((10 + n) * MEASURED_SECONDS, 9 * MEASURED_SECONDS) for n in range(3)]
    assert quiet == [SLOW / 2, SLOW / 4, FAST]


def test_new_and_unchanged_boards_say_how_soon_to_ask_again(browse: Callable[[User], Client]) -> None:
    contest = make_contest([3, 2, 1])
    client = browse(member(contest.employees[0]))
    whole = client.get(contest.url)
    same = client.get(contest.url, headers={"If-None-Match": whole.headers["ETag"]})
    assert (whole.status_code, same.status_code) == (200, 304)
    assert all(FAST <= int(answer.headers[HEADER]) <= SLOW for answer in (whole, same))
