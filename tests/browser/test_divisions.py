"""A campaign of two divisions in a browser: one's own board first, the other one beside it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from apps.campaigns.models import Campaign
from tests.browser.company import Company
from tests.browser.scenes import add_divided_campaign
from tests.browser.visitor import CHINESE, PHONE, Visitor

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Visitor]


@pytest.fixture
def divided(company: Company) -> Campaign:
    return add_divided_campaign(company)


def test_ones_own_division_opens_first_and_the_other_is_a_click_away(visit: Visit, divided: Campaign) -> None:
    page = visit().sign_in("ann", to="/apart/")
    tabs = page.get_by_role("navigation", name="Divisions").get_by_role("link")
    expect(tabs).to_have_text(["Sales", "Everybody else"])
    expect(page.locator("[aria-label=Divisions] [aria-current]")).to_have_text("Sales")
    expect(page.locator(".standings tbody .name")).to_have_text(
        ["陈晓宇", "Wolfeschlegelsteinhausenberger-Bergerdorff", "Olu Adeyemi"]
    )
    expect(page.locator("#own-title")).to_have_text("You · Sales")
    expect(page.locator("#places-title")).to_have_text("The first 3 places · Sales")
    tabs.nth(1).click()
    expect(page.locator(".standings tbody .name")).to_have_text(["Maria Silva", "李静", "王芳"])
    expect(page.locator("#own-title")).to_have_text("You · Sales")
    expect(page.locator("#places-title")).to_have_text("The first 3 places · Everybody else")
    expect(page.locator(".hero .prize")).to_contain_text("20,000")


def test_on_a_phone_ones_own_place_names_its_division_on_the_other_ones_board(
    visit: Visit, divided: Campaign
) -> None:
    page = visit(size=PHONE).sign_in("ann", to="/apart/?division=rest")
    expect(page.locator("#places-title")).to_have_text("The first 3 places · Everybody else")
    expect(page.locator("#mine .dept")).to_have_text("1 more to place 3 · Sales")


def test_a_board_without_divisions_names_none(visit: Visit, company: Company) -> None:
    page = visit(size=PHONE).sign_in("ann", to=company.url)
    expect(page.locator("#places-title")).to_have_text("The first 6 places")
    expect(page.locator("#mine .dept")).to_have_text("1 more to place 5")


@pytest.mark.parametrize("locale", ["en", CHINESE])
@pytest.mark.parametrize("size", [(1280, 900), PHONE])
def test_the_boards_of_divisions_look_right(
    visit: Visit, divided: Campaign, locale: str, size: tuple[int, int]
) -> None:
    visitor = visit(locale=locale, size=size)
    visitor.sign_in("ann", to="/apart/")
    visitor.assert_looks_right("division")
    visitor.assert_keeps_nobody_out("division")
