"""Places read out of a run: pages, neighbours, what is next."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.http import QueryDict

from apps.leaderboard import board, sql
from apps.leaderboard.board import Position, Search, Target
from apps.leaderboard.places import Key
from tests.factories import make_campaign, make_department, make_employee, make_run
from tests.leaderboard.scene import TODAY, YESTERDAY, make_contest
from tests.plans import most_rows

pytestmark = pytest.mark.django_db
PRIZES = [1, 2, 3]


EVERYBODY, FIRST = Search(), Position()


def read(run, *, up_to_rank=None, search=EVERYBODY, at=FIRST, previous=None):
    return board.page(run, previous, up_to_rank=up_to_rank, search=search, at=at)


def own(contest, index, *, public_places=100):
    employee = contest.employees[index]
    return board.own(
        contest.run, None, employee.pk, public_places=public_places, prize_places=PRIZES, told_apart=PRIZES
    )


def test_equals_share_a_place_and_the_next_is_skipped():
    contest = make_contest([9, 7, 7, 5])
    assert [(p.rank, p.is_shared) for p in read(contest.run).places] == [
        (1, False),
        (2, True),
        (2, True),
        (4, False),
    ]


def test_equals_at_the_last_public_place_are_all_shown():
    contest = make_contest([9, 7, 7, 7, 5])
    assert [p.score for p in read(contest.run, up_to_rank=2).places] == [9, 7, 7, 7]


def test_pages_by_key_show_everybody_once_forwards_and_backwards(monkeypatch):
    monkeypatch.setattr(board, "PAGE_SIZE", 2)
    run = make_contest([9, 7, 7, 7, 5]).run
    first = read(run)
    second = read(run, at=Position(after=first.later))
    third = read(run, at=Position(after=second.later))
    assert [[p.score for p in page.places] for page in (first, second, third)] == [[9, 7], [7, 7], [5]]
    assert (first.earlier, third.later) == (None, None)
    back = read(run, at=Position(before=third.earlier))
    assert back.places == second.places
    assert read(run, at=Position(before=back.earlier)).places == first.places


def test_pages_meet_wherever_they_end_among_equals(monkeypatch):
    run = make_contest([9, 9, 9, 7, 7, 7, 7, 7, 5, 5, 3]).run
    everybody = [place.employee_id for place in read(run).places]
    for size in range(1, 12):
        monkeypatch.setattr(board, "PAGE_SIZE", size)
        pages = [read(run)]
        while pages[-1].later:
            pages.append(read(run, at=Position(after=pages[-1].later)))
        assert [place.employee_id for page in pages for place in page.places] == everybody
        for above, below in pairwise(pages):
            assert read(run, at=Position(before=below.earlier)).places == above.places
        assert all(page.earlier for page in pages[1:])
        assert [read(run, at=Position(before=page.earlier)).earlier is None for page in pages[1:2]] == [
            True
        ] * (len(pages) > 1)


def test_a_key_in_a_link_says_nothing_about_who_stands_there(monkeypatch):
    monkeypatch.setattr(board, "PAGE_SIZE", 2)
    pages = [read(run).later for run in (make_contest([9, 7, 7, 5]).run, make_contest([9, 7, 7, 5]).run)]
    assert [str(key) for key in pages] == ["2-1", "2-1"]  # of different people


def test_a_key_of_a_rank_that_is_gone_leaves_nobody_out(monkeypatch):
    monkeypatch.setattr(board, "PAGE_SIZE", 2)
    run = make_contest([9, 7, 7, 5]).run
    assert [p.rank for p in read(run, at=Position(after=Key(3, 50))).places] == [4]
    assert [p.rank for p in read(run, at=Position(before=Key(3, 50))).places] == [2, 2]
    assert read(run, at=Position(before=Key(1, 0))).places == []


def test_a_place_shared_with_somebody_on_another_page_is_marked(monkeypatch):
    monkeypatch.setattr(board, "PAGE_SIZE", 2)
    assert [p.is_shared for p in read(make_contest([9, 7, 7]).run).places] == [False, True]


def test_movement_is_measured_against_the_kept_run_of_the_day_before():
    campaign, climber, other, fresh = make_campaign(), make_employee(), make_employee(), make_employee()
    make_run(campaign, {climber: 9}, last_date=TODAY - timedelta(days=2), keep=True)
    make_run(campaign, {climber: 1, other: 5}, last_date=YESTERDAY, keep=True)
    make_run(campaign, {climber: 9}, last_date=YESTERDAY)
    run = make_run(campaign, {climber: 8, other: 5, fresh: 4}, last_date=TODAY)
    places = read(run, previous=board.previous_run(run)).places
    assert [(p.employee_id, p.movement) for p in places] == [
        (climber.pk, 1),
        (other.pk, -1),
        (fresh.pk, None),
    ]


def test_search_finds_by_part_of_a_name_and_by_department_with_all_below():
    campaign, sales = make_campaign(), make_department("Sales")
    north = make_department("North", sales)
    ann = make_employee(name="Ann Lee", department=north)
    bob = make_employee(name="Bob Lee", department=make_department("Sales team"))
    run = make_run(campaign, {ann: 2, bob: 1}, last_date=TODAY)

    def found(**search):
        return [p.employee_id for p in read(run, search=Search(**search)).places]

    assert found(name="LEE") == [ann.pk, bob.pk]
    assert found(name=bob.number.lower()) == [bob.pk]
    assert found(department="Sales") == [ann.pk]
    assert found(name="bob", department="Sales") == []
    assert board.departments(run, 0, None) == ["Sales / North", "Sales team"]


def test_the_department_is_the_one_of_the_runs_day():
    campaign, employee = make_campaign(), make_employee(department=make_department("Old"))
    employee.department_memberships.update(ends_on=YESTERDAY)
    employee.department_memberships.create(department=make_department("New"), starts_on=TODAY)
    runs = [make_run(campaign, {employee: 1}, last_date=day) for day in (YESTERDAY, TODAY)]
    assert [read(run).places[0].department for run in runs] == ["Old", "New"]


def test_two_neighbours_stand_on_each_side():
    mine = own(make_contest([9, 8, 7, 6, 5, 4, 3]), 3)
    assert [p.score for p in mine.around] == [8, 7, 6, 5, 4]


def test_neighbours_beyond_the_public_places_have_no_name_but_oneself_has():
    mine = own(make_contest([9, 8, 7, 6]), 2, public_places=2)
    assert [(p.rank, p.score, p.name) for p in mine.around] == [
        (1, 9, "Person 1"),
        (2, 8, "Person 2"),
        (3, 7, "Person 3"),
        (4, 6, None),
    ]
    stranger = mine.around[-1]
    assert (stranger.number, stranger.department, stranger.conversation_days, stranger.movement) == (
        None,
    ) * 4


def test_the_next_place_and_the_nearest_prize_are_named_with_what_they_take():
    mine = own(make_contest([20, 15, 11, 8, 8, 5]), 5)
    assert (mine.next_place, mine.next_prize) == (Target(4, 3), Target(3, 6))


def test_equalling_those_who_share_a_prize_place_is_enough():
    mine = own(make_contest([20, 15, 15, 15, 5]), 4)
    assert mine.next_prize == Target(3, 10)


def test_the_first_has_nothing_to_reach():
    mine = own(make_contest([20, 15]), 0)
    assert (mine.next_place, mine.next_prize) == (None, None)


def test_somebody_without_a_place_sees_the_last_place_and_the_last_prize():
    contest, newcomer = make_contest([20, 15, 11, 8]), make_employee()
    mine = board.own(
        contest.run, None, newcomer.pk, public_places=100, prize_places=PRIZES, told_apart=PRIZES
    )
    assert (mine.place, mine.around) == (None, [])
    assert (mine.next_place, mine.next_prize) == (Target(4, 8), Target(3, 11))


@pytest.mark.parametrize("text", ["", "1", "1-", "-1", "a-b", "1-2-3", "9" * 20 + "-1", "1-½"])
def test_what_is_no_key_is_no_key(text):
    assert Key.parse(text) is None


def test_a_search_keeps_no_nul_and_no_excess():
    search = Search.of(QueryDict(mutable=True) | {"q": " a\0b " + "x" * 500})
    assert (search.name[:2], len(search.name)) == ("ab", 200)


def test_ones_place_and_its_neighbours_are_read_by_index_in_a_long_run():
    contest = make_contest(range(300, 0, -1))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ranking_standing")
        cursor.execute("SET LOCAL enable_seqscan = off")
        asked = {
            "run": contest.run.pk,
            "campaign": contest.campaign.pk,
            "day": TODAY,
            "previous": None,
            "employee": contest.employees[150].pk,
        }
        cursor.execute(f"EXPLAIN {sql.AROUND}".format(within=""), asked | {"neighbours": 2})
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Sort Key: other" not in plan  # the neighbours come in the index's order
    assert "Seq Scan" not in plan


def test_one_finds_ones_place_in_a_run_newer_than_all_statistics_without_reading_it_whole():
    contest = make_contest(range(2_000, 0, -1))
    newer = make_run(contest.campaign, {}, last_date=TODAY)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ranking_standing, directory_employee")
        cursor.execute(
            "INSERT INTO ranking_standing (employee_id, run_id, rank, active_contacts, conversation_days) "
            "SELECT employee_id, %s, rank, active_contacts, 0 FROM ranking_standing WHERE run_id = %s",
            [newer.pk, contest.run.pk],
        )
        asked = {"run": newer.pk, "previous": contest.run.pk, "campaign": contest.campaign.pk, "day": TODAY}
        asked |= {"employee": contest.employees[1_000].pk, "neighbours": 2}
    assert most_rows(sql.AROUND.format(within=""), asked) < 50


def test_ones_neighbours_among_equals_stand_in_the_order_of_days_where_days_decide():
    contest = make_contest([20, 15, 15])
    contest.run.standings.filter(employee=contest.employees[2]).update(conversation_days=90)
    in_order = [place.name for place in own(contest, 1).around]
    assert in_order == ["Person 1", "Person 3", "Person 2"]
