"""How HR makes a campaign, in a browser: the form says what it means while it is filled in."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from apps.campaigns.further import Further, Goal
from apps.campaigns.models import Campaign
from apps.campaigns.presets import NEW_PEOPLE
from tests.browser.company import Company
from tests.browser.test_hr import take
from tests.browser.visitor import CHINESE, DESKTOP, ENGLISH, PHONE, Visitor
from tests.divisions import make_divided_campaign

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Visitor]
NEW = "/console/campaigns/new/"


def fill_in(page: Page) -> None:
    page.locator("#id_name_en").fill("Spring 2027")
    page.locator("#id_name_zh").fill("春天")
    page.locator("#id_prizes-0-place").fill("1")
    page.locator("#id_prizes-0-net_amount").fill("888.00")


def test_hr_makes_and_announces_a_campaign(visit: Visit, company: Company) -> None:
    page = visit().sign_in("hanna", to=NEW)
    fill_in(page)
    expect(page.locator("#id_slug")).to_have_value("spring-2027")
    said = page.locator("#said")
    expect(said).to_contain_text("888 CNY at most")
    page.locator(f'[name=preset][value="{NEW_PEOPLE}"]').check()
    expect(page.locator("#id_new_contacts_only")).to_be_checked()
    expect(said).to_contain_text("Only people with whom nobody in the company had talked before")
    page.locator(".numbers summary").click()
    page.locator("#id_min_sent_days").fill("5")
    expect(page.locator('[name=preset][value=""]')).to_be_checked()
    expect(said).to_contain_text("you wrote on at least 5 days")
    page.locator("#id_grace_hours").fill("9999")
    expect(said).to_contain_text("9999 is out of range")
    assert not Campaign.objects.filter(slug="spring-2027").exists()
    page.locator("#id_grace_hours").fill("48")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.locator("main")).to_contain_text("Spring 2027 is saved.")
    expect(page.locator(".sheet")).to_have_count(2)
    take(page, "Schedule")
    expect(page.locator("body")).to_contain_text("Spring 2027 is scheduled.")
    campaign = Campaign.objects.get(slug="spring-2027")
    assert (campaign.state, campaign.min_sent_days) == (Campaign.State.SCHEDULED, 5)
    employee = visit(locale=CHINESE).sign_in("ann", to="/?all")
    expect(employee.locator(".campaign").filter(has_text="春天")).to_contain_text("888 元")
    page.goto("/console/campaigns/spring-2027/edit/")
    page.locator("#id_objection_days").fill("10")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".changed").first).to_contain_text("open for objections for 10 days")
    page.get_by_role("button", name="Announce the change").click()
    expect(page.locator("main")).to_contain_text("In force: version 2")


def test_the_freeze_goes_with_the_deadline_until_it_is_set_by_hand(visit: Visit, company: Company) -> None:
    page = visit().sign_in("hanna", to=NEW)
    deadline, freeze = page.locator("#id_deadline_0"), page.locator("#id_freeze_at_0")
    expect(freeze).to_have_value("2027-01-29")
    deadline.fill("2026-12-01")
    expect(freeze).to_have_value("2026-11-28")
    expect(page.locator("#said")).to_contain_text("From Nov 28, 2026")
    freeze.fill("2026-11-20")
    deadline.fill("2026-12-20")
    expect(freeze).to_have_value("2026-11-20")
    expect(page.locator("#said")).to_contain_text("The board stands still for the last 30 days")


def test_the_form_works_without_javascript(visit: Visit, company: Company) -> None:
    page = visit(javascript=False).sign_in("hanna", to=NEW)
    fill_in(page)
    page.get_by_role("button", name="Another place").click()
    expect(page.locator("#id_prizes-0-net_amount")).to_have_value("888.00")
    page.locator("#id_prizes-1-place").fill("1")
    page.locator("#id_prizes-1-net_amount").fill("5")
    page.get_by_role("button", name="Check the form").click()
    expect(page.locator("#said")).to_contain_text("place 1 has more than one prize")
    page.locator("#id_prizes-1-place").fill("2")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.locator("main")).to_contain_text("Spring 2027 is saved.")
    assert Campaign.objects.get(slug="spring-2027").prizes.count() == 2


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
@pytest.mark.parametrize("locale", [ENGLISH, CHINESE])
def test_the_form_is_for_everybody(
    visit: Visit, company: Company, locale: str, size: tuple[int, int]
) -> None:
    visitor = visit(locale=locale, size=size)
    page = visitor.sign_in("hanna", to=NEW)
    fill_in(page)
    page.locator("#id_grace_hours").fill("9999")
    expect(page.locator("#said .callout-danger")).to_be_visible()
    page.keyboard.press("Enter")  # saves, or says what is wrong
    expect(page.locator(".wrong")).to_have_count(1)
    page.evaluate("document.querySelectorAll('main .steps details').forEach(each => { each.open = true })")
    expect(page.locator(".wrong-first")).to_be_visible(
        visible=size == PHONE
    )  # elsewhere it stands beside the form
    visitor.assert_looks_right("guide-wrong")
    visitor.assert_keeps_nobody_out("guide-wrong")
    page.locator("#id_grace_hours").fill("72")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/review/$"))
    visitor.assert_looks_right("guide-review")
    visitor.assert_keeps_nobody_out("guide-review")
    visitor.go(f"{NEW}?from={company.running.slug}")
    visitor.assert_looks_right("guide-next")
    visitor.assert_keeps_nobody_out("guide-next")
    if locale == CHINESE:
        words = set(re.findall(r"[A-Za-z]{4,}", page.locator("main").inner_text()))
        assert words <= {"Sales", "East", "steady", "TOML"}


@pytest.mark.parametrize(("locale", "size"), [(ENGLISH, DESKTOP), (CHINESE, PHONE)])
def test_a_prize_for_no_place_is_given_to_a_division_by_choosing_it(
    visit: Visit, company: Company, locale: str, size: tuple[int, int]
) -> None:
    further = Further(goals=(Goal(50, Decimal("500.00")),))
    made = make_divided_campaign(state=Campaign.State.DRAFT, further=further.as_json())
    visitor = visit(locale=locale, size=size)
    page = visitor.sign_in("hanna", to=f"/console/campaigns/{made.slug}/edit/")
    whose = page.locator("#id_goals-0-division")
    expect(whose).to_have_value("")
    whose.select_option("sales")
    page.locator("#id_contact_division").select_option("rest")
    said = page.locator("#said")
    expect(said).to_contain_text({ENGLISH: "Only for the division Sales", CHINESE: "仅限组别“销售”"}[locale])
    visitor.assert_looks_right("guide-divided")
    visitor.assert_keeps_nobody_out("guide-divided")
