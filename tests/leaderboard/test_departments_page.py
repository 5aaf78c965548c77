"""The board of departments: averages, equals, and nobody whose own figures could be worked out."""

import re

import pytest

from apps.campaigns.models import Appearance, OptOut
from tests.factories import make_board, make_campaign, make_department, make_employee, make_run
from tests.leaderboard.scene import NOW, TODAY, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return make_campaign("100", public_places=2)


def staff(name, scores):
    department = make_department(name)
    return {make_employee(department=department): score for score in scores}


def rows(browse, campaign, reader):
    html = browse(member(reader)).get(f"/{campaign.slug}/departments/").content.decode()
    found = re.findall(
        r"<b>(\d+)</b></td>\s*<th.*?name\">([^<]*?) ?<.*?dept\">([^<]*)<.*?score\">([^<]*)<", html, re.S
    )
    return [(int(rank), name, members, average) for rank, name, members, average in found]


def ranked(campaign, *groups):
    people = {one: score for group in groups for one, score in group.items()}
    make_board(
        campaign, make_run(campaign, {one: score for one, score in people.items() if score}, last_date=TODAY)
    )
    return next(iter(people))


def test_departments_stand_by_their_average_and_equals_share_a_place(browse, campaign):
    reader = ranked(
        campaign,
        staff("Few", [9] * 9),
        staff("Level A", [2] * 10),
        staff("Level B", [4] * 5 + [0] * 5),
        staff("Low", [1] * 12),
        staff("High", [5] * 10),
    )
    assert rows(browse, campaign, reader) == [
        (1, "High", "10 members", "5.0"),
        (2, "Level A", "10 members", "2.0"),
        (2, "Level B", "10 members", "2.0"),
        (4, "Low", "12 members", "1.0"),
    ]


def test_ones_own_department_is_marked(browse, campaign):
    reader = ranked(campaign, staff("Mine", [2] * 10), staff("Theirs", [3] * 10))
    html = browse(member(reader)).get(f"/{campaign.slug}/departments/").content.decode()
    assert re.findall(r'class="me".*?name">(\w+) <span class="you">', html, re.S) == ["Mine"]


@pytest.mark.parametrize(("public", "shown"), [(10, True), (9, False), (8, False), (7, True), (2, True)])
def test_who_alone_is_not_on_the_board_cannot_be_worked_out(browse, campaign, public, shown):
    reader = ranked(campaign, staff("Sales", range(20, 10, -1)))
    campaign.public_places = public
    campaign.save()
    assert bool(rows(browse, campaign, reader)) == shown


def test_who_is_hidden_is_one_of_those_not_on_the_board(browse, campaign):
    people = staff("Sales", range(20, 10, -1))
    campaign.public_places = 10
    campaign.save()
    reader = ranked(campaign, people)
    assert rows(browse, campaign, reader)
    Appearance.objects.create(
        campaign=campaign, employee=list(people)[3], mode="hidden", changed_at=NOW, changes=1
    )
    assert rows(browse, campaign, reader) == []


def test_who_left_the_contest_is_no_member(browse, campaign):
    people = staff("Sales", [3] * 10)
    reader = ranked(campaign, people)
    OptOut.objects.create(campaign=campaign, employee=list(people)[5], left_at=NOW)
    assert rows(browse, campaign, reader) == []


def test_after_a_freeze_the_frozen_board_speaks(browse, campaign):
    people = staff("Sales", [3] * 10)
    public = make_run(campaign, people, last_date=TODAY)
    make_board(campaign, public, make_run(campaign, dict.fromkeys(people, 9), last_date=TODAY), frozen=True)
    assert rows(browse, campaign, next(iter(people))) == [(1, "Sales", "10 members", "3.0")]


def test_before_the_first_ranking_there_is_a_page_too(browse, campaign):
    html = browse(member(make_employee())).get(f"/{campaign.slug}/departments/").content.decode()
    assert "No department is large enough" in html
