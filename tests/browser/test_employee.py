"""What an employee does in a browser, with a mouse, with the keyboard alone, and without JavaScript."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from apps.campaigns.models import OptOut
from apps.directory.models import DepartmentMembership
from apps.leaderboard import pace
from apps.ranking.services import refresh
from tests.browser.company import ME, NEARLY, NOW, Company, add_campaign, befriend_more
from tests.browser.visitor import CHINESE, PHONE, Visitor, contact
from tests.factories import make_department

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Visitor]
POLL = "00:07"  # a little more than the page waits between two looks
WAITS = """
const set = setTimeout; window.waits = [];
window.setTimeout = (act, wait, ...more) => { waits.push(wait); return set(act, wait, ...more); };
"""


def test_the_board_shows_the_first_three_and_oneself_among_neighbours(visit: Visit, company: Company) -> None:
    page = visit().sign_in("ann")
    expect(page).to_have_title("Bring them in · Bonus Tracker")
    expect(page.locator(".podium .name")).to_have_text(
        ["陈晓宇", "Maria Silva", "Wolfeschlegelsteinhausenberger-Bergerdorff"]
    )
    expect(page.locator(".around li")).to_have_text(
        ["4 李静 5", "5 Olu Adeyemi 4", "6 you 3", *["7= a colleague 2"] * 2]
    )
    own = page.locator("tr.me")
    expect(own).to_contain_text(ME)
    expect(own.locator(".score")).to_have_text("3")
    expect(page.locator("#mine")).to_contain_text("1 more to place 5")
    expect(page.locator("tr").filter(has_text="陈晓宇").locator(".move")).to_contain_text("up 1 place")


def test_on_a_phone_ones_row_stays_in_sight_with_the_rows_beside_it(visit: Visit, company: Company) -> None:
    page = visit(size=PHONE).sign_in("ann")
    bar = page.locator("#mine")
    expect(bar).not_to_be_visible()  # the card says it
    page.locator("footer").scroll_into_view_if_needed()
    expect(bar).to_be_visible()
    expect(bar.locator(".beside")).to_have_text(["5Olu Adeyemi4", "7=a colleague2"])


def test_the_search_finds_somebody_among_the_public_places_alone(visit: Visit, company: Company) -> None:
    page = visit().sign_in("ann")
    search(page, "silva")
    expect(page.locator(".standings tbody tr")).to_have_count(1)
    expect(page.locator(".standings tbody")).to_contain_text("Maria Silva")
    search(page, "Tom Baker")  # place 7
    expect(page.locator("#rows")).to_contain_text("Nobody found among the public places")


def test_my_page_says_what_each_contact_lacks_even_without_javascript(visit: Visit, company: Company) -> None:
    page = visit(javascript=False).sign_in("ann")
    expect(page.locator(".clock")).to_have_text("72 days 14 h", use_inner_text=True)
    page.get_by_role("link", name="My page").click()
    expect(page.locator(".figures b").nth(1)).to_have_text("3")
    expect(page.locator(".todo li")).to_have_text(
        [
            "l…@cu….exampleCounts until Oct 22: one message of yours keeps it.",
            "n…@cu….exampleIf they answer on one more day, this contact counts.",
        ]
    )
    expect(page.locator("#days-table tbody tr")).to_have_count(2)
    expect(page.locator(".contact svg.days")).to_have_count(6)
    expect(contact(page, "n…@cu….example")).to_contain_text("They need to write on one more day.")
    expect(contact(page, "l…@cu….example")).to_contain_text(
        "Without a new message it stops counting on Oct 23."
    )
    expect(contact(page, "re…y@cu….example")).to_contain_text("HR has set this contact aside.")
    page.get_by_role("navigation", name="Which contacts").get_by_text("nearly counts").click()
    expect(page.locator(".contact")).to_have_count(1)
    check(page, NEARLY, "nearly counts")
    check(page, "somebody-elses@customer.example", "No messages with this handle")


def test_the_chart_of_my_days_replaces_their_table(visit: Visit, company: Company) -> None:
    page = visit().sign_in("ann", to=f"{company.url}me/")
    expect(page.locator("[data-chart=days] canvas")).to_be_visible()
    expect(page.locator("#days-table")).to_be_hidden()
    page.get_by_text("As a table").click()
    expect(page.locator("#days-table tbody tr")).to_have_text(["Oct 1936", "Oct 2036"])


def test_somebody_leaves_the_contest_and_comes_back(visit: Visit, company: Company) -> None:
    page = visit(size=PHONE).sign_in("ann", to=f"{company.url}me/")
    page.get_by_role("link", name="Leave this campaign").click()
    page.get_by_role("button", name="Leave the campaign").click()
    expect(page.get_by_role("status")).to_contain_text("You have left the campaign.")
    assert OptOut.objects.get().employee == company.me
    refresh(company.running, now=NOW)
    page.get_by_role("link", name="Leaderboard").click()
    expect(page.locator("#own")).to_contain_text("You have left this campaign")
    expect(page.locator("tr.me")).to_have_count(0)
    page.get_by_role("link", name="Take part again").click()
    page.get_by_role("button", name="Take part again").click()
    expect(page.get_by_role("status")).to_contain_text("Welcome back.")
    refresh(company.running, now=NOW)
    page.get_by_role("link", name="Leaderboard").click()
    expect(page.locator("tr.me .score")).to_have_text("3")


def test_a_new_ranking_appears_by_itself(visit: Visit, company: Company) -> None:
    visitor = visit()
    visitor.page.clock.install()
    page = visitor.sign_in("ann")
    page.evaluate("document.body.dataset.still = 'here'")
    page.locator("#q").fill("half a na")
    befriend_more(company, "赵磊", 9)
    page.clock.fast_forward(POLL)
    expect(page.locator(".podium .at-1")).to_contain_text("赵磊")
    expect(page.locator("#own .own-rank b")).to_have_text("7")
    expect(page.locator("#q")).to_have_value("half a na")
    expect(page.locator("body")).to_have_attribute("data-still", "here")  # it was not loaded again


def test_departments_move_by_themselves(visit: Visit, company: Company) -> None:
    north = make_department("North")  # with the one who has talked with nobody they are ten
    DepartmentMembership.objects.update(department=north)
    visitor = visit()
    visitor.page.clock.install()
    page = visitor.sign_in("ann", to=f"{company.url}departments/")
    expect(page.locator("#departments tbody tr")).to_have_count(1)
    before = page.locator("#departments .score").last.inner_text()
    page.evaluate("document.body.dataset.still = 'here'")
    befriend_more(company, "赵磊", 9)
    page.clock.fast_forward(POLL)
    expect(page.locator("#departments .score").last).not_to_have_text(before)
    expect(page.locator("body")).to_have_attribute("data-still", "here")  # it was not loaded again


def test_readers_who_came_together_do_not_go_on_asking_together(visit: Visit, company: Company) -> None:
    visitor = visit()
    page = visitor.sign_in("ann", to="/password/")
    page.add_init_script(WAITS)
    waits = set()
    for _ in range(5):
        visitor.go(company.url)
        waits |= {wait for wait in page.evaluate("window.waits") if wait >= 1000}
    assert len(waits) == 5
    assert all(3_750 <= wait <= 6_250 for wait in waits)


def test_a_busy_server_is_asked_more_rarely(
    visit: Visit, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "poll_seconds", lambda: "40")
    visitor = visit()
    visitor.page.clock.install()
    visitor.page.add_init_script(WAITS)
    page = visitor.sign_in("ann")
    with page.expect_response(page.url):
        page.clock.fast_forward(POLL)
    page.wait_for_function("window.waits.some((wait) => wait >= 10000)")
    last = max(page.evaluate("window.waits"))
    assert 30_000 <= last <= 50_000


def test_the_first_ranking_appears_by_itself(visit: Visit, company: Company) -> None:
    company.running.board.delete()
    visitor = visit()
    visitor.page.clock.install()
    page = visitor.sign_in("ann")
    expect(page.locator("main")).to_contain_text("The first ranking is on its way")
    refresh(company.running, now=NOW)
    page.clock.fast_forward(POLL)
    expect(page.locator("tr.me .score")).to_have_text("3")


def test_the_countdown_runs(visit: Visit, company: Company) -> None:
    visitor = visit()
    visitor.page.clock.install()
    page = visitor.sign_in("ann")
    expect(page.locator("[data-unit=days]")).to_have_text("72")
    before = page.locator(".clock").inner_text()
    page.clock.run_for(2000)
    expect(page.locator(".clock")).not_to_have_text(before)


def test_the_last_day_but_one_is_one_day(visit: Visit, company: Company) -> None:
    add_campaign("scheduled", state="scheduled", starts_at=NOW + timedelta(days=2))
    visitor = visit()
    visitor.page.clock.install()
    page = visitor.sign_in("ann", to="/scheduled/")
    expect(page.locator(".clock > :first-child")).to_have_text("2 days")
    page.clock.run_for(2000)
    expect(page.locator(".clock > :first-child")).to_have_text("1 day")


def test_the_keyboard_reaches_everything(visit: Visit, company: Company) -> None:
    page = visit().sign_in("ann")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the content"
    page.keyboard.press("Enter")
    reached = assert_tab_reaches_all(page, 14)
    assert reached.index("Leaderboard") < reached.index("Name or number") < reached.index("Search")
    assert "See which contacts count" in reached
    page.goto(f"{company.url}me/")
    assert {"all 6", "lapses soon 1", "Check a contact", "Leave this campaign"} <= set(
        assert_tab_reaches_all(page, 24)
    )


def test_the_language_is_chosen_on_the_page_and_kept(visit: Visit, company: Company) -> None:
    page = visit(javascript=False).sign_in("ann")
    page.get_by_role("button", name="简体中文").click()
    expect(page.locator("h1")).to_have_text("带他们来")
    page.get_by_role("link", name="我的页面").click()
    expect(contact(page, "n…@cu….example")).to_contain_text("对方还需")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Contacts", exact=True)).to_be_visible()


def test_a_wrong_password_is_said_in_the_readers_language(visit: Visit, company: Company) -> None:
    page = visit(locale=CHINESE).go("/sign-in/")
    page.locator("#id_username").fill("ann")
    page.locator("#id_password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("密码")


def search(page: Page, text: str) -> None:
    page.get_by_role("searchbox").fill(text)
    page.get_by_role("button", name="Search").click()


def check(page: Page, handle: str, answer: str) -> None:
    """By the link on my page, and back."""
    page.get_by_role("link", name="Check a contact").click()
    page.get_by_label("Handle").fill(handle)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("status")).to_contain_text(answer)
    expect(page.get_by_label("Handle")).to_have_value("")
    page.get_by_role("link", name="Back to my page").click()


def assert_tab_reaches_all(page: Page, times: int) -> list[str]:
    """What the Tab key reaches, in order; each must show that it has the focus."""
    reached = []
    for _ in range(times):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement !== document.body"):
            reached.append(focused(page))
    return reached


def focused(page: Page) -> str:
    name, outline = page.evaluate(
        """() => {
            const it = document.activeElement, style = getComputedStyle(it);
            const name = it.placeholder || it.innerText || it.getAttribute('aria-label') || it.id;
            const ring = el => parseFloat(getComputedStyle(el).outlineWidth);
            return [name.trim().replace(/\\s+/g, ' '), style.outlineStyle === 'none' ? 0 : ring(it)];
        }"""
    )
    assert outline >= 2, f"{name} does not show the focus"
    return str(name)
