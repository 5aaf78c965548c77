"""Every page in every state: sizes, colours, languages.

LOOKS_PICTURES=some/folder make test ARGS="-n 0 tests/browser/test_looks.py" leaves a picture of each to look at.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from apps.ranking.services import refresh
from tests.browser.company import ME, NEARLY, NOW, SCORES, Company, add_campaign, add_every_state
from tests.browser.scenes import PAGES, add_everything
from tests.browser.visitor import CHINESE, DESKTOP, ENGLISH, NARROW, PHONE, Visitor
from tests.factories import make_employee, make_user

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Visitor]
PAIRWISE = [  # every language at every size, every size in every scheme, every scheme in every language
    pytest.param(ENGLISH, DESKTOP, "light", id="english-desktop-light"),
    pytest.param(ENGLISH, PHONE, "dark", id="english-phone-dark"),
    pytest.param(CHINESE, DESKTOP, "dark", id="chinese-desktop-dark"),
    pytest.param(CHINESE, PHONE, "light", id="chinese-phone-light"),
]
LINES_OF_LARGE_NUMBERS = """numbers => Math.max(...[...document.querySelectorAll(numbers)].map(each => {
    each.textContent = "12,345";
    const text = document.createRange();
    text.selectNodeContents(each);
    return text.getClientRects().length;
}))"""  # texts in the place of small ones
SAID_IN_CHINESE = {  # in the banner, and elsewhere on the page
    "year-end": ("进行中", "距离截止"),
    "frozen": ("榜单已冻结", "实时 3"),
    "settling": ("已截止，结算中", "共 10 人"),
    "provisional": ("初步结果", "共 10 人"),
    "final": ("最终结果", "元（税后）"),
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


@pytest.mark.parametrize(("locale", "size", "scheme"), PAIRWISE)
def test_every_page_of_every_state_fits_the_screen(
    visit: Visit, company: Company, locale: str, size: tuple[int, int], scheme: str
) -> None:
    add_everything(company)
    visitor = visit(locale=locale, size=size)
    visitor.go("/sign-in/")
    visitor.assert_looks_right("sign-in", scheme)
    fill_in(visitor.page, "wrong")
    expect(visitor.page.get_by_role("alert")).to_be_visible()
    visitor.assert_looks_right("sign-in-refused", scheme)
    page = visitor.sign_in("ann")
    for name, path in PAGES.items():
        visitor.go(path)
        visitor.assert_looks_right(name, scheme)
        expect(page.locator("html")).to_have_attribute("lang", "en" if locale == ENGLISH else "zh-hans")
    for handle, name in ((NEARLY, "checked"), ("nobody@customer.example", "checked-in-vain")):
        visitor.go(f"{company.url}me/check/")
        page.locator("#id_handle").fill(handle)
        page.locator("main form button").click()
        expect(page.get_by_role("status")).to_be_visible()
        visitor.assert_looks_right(name, scheme)


@pytest.mark.parametrize(("locale", "size", "scheme"), PAIRWISE)
def test_what_employees_do_not_see_and_what_is_not_there_fit_the_screen(
    visit: Visit, company: Company, locale: str, size: tuple[int, int], scheme: str
) -> None:
    refresh(add_campaign("rehearsal", is_rehearsal=True), now=NOW)
    visitor = visit(locale=locale, size=size)
    page = visitor.sign_in("hanna", to="/rehearsal/")
    expect(page.locator(".banner-rehearsal")).to_be_visible()
    visitor.assert_looks_right("rehearsal", scheme)
    visitor.go("/rehearsal/departments/")
    visitor.assert_looks_right("departments-of-few", scheme)
    assert page.goto("/nowhere/").status == 404
    visitor.assert_looks_right("not-found", scheme)
    visitor.assert_complained("404")


@pytest.mark.parametrize(("locale", "size", "scheme"), PAIRWISE)
def test_a_company_without_a_campaign_fits_the_screen(
    transactional_db: None, visit: Visit, locale: str, size: tuple[int, int], scheme: str
) -> None:
    make_user("ann", make_employee(name=ME))
    visitor = visit(locale=locale, size=size)
    page = visitor.sign_in("ann")
    expect(page.locator(".empty h2")).to_be_visible()
    visitor.assert_looks_right("no-campaign", scheme)


def test_every_state_is_said_in_chinese(visit: Visit, company: Company) -> None:
    add_every_state()
    visitor = visit(locale=CHINESE, size=PHONE)
    page = visitor.sign_in("ann")
    for slug, (banner, elsewhere) in SAID_IN_CHINESE.items():
        visitor.go(f"/{slug}/")
        visitor.assert_looks_right(slug, "dark")
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


@pytest.mark.parametrize("width", [NARROW, *(size[0] for size in (PHONE, DESKTOP))])
def test_numbers_of_a_large_company_stay_whole(visit: Visit, company: Company, width: int) -> None:
    visitor = visit(size=(width, 740))
    for path, numbers in (
        ("me/", ".figures b:not(.smaller)"),
        ("", ".own-rank b, .around .rank, td.score, td.rank b"),
    ):
        page = visitor.sign_in("ann", to=company.url + path) if path else visitor.go(company.url)
        assert page.evaluate(LINES_OF_LARGE_NUMBERS, numbers) == 1
        visitor.assert_looks_right(f"large-numbers-{path}", "light")


def test_what_a_page_complains_about_is_heard(visit: Visit, company: Company) -> None:
    visitor = visit()
    page = visitor.sign_in("ann")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'let a'}))")
    page.evaluate("setTimeout(() => { throw new Error('a page error') })")
    visitor.assert_complained("Content Security Policy", "a page error")


def fill_in(page: Page, password: str) -> None:
    page.locator("#id_username").fill("ann")
    page.locator("#id_password").fill(password)
    page.locator("main form button").click()
