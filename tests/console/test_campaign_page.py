"""What HR watches on a campaign's page."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.activity.models import Delivery, Source
from apps.audit.checking import verify_whole
from apps.awards.due import tick
from apps.campaigns.lifecycle import void_campaign
from apps.campaigns.models import Campaign
from apps.console.inbox.standing import place_facts
from apps.console.monitor import feeds, growth, people, spread
from apps.console.monitor.life import life
from apps.integrity.decisions import confirm
from apps.integrity.models import Decision, Recount
from apps.ranking.models import Run
from apps.ranking.services import refresh
from bonus_tracker import clock
from bonus_tracker.admin_site.figures import figure
from tests.admin.scene import NOW as ENDED_AT
from tests.admin.scene import Scene
from tests.awards.stories import befriend, deliver
from tests.console.growing import cost
from tests.divisions import make_divided_campaign
from tests.factories import DEADLINE, make_board, make_campaign, make_department, make_employee, make_run
from tests.integrity.ready import complete_sources, make_ready
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
    assert plot.rows[-1] == ["7", figure(2)]


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


def test_approving_is_put_forward_once_nothing_else_is_missing(hr: Client) -> None:
    deliver(befriend(make_employee(), 2))
    complete_sources()
    campaign, sealed_at = make_campaign("100.00"), DEADLINE + timedelta(hours=72)
    tick(now=sealed_at)
    at_last = sealed_at + timedelta(days=campaign.objection_days)
    address, put_forward = reverse("console:campaign", args=[campaign.slug]), 'class="button primary"'
    with clock.showing(sealed_at):
        early = hr.get(address).content.decode()
    assert "Approve the result" in early
    assert put_forward not in early
    make_ready(campaign, now=at_last)
    verify_whole(now=at_last)
    with clock.showing(at_last):
        assert put_forward in hr.get(address).content.decode()


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
    later = life(campaign, now=NOW + timedelta(days=1))
    assert [str(step.words) for step in later if step.is_here] == ["Board freezes"]


def test_the_life_of_what_was_called_off_ends_there() -> None:
    campaign = make_campaign("100")
    void_campaign(campaign, reason="It rained.", now=NOW, actor="hr")
    [step] = life(campaign, now=NOW)
    assert (str(step.words), step.is_here) == ("Called off", True)


@pytest.mark.parametrize("size", [2, 12])
def test_the_page_costs_the_same_queries_at_any_size(size: int) -> None:
    contest = make_contest([3] * size)
    client = Client()
    client.force_login(make_member("HR"))
    assert cost(client, f"/console/campaigns/{contest.campaign.slug}/") == 52


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
    assert "From the end of Dec 20, 2026 to the end of Dec 31, 2026, decided by two people" in html
    assert "Reason: The messenger was down." in html


def test_what_prizes_cost_is_counted_apart_from_the_page(hr: Client) -> None:
    campaign = make_contest([3]).campaign
    page = hr.get(f"/console/campaigns/{campaign.slug}/").content.decode()
    assert f'data-later="/console/campaigns/{campaign.slug}/costs/"' in page
    assert "170,000 CNY at most" not in page
    assert "170,000 CNY at most" in hr.get(f"/console/campaigns/{campaign.slug}/costs/").content.decode()
    bare = make_campaign()
    assert b"data-later" not in hr.get(f"/console/campaigns/{bare.slug}/").content


def test_who_stands_elsewhere_on_the_board_that_everybody_sees_is_marked(hr: Client) -> None:
    campaign = make_campaign()
    ahead, behind = make_employee(name="Ahead"), make_employee(name="Behind")
    frozen = make_run(campaign, {behind: 5, ahead: 3}, last_date=NOW.date() - timedelta(days=3), keep=True)
    run = make_run(campaign, {ahead: 9, behind: 5, make_employee(): 1}, last_date=NOW.date())
    board = make_board(campaign, frozen, run, frozen=True)
    marked, public = people.boards(board)
    assert [(place.rank, place.public_rank, place.differs) for place in marked] == [
        (1, 2, True),
        (2, 1, True),
        (3, None, True),
    ]
    assert public is not None
    html = hr.get(f"/console/campaigns/{campaign.slug}/").content.decode()
    assert html.count("state-frozen") == 4  # the heading says it too


def test_days_of_the_campaign_that_a_source_does_not_speak_for_are_named() -> None:
    campaign = make_campaign(starts_at=NOW - timedelta(days=5))
    source = Source.objects.create(name="chat", platform="im", created_at=NOW, complete_until=NOW)
    for first, last in ((9, 3), (1, 0)):  # days ago
        Delivery.objects.create(
            source=source,
            actor="t",
            received_at=NOW,
            state="applied",
            covers_from=NOW - timedelta(days=first),
            covers_to=NOW - timedelta(days=last),
        )
    (feed,) = feeds.feeds(campaign, now=NOW)
    assert feed.gaps == ["Oct 17, 2026 to Oct 19, 2026"]


def test_growth_has_who_takes_part_on_an_axis_of_its_own() -> None:
    plot = growth.growth(make_contest([2, 1]).campaign)
    assert [(each.on_the_right, list(each.values)) for each in plot.series] == [(False, [3]), (True, [2])]
    assert [each["right"] for each in plot.data["series"]] == [False, True]


def test_a_version_says_why_it_was_made_and_who_moved(ended: Scene, hr: Client) -> None:
    decision = Decision.objects.get()
    page = hr.get("/console/campaigns/provisional/")
    assert page.context["change"] is None
    assert confirm(decision, confirmer=make_member("HR"), seen_version=1, now=ENDED_AT) is not None
    page = hr.get("/console/campaigns/provisional/")
    newest, first = page.context["results"]
    assert (newest.result.version, first.result.version) == (2, 1)
    assert [reverse("console:decision", args=[decision.pk]) in str(link) for link in newest.because] == [True]
    assert first.because == []
    assert page.context["change"].said == "1 employee moves."
    assert "What version 2 changed" in page.content.decode()
    hr.cookies["django_language"] = "zh-hans"
    for address in ("/console/campaigns/provisional/", reverse("console:decision", args=[decision.pk])):
        with CaptureQueriesContext(connection) as queries:
            assert "1 名员工的名次或数量变化。" in hr.get(address).content.decode()
        assert not [each for each in queries if "FULL JOIN" in each["sql"]]  # kept, whatever the language


def test_what_a_second_program_counted_stands_beside_a_version(ended: Scene, hr: Client) -> None:
    def said() -> tuple[str, str]:
        (version,) = hr.get("/console/campaigns/provisional/").context["results"]
        return version.recount

    Recount.objects.all().delete()
    assert said()[0] == "waits"
    Recount.objects.create(result=ended.result, at=ENDED_AT, problem="place 1 differs")
    assert said() == ("late", "The second computation differs: place 1 differs.")
    Recount.objects.update(problem="")
    assert said()[0] == "good"


def test_awards_stand_on_the_page_for_whoever_may_see_them(ended: Scene, hr: Client) -> None:
    (amounts,) = hr.get("/console/campaigns/provisional/").context["awards"]
    assert (amounts.awards, amounts.amounts) == (1, ["500 CNY after tax"])
    Group.objects.get(name="HR").permissions.remove(Permission.objects.get(codename="view_award"))
    assert hr.get("/console/campaigns/provisional/").context["awards"] == []
