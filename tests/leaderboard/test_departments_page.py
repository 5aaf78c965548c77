"""The board of departments: averages, equals, and nobody whose own figures could be worked out."""

import re

import pytest
from django.contrib.auth.models import Group

from apps.campaigns.lifecycle import void_campaign
from apps.campaigns.models import Appearance, OptOut
from apps.directory.models import DepartmentMembership
from apps.ranking.models import Board
from tests.factories import make_board, make_campaign, make_department, make_employee, make_run
from tests.leaderboard.scene import NOW, TODAY, make_member, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return make_campaign("100", public_places=2)


def staff(name, scores):
    department = make_department(name)
    return {make_employee(department=department): score for score in scores}


def rows(browse, campaign, reader):
    html = browse(member(reader)).get(f"/{campaign.slug}/departments/").content.decode()
    html = re.sub(r'<span class="shared".*?shared place</span></span>', "=", html)
    found = re.findall(
        r"<b>(\d+)</b>(=?)</td>\s*<th.*?name\">([^<]*?) ?<.*?dept\">([^<]*)<.*?score\">([^<]*)<", html, re.S
    )
    return [(rank + shared, name, members, average) for rank, shared, name, members, average in found]


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
        ("1", "High", "10 members", "5.0"),
        ("2=", "Level A", "10 members", "2.0"),
        ("2=", "Level B", "10 members", "2.0"),
        ("4", "Low", "12 members", "1.0"),
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
    assert rows(browse, campaign, next(iter(people))) == [("1", "Sales", "10 members", "3.0")]


def test_before_the_first_ranking_there_is_a_page_too(browse, campaign):
    html = browse(member(make_employee())).get(f"/{campaign.slug}/departments/").content.decode()
    assert "No department is large enough" in html


def look(client, campaign, etag=""):
    return client.get(f"/{campaign.slug}/departments/", headers={"If-None-Match": etag} if etag else {})


def test_an_open_page_is_told_that_nothing_is_new(browse, campaign):
    client = browse(member(ranked(campaign, staff("Sales", [3] * 10))))
    first = look(client, campaign)
    again = look(client, campaign, first["ETag"])
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert first["Cache-Control"] == "private, no-cache"


def ranked_anew(campaign, people):
    run = make_run(campaign, dict.fromkeys(people, 5), last_date=TODAY)
    Board.objects.filter(campaign=campaign).update(public_run=run, live_run=run)


def somebody_leaves(campaign, people):
    OptOut.objects.create(campaign=campaign, employee=people[5], left_at=NOW)


def somebody_hides(campaign, people):
    Appearance.objects.create(campaign=campaign, employee=people[5], mode="hidden", changed_at=NOW, changes=1)


def somebody_is_moved(campaign, people):
    DepartmentMembership.objects.filter(employee=people[0]).update(department=make_department("Elsewhere"))


def it_is_called_off(campaign, people):
    void_campaign(campaign, reason="a test", actor="hr", now=NOW)


def the_reader_is_given_a_role(campaign, people):
    member(people[0]).groups.add(Group.objects.get(name="administrator"))


@pytest.mark.parametrize(
    "happen",
    [
        ranked_anew,
        somebody_leaves,
        somebody_hides,
        somebody_is_moved,
        it_is_called_off,
        the_reader_is_given_a_role,
    ],
)
def test_nobody_is_left_with_an_older_page(browse, campaign, happen):
    people = staff("Sales", range(20, 10, -1))
    campaign.public_places = 10
    campaign.save()
    client = browse(member(ranked(campaign, people)))
    before = look(client, campaign)
    happen(campaign, list(people))
    after = look(client, campaign, before["ETag"])
    assert after.status_code == 200
    assert after.content != before.content
    assert look(client, campaign, after["ETag"]).status_code == 304


def test_who_leaves_or_comes_back_counts_so_at_once(browse, campaign):
    people = staff("Sales", [3] * 11)
    reader = ranked(campaign, people)
    assert rows(browse, campaign, reader)[0][2] == "11 members"
    somebody_leaves(campaign, list(people))
    assert rows(browse, campaign, reader)[0][2] == "10 members"
    OptOut.objects.all().delete()
    assert rows(browse, campaign, reader)[0][2] == "11 members"


def test_a_table_that_was_made_for_others_marks_ones_own_department(browse, campaign):
    mine, theirs = staff("Mine", [2] * 10), staff("Theirs", [3] * 10)
    ranked(campaign, mine, theirs)
    for _ in "12":
        for one, name in ((next(iter(mine)), "Mine"), (next(iter(theirs)), "Theirs")):
            html = look(browse(member(one)), campaign).content.decode()
            assert re.findall(r'class="me".*?name">(\w+) <span class="you">', html, re.S) == [name]


def test_a_table_is_in_the_readers_language_whoever_asked_before(browse, campaign):
    client = browse(member(ranked(campaign, staff("Sales", [3] * 10))))
    for language, said in (("en", "10 members"), ("zh-hans", "10 人")):
        client.post("/language/", {"language": language})
        assert said in look(client, campaign).content.decode()


def test_what_hr_reads_of_a_frozen_board_reaches_no_employee(browse, campaign):
    people = staff("Sales", [3] * 10)
    live = make_run(campaign, dict.fromkeys(people, 9), last_date=TODAY)
    make_board(campaign, make_run(campaign, people, last_date=TODAY), live, frozen=True)
    hr, me = browse(make_member("HR")), browse(member(next(iter(people))))
    for _ in "12":
        assert ">9.0<" in hr.get(f"/{campaign.slug}/departments/?view=live").content.decode()
        answer = me.get(f"/{campaign.slug}/departments/?view=live").content.decode()
        assert (">3.0<" in answer, ">9.0<" in answer) == (True, False)
