"""Every page in every state: sizes, colours, languages."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.company import ME, SCORES, Company, add_every_state
from tests.browser.visitor import CHINESE, DESKTOP, ENGLISH, PHONE, Visitor

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Visitor]
PAGES = ("", "departments/", "me/", "me/check/", "me/name/", "me/leave/")
SAID_IN_CHINESE = {  # in the banner, and elsewhere on the page
    "year-end": ("进行中", "距离截止"),
    "frozen": ("榜单已冻结", "实时 3"),
    "settling": ("已截止，结算中", "共 10 人"),
    "provisional": ("初步结果", "共 10 人"),
    "final": ("最终结果", "人民币（税后）"),
    "empty": ("进行中", "还没有名次"),
    "void": ("已作废", "不发放奖金"),
    "scheduled": ("即将开始", "距离开始"),
}
# Names of people, departments, sources, contacts and of the program itself stay as they are.
NOT_TRANSLATED = [
    *SCORES,
    ME,
    "Sales",
    "East",
    "The messenger was down for a week.",
    "Bonus Tracker",
    "export",
    "HR",
    "JSON",
]


def latin_words(page: Page) -> list[str]:
    """What a Chinese page says in Latin letters without being a name."""
    text = page.locator("main").inner_text() + page.locator("footer p").first.inner_text()
    for name in sorted(NOT_TRANSLATED, key=len, reverse=True):
        text = text.replace(name, "")
    return re.findall(r"[A-Za-z]{2,}", re.sub(r"\S+@\S+|SHA-256\s+[0-9a-f]{64}", "", text))


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("locale", [ENGLISH, CHINESE])
def test_every_page_fits_every_screen_in_both_colours(
    visit: Visit, company: Company, locale: str, size: tuple[int, int]
) -> None:
    visitor = visit(locale=locale, size=size)
    visitor.go("/sign-in/")
    visitor.look("sign-in")
    page = visitor.sign_in("ann")
    for path in ("/?all", *(company.url + name for name in PAGES)):
        visitor.go(path)
        visitor.look(path)
        expect(page.locator("html")).to_have_attribute("lang", "en" if locale == ENGLISH else "zh-hans")


def test_every_state_is_said_in_chinese(visit: Visit, company: Company) -> None:
    add_every_state()
    visitor = visit(locale=CHINESE, size=PHONE)
    page = visitor.sign_in("ann")
    for slug, (banner, elsewhere) in SAID_IN_CHINESE.items():
        visitor.go(f"/{slug}/")
        visitor.look(slug, "dark")
        expect(page.locator(".banner")).to_contain_text(banner)
        expect(page.locator("main")).to_contain_text(elsewhere)
        assert latin_words(page) == [], slug
    for path in (
        "/final/me/",
        "/year-end/me/",
        "/year-end/me/leave/",
        "/year-end/me/name/",
        "/year-end/departments/",
        "/?all",
    ):
        visitor.go(path)
        assert latin_words(page) == [], path
    expect(page.locator(".campaign").filter(has_text="最终结果")).to_contain_text("获胜者： Maria Silva")


def test_equals_stand_equally_high_on_the_podium(visit: Visit, company: Company) -> None:
    add_every_state()
    page = visit(size=PHONE).sign_in("ann", to="/frozen/")
    plinths = page.locator(".podium .plinth")
    expect(plinths.locator(".medal")).to_have_text(["1", "2=", "2="])
    first, *equals = [box["height"] for box in map(Locator.bounding_box, plinths.all()) if box]
    assert len(set(equals)) == 1
    assert first > equals[0]


def test_what_a_page_complains_about_is_heard(visit: Visit, company: Company) -> None:
    visitor = visit()
    page = visitor.sign_in("ann")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'let a'}))")
    page.evaluate("setTimeout(() => { throw new Error('a page error') })")
    visitor.forgive("Content Security Policy", "a page error")
