"""Each division has its board; one's own comes first, the others are a click away, and privacy holds in each."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.awards.models import Award
from apps.campaigns.models import Campaign
from apps.directory.models import Employee, User
from apps.leaderboard import finished
from apps.leaderboard.board import previous_run
from apps.leaderboard.sql import around
from apps.ranking.models import Run, Standing
from tests.divisions import make_divided_campaign
from tests.factories import make_board, make_department, make_employee, make_result, make_run
from tests.leaderboard.scene import NOW, TODAY, YESTERDAY, Contest, make_contest, make_member, member

pytestmark = pytest.mark.django_db
State = Campaign.State
Browse = Callable[[User], Client]
SCORES = {"S1": 9, "S2": 7, "S3": 5, "L1": 6, "L2": 4, "L3": 3}


@pytest.fixture
def contest() -> Contest:
    """S1 to S3 in Sales, L1 to L3 elsewhere; L1 came from Sales since yesterday; two public places each."""
    campaign = make_divided_campaign(public_places=2, slug="year-end")
    sales = make_department("Sales")
    people = {
        number: make_employee(
            number=number, name=f"Name {number}", department=sales if number[0] == "S" else None
        )
        for number in SCORES
    }
    scores = {people[number]: score for number, score in SCORES.items()}
    today = {people[number]: 1 if number[0] == "S" else 2 for number in SCORES}
    make_run(campaign, scores, last_date=YESTERDAY, keep=True, divisions=today | {people["L1"]: 1})
    run = make_run(campaign, scores, last_date=TODAY, divisions=today)
    make_board(campaign, run)
    return Contest(campaign, list(people.values()), run)


def places(client: Client, **query: str) -> tuple[str, list[tuple[int, str | None]]]:
    board = client.get("/api/v1/campaigns/year-end/board/", query).json()
    return board["division"], [(place["rank"], place["name"]) for place in board["places"]]


def me(client: Client) -> dict[str, Any]:
    content: dict[str, Any] = client.get("/api/v1/campaigns/year-end/me/").json()
    return content


OF_SALES = ("sales", [(1, "Name S1"), (2, "Name S2")])
OF_REST = ("rest", [(1, "Name L1"), (2, "Name L2")])


@pytest.mark.parametrize("made", [{}, {"made": "for one"}])
def test_ones_own_division_comes_first_and_another_when_asked_for(
    browse: Browse, contest: Contest, made: dict[str, str]
) -> None:
    seller, lawyer = browse(member(contest.employees[2])), browse(member(contest.employees[5]))
    assert places(seller, **made) == OF_SALES
    assert places(lawyer, **made) == OF_REST
    assert places(seller, division="rest", **made) == OF_REST
    assert places(lawyer, division="sales", **made) == OF_SALES


def test_who_has_no_active_contact_has_the_division_of_the_directory(
    browse: Browse, contest: Contest
) -> None:
    sales = contest.employees[0].department_memberships.get().department
    assert places(browse(member(make_employee(department=sales))))[0] == "sales"
    assert places(browse(member(make_employee())))[0] == "rest"
    assert places(browse(make_member()))[0] == "sales"  # no employee: the first


def test_an_unknown_division_is_not_found(browse: Browse, contest: Contest) -> None:
    client = browse(member(contest.employees[0]))
    for address in ("/year-end/", "/api/v1/campaigns/year-end/board/"):
        assert client.get(address, {"division": "north"}).status_code == 404
        assert client.get(address, {"division": ""}).status_code == 200


def test_the_api_says_what_divisions_there_are_and_ones_own(browse: Browse, contest: Contest) -> None:
    client = browse(member(contest.employees[3]))
    (campaign,) = client.get("/api/v1/campaigns/").json()
    assert campaign["divisions"] == [
        {"key": "sales", "name": "Sales"},
        {"key": "rest", "name": "Everybody else"},
    ]
    assert [(p["division"], p["place"]) for p in campaign["prizes"]] == [
        ("sales", 1),
        ("rest", 1),
        ("sales", 2),
    ]
    assert me(client)["division"] == "rest"


def test_what_is_next_lies_in_ones_own_division(browse: Browse, contest: Contest) -> None:
    """L3 with 3: one more than nothing to the 4 of L2, and three to the prize, which is L1's alone there."""
    mine = me(browse(member(contest.employees[5])))
    assert (mine["place"]["rank"], [other["name"] for other in mine["around"]]) == (
        3,
        ["Name L1", "Name L2", "Name L3"],
    )
    assert mine["next_place"] == {"place": 2, "more": 1}
    assert mine["next_prize"] == {"place": 1, "more": 3}
    assert me(browse(member(contest.employees[2])))["next_prize"] == {"place": 2, "more": 2}


