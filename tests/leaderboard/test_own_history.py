"""One's score and place day by day."""

import json
import re
from datetime import timedelta

import pytest

from tests.factories import make_board, make_campaign, make_employee, make_run
from tests.leaderboard.scene import NOW, TODAY, YESTERDAY, give_active, make_contest, member

pytestmark = pytest.mark.django_db


def days(browse, employee, slug):
    html = browse(member(employee)).get(f"/{slug}/me/").content.decode()
    return re.findall(r'row">([^<]+)</th><td>(\d+)</td><td>(\d+|–)</td>', html)


def test_the_days_end_with_now(browse):
    contest = make_contest([9, 3])
    me = contest.employees[1]
    give_active(me, 4)
    assert days(browse, me, contest.campaign.slug) == [("Oct 19", "3", "2"), ("Oct 20", "4", "2")]


def test_the_chart_says_what_the_table_says(browse):
    contest = make_contest([9, 3])
    give_active(contest.employees[1], 4)
    html = browse(member(contest.employees[1])).get(f"{contest.url}me/").content.decode()
    drawn = json.loads(re.search(r'<script id="days" type="application/json">(.*?)</script>', html)[1])
    assert drawn["labels"] == ["Oct 19", "Oct 20"]
    assert [(line["values"], line["reverse"]) for line in drawn["series"]] == [
        ([3, 4], False),
        ([2, 2], True),
    ]


def test_no_place_of_a_day_after_the_freeze_is_told(browse):
    campaign = make_campaign("100", freeze_at=NOW - timedelta(days=3))
    me, rival = make_employee(), make_employee()
    give_active(me, 2)
    before = make_run(campaign, {me: 5, rival: 6}, last_date=TODAY - timedelta(days=4), keep=True)
    make_run(campaign, {me: 7, rival: 6}, last_date=YESTERDAY, keep=True)
    live = make_run(campaign, {me: 9, rival: 6}, last_date=TODAY)
    make_board(campaign, before, live, frozen=True)
    assert days(browse, me, campaign.slug) == [
        ("Oct 16", "5", "2"),
        ("Oct 19", "7", "–"),
        ("Oct 20", "2", "–"),
    ]


def test_one_day_is_no_chart(browse):
    contest = make_contest([9, 3])
    contest.campaign.runs.filter(last_date=YESTERDAY).delete()
    html = browse(member(contest.employees[1])).get(f"{contest.url}me/").content.decode()
    assert "chart.js" not in html
    assert "days-table" not in html
