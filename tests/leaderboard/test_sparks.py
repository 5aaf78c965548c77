"""Small lines of scores on the board, and what a frozen or sealed board shows of itself."""

import re
from datetime import timedelta

import pytest

from apps.leaderboard.sparks import draw
from apps.ranking.fingerprint import fingerprint
from tests.factories import make_board, make_campaign, make_employee, make_run
from tests.leaderboard.scene import NOW, TODAY, YESTERDAY, Contest, make_contest, member

pytestmark = pytest.mark.django_db


def lines(html: str) -> list[str]:
    return re.findall(r'class="spark"[^>]*aria-label="([^"]*)"', html)


@pytest.mark.parametrize(
    ("scores", "line"),
    [([1, 3, 2], "M0 22L50 2L100 12"), ([0, 0, 9], "M0 22L50 22L100 2")],
)
def test_a_line_runs_between_the_lowest_and_the_highest_score(scores, line):
    assert f'class="line" d="{line}"' in draw(scores)


@pytest.mark.parametrize("scores", [[], [7], [5, 5, 5]])
def test_one_day_and_a_level_line_tell_nothing(scores):
    assert draw(scores) == ""


def test_a_line_shows_thirty_days_at_most():
    assert "From 71 to 100 in 29 days." in draw(range(1, 101))


def test_the_podium_and_oneself_have_lines_and_nobody_else(browse):
    contest = make_contest([9, 8, 7, 6])
    grown = make_run(contest.campaign, {contest.employees[0]: 11}, last_date=TODAY)
    make_run(contest.campaign, {contest.employees[0]: 4}, last_date=YESTERDAY - timedelta(days=1), keep=True)
    contest.campaign.board.public_run = grown
    contest.campaign.board.save()
    first = browse(member(contest.employees[0])).get(contest.url).content.decode()
    assert lines(first) == ["From 4 to 11 in 2 days."] * 2  # in one's own card, and on the podium
    last = browse(member(contest.employees[3])).get(contest.url).content.decode()
    assert lines(last) == ["From 4 to 11 in 2 days."]


def test_a_frozen_board_shows_no_day_after_it_and_its_own_hash(browse):
    campaign = make_campaign("100", freeze_at=NOW - timedelta(days=2))
    me = make_employee()
    frozen = make_run(campaign, {me: 3}, last_date=TODAY - timedelta(days=2), keep=True)
    make_run(campaign, {me: 2}, last_date=TODAY - timedelta(days=3), keep=True)
    make_run(campaign, {me: 50}, last_date=YESTERDAY, keep=True)
    make_board(campaign, frozen, make_run(campaign, {me: 77}, last_date=TODAY), frozen=True)
    for query in ({}, {"made": "for me"}):
        html = browse(member(me)).get(Contest(campaign, [me], frozen).url, query).content.decode()
        assert lines(html) == ["From 2 to 3 in 1 day."] * 2
        assert f"<code>{fingerprint(frozen)}</code>" in html


def test_a_long_page_can_be_jumped_in(browse):
    contest = make_contest([*range(40, 15, -1), 15, 15, 15])
    html = browse(member(contest.employees[0])).get(contest.url).content.decode()
    assert re.findall(r'<a href="#(place-\d+)">', html) == ["place-1", "place-10", "place-20"]
    assert all(html.count(f'id="place-{rank}"') == 1 for rank in (1, 10, 20, 26))
