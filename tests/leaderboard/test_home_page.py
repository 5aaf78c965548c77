import pytest

from apps.campaigns.models import Campaign
from tests.factories import make_campaign
from tests.leaderboard.scene import NOW, make_member

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
