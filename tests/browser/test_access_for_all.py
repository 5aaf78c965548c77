"""Nothing keeps anybody out of an employee's page: axe-core, in both languages, light and dark; zoom, paper."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from apps.campaigns.lifecycle import leave_contest
from tests.browser.company import NOW, Company, add_every_state
from tests.browser.scenes import PAGES, STATES, add_everything
from tests.browser.visitor import CHINESE, DESKTOP, ENGLISH, NARROW, PHONE, SIDEWAYS, Visitor

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Visitor]
INK = "getComputedStyle(document.documentElement).getPropertyValue('--ink').trim()"
BOTH = pytest.mark.parametrize("locale", [ENGLISH, CHINESE])
OWN_PAGES = (
    "departments/",
    "me/",
    "me/check/",
    "me/name/",
    "me/leave/",
    "me/result/",
    "rules/",
    "?q=silva",
    "?q=nobody",
)

EVERYWHERE = (
    "/?all",
    *(f"/year-end/{name}" for name in OWN_PAGES),
    *(f"/{slug}/{name}" for slug in STATES for name in ("", "me/", "departments/")),
)


@BOTH
def test_every_page_of_a_running_campaign(visit: Visit, company: Company, locale: str) -> None:
    visitor = visit(locale=locale)
    visitor.go("/sign-in/")
    visitor.assert_keeps_nobody_out("sign-in")
    visitor.sign_in("ann")
    for path in ("/?all", "/password/", company.url, *(company.url + name for name in OWN_PAGES)):
        visitor.go(path)
        visitor.assert_keeps_nobody_out(path)
    leave_contest(company.running, company.me, NOW)
    for path in (company.url, f"{company.url}me/", f"{company.url}me/rejoin/"):
        visitor.go(path)
        visitor.assert_keeps_nobody_out(f"{path} of somebody who left")


@BOTH
def test_every_state(visit: Visit, company: Company, locale: str) -> None:
    add_every_state()
    visitor = visit(locale=locale, size=PHONE)
    visitor.sign_in("ann")
    for slug in STATES:
        for path in (f"/{slug}/", f"/{slug}/me/"):
            visitor.go(path)
            visitor.assert_keeps_nobody_out(path)


def test_everything_else_that_one_may_come_upon(visit: Visit, company: Company) -> None:
    add_everything(company)
    visitor = visit(size=PHONE)
    visitor.sign_in("ann")
    for name, path in PAGES.items():
        if name.removesuffix("-me") not in STATES:
            visitor.go(path)
            visitor.assert_keeps_nobody_out(name)


def test_at_twice_the_size_nothing_is_cut_off(visit: Visit, company: Company) -> None:
    add_everything(company)
    visitor = visit(size=(DESKTOP[0] // 2, DESKTOP[1] // 2))
    page = visitor.go("/sign-in/")
    assert page.evaluate(SIDEWAYS) <= 0
    visitor.sign_in("ann")
    for path in (*EVERYWHERE, *PAGES.values()):
        visitor.go(path)
        assert page.evaluate(SIDEWAYS) <= 0, path
        expect(page.locator("h1")).to_be_visible()


@BOTH
def test_on_the_narrowest_phone_nothing_is_cut_off(visit: Visit, company: Company, locale: str) -> None:
    add_every_state()
    visitor = visit(size=(NARROW, 640), locale=locale)
    page = visitor.sign_in("ann")
    for path in EVERYWHERE:
        visitor.go(path)
        assert page.evaluate(SIDEWAYS) <= 0, path


def test_on_paper_there_is_what_one_reads_and_nothing_to_press(visit: Visit, company: Company) -> None:
    page = visit().sign_in("ann")
    for path, read in (
        ("", ".standings"),
        ("departments/", "#departments"),
        ("me/", "#contacts"),
        ("rules/", "main"),
    ):
        page.goto(company.url + path)
        page.emulate_media(media="print")
        expect(page.locator(read)).to_be_visible()
        for pressed in (".tabs", ".top", ".search", ".mine-bar", ".button"):
            expect(page.locator(f"{pressed}:visible")).to_have_count(0)
        page.emulate_media(media="screen")


def test_paper_is_white_for_whoever_reads_in_the_dark_and_says_what_counts(
    visit: Visit, company: Company
) -> None:
    page = visit().sign_in("ann")
    rule = page.locator("#what-counts")
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(INK) == "#eeece7"
    expect(rule).not_to_have_attribute("open", "")
    page.pdf()  # prints
    expect(rule).to_have_attribute("open", "")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(INK) == "#1b1d1f"


def test_the_way_to_the_rule_opens_it(visit: Visit, company: Company) -> None:
    page = visit(size=(390, 844)).sign_in("ann", to=f"{company.url}me/")
    page.get_by_role("link", name="What counts").click()
    rule = page.locator("#what-counts")
    expect(rule).to_contain_text("One message a day is enough", use_inner_text=True)
    rule.locator("summary").click()
    expect(rule).not_to_have_attribute("open", "")
    page.get_by_role("link", name="What counts").click()
    expect(rule).to_have_attribute("open", "")
    expect(rule).to_be_in_viewport()


def test_a_complaint_of_axe_fails_a_test(visit: Visit, company: Company) -> None:
    visitor = visit()
    visitor.sign_in("ann").evaluate("document.querySelector('#q').removeAttribute('placeholder')")
    visitor.page.evaluate("document.querySelector('label[for=q]').remove()")
    with pytest.raises(AssertionError, match="Rule Violated"):
        visitor.assert_keeps_nobody_out("board")
