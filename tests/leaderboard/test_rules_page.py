"""The page with the rules: exactly the sheet that is or was in force."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from apps.campaigns.announcement import Announcement
from apps.campaigns.models import Campaign
from apps.campaigns.rules_sheet import keep_sheet
from apps.campaigns.services import announce
from tests.admin.scene import page
from tests.factories import START, make_campaign, make_employee
from tests.leaderboard.scene import make_member

pytestmark = pytest.mark.django_db
BEFORE = START - timedelta(days=20)


def sheets(*contacts: str) -> Campaign:
    """A campaign announced with one contact person after another."""
    campaign = make_campaign("100000.00", slug="here", state=Campaign.State.DRAFT)
    for contact in contacts:
        it = replace(Announcement.of(campaign), contact=contact)
        campaign = announce(it, actor="hr", now=BEFORE).campaign
    return campaign


def employee() -> Client:
    client = Client()
    client.force_login(make_member(employee=make_employee()))
    return client


def test_it_shows_the_newest_version_with_its_hash() -> None:
    newest = sheets("Ann of HR", "Bo of HR").rules_sheets.first()
    html = employee().get("/here/rules/").content.decode()
    assert newest is not None
    for words in ("version 2, in force since", newest.sha256, "Bo of HR", "100,000 CNY after tax"):
        assert words in html
    assert "Ann of HR" not in html


def test_an_earlier_version_says_that_it_was_replaced() -> None:
    sheets("Ann of HR", "Bo of HR")
    html = employee().get("/here/rules/?version=1").content.decode()
    assert "Ann of HR" in html
    assert "A later version has replaced this one." in html
    assert "Bo of HR" not in html


@pytest.mark.parametrize("version", ["3", "0", "one", "", "1 ", "99999999999999999999"])
def test_a_version_that_never_was_is_not_found(version: str) -> None:
    sheets("Ann", "Bo")
    assert employee().get("/here/rules/", {"version": version}).status_code == 404


def test_what_was_kept_is_shown_though_the_words_have_changed_since() -> None:
    campaign = sheets("Ann of HR")
    Campaign.objects.filter(pk=campaign.pk).update(contact="Cy of HR")  # as a later release would word it
    html = employee().get("/here/rules/").content.decode()
    assert ("Ann of HR" in html, "Cy of HR" in html) == (True, False)


def test_anybody_can_compute_the_hash() -> None:
    sheet = sheets("Ann of HR 安").rules_sheets.get()
    answer = employee().get("/here/rules/?version=1&canonical")
    assert answer.headers["Content-Type"] == "application/json"
    assert hashlib.sha256(answer.content).hexdigest() == sheet.sha256


def test_a_draft_shows_hr_what_it_would_say_and_employees_nothing() -> None:
    make_campaign("100.00", slug="here", state=Campaign.State.DRAFT)
    assert employee().get("/here/rules/").status_code == 404
    client = Client()
    client.force_login(make_member("HR"))
    html = client.get("/here/rules/").content.decode()
    assert "This is a draft: nothing is in force" in html
    assert "SHA-256" not in html


def test_a_campaign_from_before_sheets_shows_its_rules_and_says_so() -> None:
    make_campaign("100.00", slug="here")
    html = employee().get("/here/rules/?canonical").content.decode()
    assert "announced before rules sheets were kept" in html
    assert "100 CNY after tax" in html


def test_the_board_and_the_administration_lead_to_it() -> None:
    campaign = sheets("Ann")
    assert 'href="/here/rules/"' in employee().get("/here/").content.decode()
    client = Client()
    client.force_login(make_member("HR"))
    answer = client.get(page("campaigns_campaign_rules", campaign.pk))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/here/rules/")


def test_it_is_read_in_the_readers_language() -> None:
    keep_sheet(make_campaign("100.00", slug="here"), now=BEFORE)
    html = employee().get("/here/rules/", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "规则书" in html
    assert "It ends on" not in html