def test_movement_is_within_a_division_and_who_came_into_it_is_new(browse: Browse, contest: Contest) -> None:
    board = browse(member(contest.employees[3])).get("/api/v1/campaigns/year-end/board/").json()
    assert [(p["name"], p["movement"]) for p in board["places"]] == [("Name L1", None), ("Name L2", -1)]
    sales = browse(member(contest.employees[0])).get("/api/v1/campaigns/year-end/board/").json()
    assert [(p["name"], p["movement"]) for p in sales["places"]] == [("Name S1", 0), ("Name S2", 0)]


def test_names_beyond_the_public_places_of_a_division_reach_nobody(browse: Browse, contest: Contest) -> None:
    for reader in contest.employees:
        client = browse(member(reader))
        for query in ({}, {"division": "sales"}, {"division": "rest"}, {"division": "rest", "q": "Name"}):
            main = client.get("/year-end/", query).content.decode().partition("<main")[2]
            hidden = {"Name S3", "Name L3"} - {reader.name}
            assert not any(name in main for name in hidden), (reader.number, query)


def test_hr_sees_every_rank_of_each_division(browse: Browse, contest: Contest) -> None:
    hr = browse(make_member("HR"))
    assert places(hr, division="rest") == ("rest", [(1, "Name L1"), (2, "Name L2"), (3, "Name L3")])
    assert places(hr, division="sales", view="live")[1][2] == (3, "Name S3")


def bare(html: str) -> str:
    html = re.sub(r'csrfmiddlewaretoken" value="\w+"|name="next" value="[^"]*"', "", html)
    return re.sub(r">\s+<", "><", re.sub(r"\s+", " ", html))


@pytest.mark.parametrize("who", [0, 2, 3, 5])
@pytest.mark.parametrize("query", [{}, {"division": "sales"}, {"division": "rest"}])
def test_a_finished_page_is_the_page_made_for_one(
    browse: Browse, contest: Contest, who: int, query: dict[str, str]
) -> None:
    client = browse(member(contest.employees[who]))
    for _warm in range(2):
        one = client.get("/year-end/", query).content.decode()
        assert bare(one) == bare(client.get("/year-end/", query | {"made": "for me"}).content.decode())


def test_readers_of_two_divisions_never_get_each_others_page(browse: Browse, contest: Contest) -> None:
    for _warm in range(2):
        for number, name, other in ((0, "Name S2", "Name L2"), (3, "Name L2", "Name S2")):
            html = browse(member(contest.employees[number])).get("/year-end/").content.decode()
            assert name in html
            assert other not in html


def test_a_warm_board_costs_session_and_user_alone(browse: Browse, contest: Contest, settings: Any) -> None:
    settings.BOARD_KEPT_SECONDS = 60
    client = browse(member(contest.employees[0]))
    finished.finish(contest.campaign)
    client.get("/year-end/")
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/year-end/").status_code == 200
    assert len(queries) == 2


def test_ones_own_card_is_of_ones_own_division_whichever_is_shown(browse: Browse, contest: Contest) -> None:
    client = browse(member(contest.employees[2]))
    for query in ({}, {"division": "rest"}):
        html = client.get("/year-end/", query).content.decode()
        assert re.findall(r'class="own-rank"><b>(\d)</b> <span class="soft">of (\d)', html) == [("3", "3")]


