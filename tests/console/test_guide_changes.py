"""What HR changes of a campaign by the guided form: of a draft, of what is scheduled, of what runs."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.campaigns.announcement import Announcement
from apps.campaigns.models import Campaign
from bonus_tracker import clock
from bonus_tracker.clock import company_zone
from tests.admin.scene import NOW, last_entry, sign_in
from tests.console.forms import NEW, a_new_one, edit, errors_of, typed
from tests.factories import make_campaign

State = Campaign.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def hr(client: Client) -> Any:
    with clock.showing(NOW), timezone.override(company_zone()):  # as during a request
        sign_in(client, "HR")
        yield client


def test_a_draft_changes_with_before_and_after_in_the_log(hr: Client) -> None:
    hr.post(NEW, a_new_one(hr))
    campaign = Campaign.objects.get()
    hr.post(edit(campaign), typed(hr, edit(campaign), grace_hours="24", **{"prizes-0-net_amount": "50000"}))
    campaign.refresh_from_db()
    assert (campaign.state, campaign.grace_hours) == (State.DRAFT, 24)
    assert last_entry().details["changes"] == {
        "grace_hours": [72, 24],
        "prizes": [["1: 100000.00 CNY >= 50"], ["1: 50000.00 CNY >= 50"]],
    }


def test_an_emptied_line_takes_its_prize_away(hr: Client) -> None:
    hr.post(NEW, a_new_one(hr))
    campaign = Campaign.objects.get()
    empty = {"prizes-0-place": "", "prizes-0-net_amount": "", "prizes-0-min_score": ""}
    hr.post(edit(campaign), typed(hr, edit(campaign), **empty))
    assert not campaign.prizes.exists()


def test_who_saves_what_somebody_else_has_changed_meanwhile_is_told(hr: Client) -> None:
    hr.post(NEW, a_new_one(hr))
    campaign = Campaign.objects.get()
    mine = typed(hr, edit(campaign), grace_hours="24")
    hr.post(edit(campaign), typed(hr, edit(campaign), objection_days="9"))
    answer = hr.post(edit(campaign), mine)
    assert "Somebody has changed this campaign" in errors_of(answer)["__all__"][0]
    campaign.refresh_from_db()
    assert (campaign.grace_hours, campaign.objection_days) == (72, 9)


def test_a_change_of_what_is_scheduled_is_shown_first_and_then_announced(hr: Client) -> None:
    hr.post(NEW, a_new_one(hr))
    campaign = Campaign.objects.get()
    hr.post(reverse("admin:campaigns_campaign_schedule", args=[campaign.pk]))
    change = typed(hr, edit(campaign), grace_hours="24")
    asked = hr.post(edit(campaign), change)
    said = asked.content.decode()
    assert "if their data arrives within 24 hours after it" in said
    assert "if their data arrives within 72 hours after it" in said
    assert campaign.rules_sheets.count() == 1
    kept = {}
    for name, value in asked.context["kept"]:
        kept.setdefault(name, []).append(value)
    hr.post(edit(campaign), kept | {"act": "save", "confirmed": "yes"})
    campaign.refresh_from_db()
    assert (campaign.state, campaign.grace_hours) == (State.SCHEDULED, 24)
    assert campaign.rules_sheets.count() == 2


def test_of_a_running_campaign_its_name_alone_changes(hr: Client) -> None:
    campaign = make_campaign("9.00", starts_at=NOW - timedelta(days=9, hours=12))
    before = Announcement.of(campaign).keys()
    change = typed(hr, edit(campaign), name_en="Better") | {"grace_hours": "1", "prizes-0-net_amount": "7"}
    hr.post(edit(campaign), change | {"confirmed": "yes"})
    after = Announcement.of(Campaign.objects.get(pk=campaign.pk)).keys()
    assert {key for key in after if after[key] != before[key]} == {"name"}
    assert after["name"]["en"] == "Better"


def test_a_voided_campaign_is_closed(hr: Client) -> None:
    campaign = make_campaign(state=State.VOID)
    assert hr.get(edit(campaign)).status_code == 302
