import pytest

from apps.awards.models import Award
from apps.campaigns.models import Campaign
from tests.factories import make_board, make_campaign, make_employee, make_result, make_run
from tests.leaderboard.scene import NOW, YESTERDAY, make_member, member

pytestmark = pytest.mark.django_db
State = Campaign.State


def test_one_running_campaign_is_gone_to_at_once(browse):
    running = make_campaign()
    make_campaign(state=State.SCHEDULED)
    client = browse(make_member())
    assert client.get("/").headers["Location"] == f"/{running.slug}/"
    assert client.get("/?all").status_code == 200


def test_several_are_listed_running_first_and_past_ones_apart(browse):
    past = make_campaign(state=State.FINAL, deadline=NOW)
    coming = make_campaign(state=State.SCHEDULED)
    running = [make_campaign(), make_campaign()]
    html = browse(make_member()).get("/").content.decode()
    current, _title, over = html.partition("Past campaigns")
    assert current.index(running[0].slug) < current.index(coming.slug)
    assert past.slug not in current
    assert past.slug in over


def test_drafts_and_rehearsals_are_hrs_and_the_auditors(browse):
    draft, rehearsal = make_campaign(state=State.DRAFT), make_campaign(is_rehearsal=True)
    for group in ("HR", "auditor"):
        html = browse(make_member(group)).get("/").content.decode()
        assert draft.slug in html
        assert rehearsal.slug in html
    assert "No campaign yet" in browse(make_member()).get("/").content.decode()
    assert "No campaign yet" in browse(make_member("administrator")).get("/").content.decode()


def test_a_campaign_says_where_one_stands_and_names_nobody_before_it_is_final(browse):
    me, first = make_employee(name="Me"), make_employee(name="The first")
    over = make_campaign("100", state=State.PROVISIONAL, deadline=NOW)
    run = make_run(over, {first: 5, me: 3}, last_date=YESTERDAY, keep=True)
    make_board(over, run)
    result = make_result(over, run, sealed_at=NOW)
    award = {"form": "place", "place": 1, "net_amount": 100, "currency": "CNY"}
    Award.objects.create(campaign=over, result=result, employee=first, created_at=NOW, **award)
    html = browse(member(me)).get("/?all").content.decode()
    assert "You: place 2 with 3 active contacts" in html
    assert "The first" not in html
    assert "You: place" not in browse(make_member()).get("/?all").content.decode()