@pytest.mark.parametrize("people", [30, 300])
def test_neighbours_in_a_small_division_are_read_by_index(people: int) -> None:
    campaign = make_divided_campaign()
    everybody = Employee.objects.bulk_create(Employee(number=f"N{n}", name=f"N{n}") for n in range(people))
    scores = {employee: n + 1 for n, employee in enumerate(everybody)}
    small = {employee: 1 if n % 10 else 2 for n, employee in enumerate(everybody)}
    run = make_run(campaign, scores, last_date=TODAY, divisions=small)
    mine = everybody[10]
    near = around(run, previous_run(run), mine.pk, division=2, neighbours=2)
    assert [place.employee_id for place in near] == [everybody[n].pk for n in (30, 20, 10, 0) if n < people]
    assert {place.rank for place in near} <= set(range(1, people // 10 + 1))


def test_a_page_of_a_division_goes_by_its_index(contest: Contest) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE ranking_standing; SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off"
        )
        rows = Standing.objects.filter(run=contest.run, division=2, rank__lte=100).order_by(
            "rank", "employee"
        )
        plan = rows.explain()
    assert "standing_by_division" in plan
    assert Run.objects.count() == 2


def current(html: str) -> list[tuple[str, bool]]:
    """The links to divisions, and whether each is the one that is shown."""
    nav = re.search(r'aria-label="Divisions">(.*?)</nav>', html, re.S)
    assert nav
    links = re.findall(r'<a href="\?division=(\w+)[^"]*"( aria-current="true")?>', nav[1])
    return [(key, bool(shown)) for key, shown in links]


@pytest.mark.parametrize("made", [{}, {"made": "for one"}])
def test_the_board_leads_to_each_division(browse: Browse, contest: Contest, made: dict[str, str]) -> None:
    lawyer = browse(member(contest.employees[3]))
    assert current(lawyer.get("/year-end/", made).content.decode()) == [("sales", False), ("rest", True)]
    other = lawyer.get("/year-end/", made | {"division": "sales"}).content.decode()
    assert current(other) == [("sales", True), ("rest", False)]
    assert "Name S1" in other
    assert 'You <span class="soft">· Everybody else</span>' in other
    assert '<input type="hidden" name="division" value="sales">' in other
    assert "1,000" in other  # the prize of the division that is shown


def test_hr_keeps_the_division_when_the_audience_changes(browse: Browse, contest: Contest) -> None:
    html = browse(make_member("HR")).get("/year-end/", {"division": "rest", "view": "live"}).content.decode()
    assert 'href="?view=public&amp;division=rest"' in html
    assert 'href="?division=sales&amp;view=live"' in html


def test_a_campaign_without_divisions_shows_none(browse: Browse) -> None:
    contest = make_contest([3, 2])
    html = browse(member(contest.employees[0])).get(contest.url).content.decode()
    assert "Divisions" not in html
    assert "division=" not in html
    assert browse(member(contest.employees[0])).get(contest.url, {"division": "sales"}).status_code == 404


def test_what_was_won_stands_on_the_board_of_its_division(browse: Browse, contest: Contest) -> None:
    make_divided_result(contest)
    reader = browse(make_member())
    for key, winner, other in (("sales", "Name S1", "Name L1"), ("rest", "Name L1", "Name S1")):
        html = reader.get("/year-end/", {"division": key}).content.decode()
        won = html.partition('id="winners-title"')[2].partition("</section>")[0]
        assert winner in won
        assert other not in won


def make_divided_result(contest: Contest) -> None:
    """Approved: S1 and L1 have won the first places."""
    campaign = contest.campaign
    for state in (State.SETTLING, State.PROVISIONAL):
        Campaign.objects.filter(pk=campaign.pk).update(state=state)
    result = make_result(campaign, contest.run, sealed_at=NOW)
    for person, division, net in ((0, "sales", "1000"), (3, "rest", "100")):
        Award.objects.create(
            campaign=campaign,
            result=result,
            employee=contest.employees[person],
            place=1,
            division=division,
            net_amount=Decimal(net),
            currency="CNY",
            state=Award.State.APPROVED,
            created_at=NOW,
        )
    Campaign.objects.filter(pk=campaign.pk).update(state=State.FINAL)
