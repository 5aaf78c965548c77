"""The console's first page in a browser, with nothing, one campaign and one in every state."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from apps.awards.due import tick
from apps.campaigns.lifecycle import schedule
from apps.campaigns.models import Campaign
from apps.directory.models import CompanyDomain
from tests.browser.company import NOW, Company, add_campaign, add_every_state, make_official
from tests.browser.visitor import CHINESE, DESKTOP, ENGLISH, PHONE, Visitor

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Visitor]
LOOK_AGAIN = "document.activeElement.blur(); document.dispatchEvent(new Event('visibilitychange'))"


@pytest.mark.parametrize(("locale", "size"), [(ENGLISH, DESKTOP), (CHINESE, PHONE)])
def test_the_overview_with_a_campaign_in_every_state(
    visit: Visit, company: Company, locale: str, size: tuple[int, int]
) -> None:
    add_every_state()
    add_campaign("drafted", state=Campaign.State.DRAFT)
    add_campaign("rehearsed", is_rehearsal=True)
    visitor = visit(locale=locale, size=size)
    page = visitor.sign_in("hanna", to="/console/")
    expect(page.locator("li.campaign")).to_have_count(9)
    page.locator(".past summary").click()
    visitor.assert_looks_right("overview")
    visitor.assert_keeps_nobody_out("overview")


@pytest.mark.parametrize(("locale", "size"), [(CHINESE, DESKTOP), (ENGLISH, PHONE)])
def test_the_overview_before_the_first_contest(
    visit: Visit, transactional_db: None, locale: str, size: tuple[int, int]
) -> None:
    CompanyDomain.objects.create(domain="company.example")
    make_official("hanna", "HR")
    visitor = visit(locale=locale, size=size)
    page = visitor.sign_in("hanna", to="/console/")
    expect(page.locator(".alarms li")).to_have_count(1)  # nothing runs yet
    visitor.assert_looks_right("overview-empty")
    visitor.assert_keeps_nobody_out("overview-empty")


def test_the_overview_brings_in_what_is_new_by_itself(visit: Visit, company: Company) -> None:
    tick(now=NOW)
    draft = add_campaign(
        "soon", state=Campaign.State.DRAFT, starts_at=NOW.replace(hour=16) + timedelta(days=1)
    )
    page = visit().sign_in("hanna", to="/console/")
    states = page.locator("li.campaign .state")
    expect(states.nth(1)).to_have_text("draft")
    page.evaluate(LOOK_AGAIN)
    schedule(draft, actor="hanna", now=NOW)
    page.evaluate(LOOK_AGAIN)
    expect(states.nth(1)).to_have_text("scheduled")
