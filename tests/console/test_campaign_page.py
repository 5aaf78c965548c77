"""What HR watches on a campaign's page."""

from datetime import timedelta

import pytest
from django.test import Client

from apps.campaigns.lifecycle import void_campaign
from apps.campaigns.models import Campaign
from apps.console.inbox.standing import place_facts
from apps.console.monitor import growth, people, spread
from apps.console.monitor.life import life
from apps.ranking.models import Run
from apps.ranking.services import refresh
from tests.console.growing import cost
from tests.divisions import make_divided_campaign
from tests.factories import make_board, make_campaign, make_department, make_employee, make_run
from tests.leaderboard.scene import NOW, Contest, make_contest, make_member

pytestmark = pytest.mark.django_db


def live(contest: Contest) -> Run:
    run = Campaign.objects.get(pk=contest.campaign.pk).board.live_run
    assert run is not None
    return run


def test_the_distribution_counts_everybody_with_a_contact_once() -> None:
    run = live(make_contest([7, 7, 3, 1]))
    assert spread.scores(run) == [(1, 1), (3, 1), (7, 2)]
    plot = spread.histogram(spread.scores(run))
    assert list(plot.series[0].values) == [1, 0, 1, 0, 0, 0, 2]
    assert plot.rows[-1] == ["7", 2]


@pytest.mark.parametrize(("most", "width"), [(0, 1), (1, 1), (16, 1), (17, 2), (33, 5), (81, 10), (900, 100)])
def test_bars_are_as_wide_as_people_count(most: int, width: int) -> None:
    assert spread.bar_width(most) == width


def test_a_department_of_nine_is_not_shown() -> None:
    contest = make_contest([1] * 19)
    small, large = make_department("Small"), make_department("Large")
    for n, employee in enumerate(contest.employees):
        employee.department_memberships.all().delete()
        department = small if n < spread.LEAST_MEMBERS - 1 else large
        employee.department_memberships.create(
            department=department, starts_on=NOW.date() - timedelta(days=400)
        )
    found = spread.departments(live(contest))
    assert [(each.path, each.members, each.active_contacts, each.a_member) for each in found] == [
        ("Large", 10, 10, 1.0)
    ]


def test_equals_stand_in_the_first_ten_as_on_the_board() -> None:
    contest = make_contest([5, 5, 2])
    places = people.first_places(contest.campaign, live(contest))
    assert [(place.rank, place.active_contacts) for place in places] == [(1, 5), (1, 5), (3, 2)]


def test_growth_has_one_point_a_day() -> None:
    contest = make_contest([2])
    refresh(contest.campaign, now=NOW + timedelta(days=1))
    refresh(contest.campaign, now=NOW + timedelta(days=2))
    plot = growth.growth(contest.campaign)
    assert len(plot.labels) == len(set(plot.labels)) == len(plot.series[0].values)


def test_a_life_says_what_was_done_and_what_comes() -> None:
    campaign = make_campaign("100", freeze_at=NOW + timedelta(days=1), deadline=NOW + timedelta(days=2))
    steps = life(campaign, now=NOW)
    assert [str(step.words) for step in steps] == [
        "Draft",
        "Announced",
        "Start",
        "Board freezes",
        "Deadline",
        "Provisional result",
        "Objections end",
        "Final",
        "Paid",
    ]
    assert [step.is_done for step in steps] == [True] * 3 + [False] * 6
    assert [str(step.words) for step in steps if step.is_here] == ["Start"]


def test_the_life_of_what_was_called_off_ends_there() -> None:
    campaign = make_campaign("100")
    void_campaign(campaign, reason="It rained.", now=NOW, actor="hr")
    assert [str(step.words) for step in life(campaign, now=NOW)] == ["Called off"]


@pytest.mark.parametrize("size", [2, 12])
def test_the_page_costs_the_same_queries_at_any_size(size: int) -> None:
    contest = make_contest([3] * size)
    client = Client()
    client.force_login(make_member("HR"))
    assert cost(client, f"/console/campaigns/{contest.campaign.slug}/") == 51


def test_each_division_has_its_first_ten_and_its_prizes(client: Client) -> None:
    campaign = make_divided_campaign(slug="apart")
    people_of = {make_employee(name=f"Seller {n}"): 20 - n for n in range(12)} | {
        make_employee(name="Lawyer"): 1
    }
    divisions = {person: 2 if person.name == "Lawyer" else 1 for person in people_of}
    run = make_run(campaign, people_of, last_date=NOW.date(), divisions=divisions)
    make_board(campaign, run)
    found = people.first_places(campaign, run)
    assert [(place.division, place.rank) for place in found] == [
        *(("Sales", rank) for rank in range(1, 11)),
        ("Everybody else", 1),
    ]
    client.force_login(make_member("HR"))
    html = client.get("/console/campaigns/apart/").content.decode()
    assert "Sales: whoever belongs to Sales." in html
    assert "Everybody else · Place 1" in html
    stands = place_facts(campaign, next(iter(people_of)))[0]
    assert stands == "Sales · Place 1 in the newest ranking; active contacts: 20."


@pytest.fixture
def hr() -> Client:
    client = Client()
    client.force_login(make_member("HR"))
    return client


def test_a_page_that_shows_the_newest_ranking_gets_nothing(hr: Client) -> None:
    address = f"/console/campaigns/{make_contest([3]).campaign.slug}/"
    shown = hr.get(address).context["version"]
    assert hr.get(address, {"version": shown}).status_code == 204
    make_contest([4])
    assert hr.get(address, {"version": shown}).status_code == 200


def test_a_page_keeps_itself_up_to_date_while_something_can_change(hr: Client) -> None:
    running, over = make_contest([3]).campaign, make_campaign(state="void", void_reason="r")
    assert b"data-every" in hr.get(f"/console/campaigns/{running.slug}/").content
    assert b"data-every" not in hr.get(f"/console/campaigns/{over.slug}/").content


def test_what_is_wrong_stands_on_the_page_of_what_is_counted(hr: Client) -> None:
    response = hr.get(f"/console/campaigns/{make_contest([3]).campaign.slug}/")
    assert "The regular work has never run" in response.content.decode()


def test_each_move_of_the_deadline_is_told_with_its_reason(hr: Client) -> None:
    moved = {
        "before": "2026-12-20T16:00:00+00:00",
        "deadline": "2026-12-31T16:00:00+00:00",
        "at": "2026-12-01T04:00:00+00:00",
        "reason": "The messenger was down.",
    }
    campaign = make_campaign(amendments=[moved])
    html = hr.get(f"/console/campaigns/{campaign.slug}/").content.decode()
    assert "From the end of December 20, 2026 to the end of December 31, 2026, decided by two people" in html
    assert "Reason: The messenger was down." in html


def test_what_prizes_cost_is_counted_apart_from_the_page(hr: Client) -> None:
    campaign = make_contest([3]).campaign
    page = hr.get(f"/console/campaigns/{campaign.slug}/").content.decode()
    assert f'data-later="/console/campaigns/{campaign.slug}/costs/"' in page
    assert "170,000.00 at most" not in page
    assert "170,000.00 at most" in hr.get(f"/console/campaigns/{campaign.slug}/costs/").content.decode()
    bare = make_campaign()
    assert b"data-later" not in hr.get(f"/console/campaigns/{bare.slug}/").content
