"""Every employee's page without a mouse and without seeing it: what Tab reaches, and what is read out."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.company import NEARLY, Company
from tests.browser.scenes import PAGES, add_everything
from tests.browser.visitor import CHINESE, DESKTOP, ENGLISH, PASSWORD, PHONE, Visitor

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Visitor]
# What can be worked, in the order of the page; of radio buttons of one name only the chosen one is a stop.
STOPS = """[...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
    .filter(it => it.checkVisibility() && it.tabIndex >= 0 && it.type !== 'hidden' && !it.disabled)
    .filter(it => it.type !== 'radio' || it.checked)"""
NUMBER = f"() => {{ window.stops = {STOPS}; return stops.length; }}"
FOCUSED = """() => {
    const it = document.activeElement, style = getComputedStyle(it), [box] = it.getClientRects();
    const card = it.closest('.campaign') ?? it;
    const drawn = look => look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2;
    const ring = drawn(style) || drawn(getComputedStyle(card));
    const [x, y] = [box.left + Math.min(box.width, innerWidth) / 2, box.top + box.height / 2];
    const top = document.elementFromPoint(x, y);
    return {at: stops.indexOf(it), ring, seen: it.contains(top) || card.contains(top), what: it.outerHTML.slice(0, 90)};
}"""
DATES, PARTS_OF_A_DATE = "input[type=date], input[type=time]", 3  # further stops: month, year, the calendar
WORKED = {"link", "button", "textbox", "searchbox", "combobox", "radio", "DisclosureTriangle"}


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_tab_reaches_everything_in_the_order_of_the_page_and_shows_where_it_is(
    visit: Visit, company: Company, size: tuple[int, int]
) -> None:
    add_everything(company)
    visitor = visit(size=size)
    visitor.go("/sign-in/")
    assert_tab_reaches_all(visitor.page, "sign-in")
    visitor.sign_in("ann")
    for name, path in PAGES.items():
        visitor.go(path)
        assert_tab_reaches_all(visitor.page, name)


@pytest.mark.parametrize("locale", [ENGLISH, CHINESE])
def test_everything_that_can_be_worked_has_a_name_of_its_own_and_each_page_its_parts(
    visit: Visit, company: Company, locale: str
) -> None:
    add_everything(company)
    visitor = visit(locale=locale)
    visitor.go("/sign-in/")
    assert_is_named(visitor.page, "sign-in")
    visitor.sign_in("ann")
    for name, path in PAGES.items():
        visitor.go(path)
        assert_is_named(visitor.page, name)


def test_a_board_is_read_out_as_it_is_meant(visit: Visit, company: Company) -> None:
    add_everything(company)
    page = visit().sign_in("ann", to="/frozen/")
    expect(page.locator("main")).to_match_aria_snapshot(
        """
        - complementary "State":
          - strong: Board frozen
        - list "Where the campaign is":
          - listitem: Announced
        - heading "The frozen one" [level=1]
        - navigation "This campaign":
          - link "Leaderboard"
          - link "Departments"
          - link "My page"
        - region "You":
          - heading "You" [level=2]
          - list "Around you":
            - listitem: 4 欧阳晓晓 5
            - listitem: 5 Olu Adeyemi 4
            - listitem: 6 you 3
        """
    )
    expect(page.locator(".standings")).to_match_aria_snapshot(
        """
        - table "Places":
          - rowgroup:
            - row:
              - columnheader "Place"
              - columnheader "Name"
              - columnheader "Movement"
              - columnheader "Active contacts"
          - rowgroup:
            - row "1 Maria Silva 西区 7"
            - row /2 shared place 陈晓宇 East .* 6/
        """
    )


def test_leaving_coming_back_checking_and_choosing_a_name_need_no_mouse(
    visit: Visit, company: Company
) -> None:
    page = visit().go("/sign-in/")
    page.keyboard.type("ann")  # the first field has the focus
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Bring them in")
    page.goto(f"{company.url}me/check/")
    press_tab_to(page, "#id_handle")
    page.keyboard.type(NEARLY)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("nearly counts")
    page.goto(f"{company.url}me/name/")
    press_tab_to(page, "input[type=radio]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Kept.")
    expect(page.get_by_role("radio", name="under a generated name")).to_be_checked()
    page.goto(f"{company.url}me/leave/")
    press_tab_to(page, "main form button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("You have left the campaign.")
    page.goto(f"{company.url}me/rejoin/")
    press_tab_to(page, "main form button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Welcome back.")


def assert_tab_reaches_all(page: Page, name: str) -> None:
    """From the first to the last thing that can be worked, and each is seen while it has the focus."""
    page.evaluate("document.body.tabIndex = -1; document.body.focus()")  # wherever a page puts the focus
    reached: list[int] = []
    for _ in range(page.evaluate(NUMBER) + PARTS_OF_A_DATE * page.locator(DATES).count()):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUSED)
        if focus["at"] == -1 or (reached and focus["at"] == 0):  # beyond the last
            break
        assert focus["ring"], f"{name}: {focus['what']} does not show the focus"
        assert focus["seen"], f"{name}: {focus['what']} is covered while it has the focus"
        reached.append(focus["at"])
    assert reached == sorted(reached), name
    missed = page.evaluate("at => stops.filter((it, n) => !at.includes(n)).map(it => it.outerHTML)", reached)
    # The bar with one's own place is away while one's own card, which leads to the same page, is in sight.
    assert [each for each in missed if 'class="rank"' not in each] == [], name


def press_tab_to(page: Page, selector: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.locator(selector).first.evaluate("it => it === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {selector}")


def assert_is_named(page: Page, name: str) -> None:
    """In the tree that a screen reader is given."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    told = [
        (node["role"]["value"], node.get("name", {}).get("value", "").strip())
        for node in nodes
        if not node["ignored"]
    ]
    roles = [role for role, _ in told]
    assert [role for role, words in told if role in WORKED and not words] == [], name
    assert roles.count("main") == roles.count("banner") == roles.count("contentinfo") == 1, name
    assert sum(node["role"]["value"] == "heading" and level_of(node) == 1 for node in nodes) == 1, name
    for part in ("navigation", "region", "table", "search"):
        words = [each for role, each in told if role == part]
        assert len(set(words)) == len(words), f"{name}: two of {part} share a name: {words}"


def level_of(node: dict[str, Any]) -> int:
    levels = [each["value"]["value"] for each in node.get("properties", []) if each["name"] == "level"]
    return int(levels[0]) if levels else 0
