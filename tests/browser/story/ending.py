"""Chapters of the story from the deadline on: late messages, objections, a cheat, two equal winners."""

import re

from playwright.sync_api import Page, expect

from tests.browser.story.cast import SLUG, Story, friends, on, picture, regular_jobs, talks
from tests.browser.story.running import BOARD, CONSOLE, FAKES, names_on

MISSING = "The contact's messages of 30 September went through the branch's relay, which was down."


def late_messages(story: Story) -> None:
    """Written on the last evening; brought 1, 71 and 73 hours after the deadline, with 72 hours of grace."""
    last = "2026-09-30T00:00+08:00/2026-10-01T00:00+08:00"
    with on("2026-10-01 01:00"):
        story.deliver("messenger-to-30-september.csv", talks("maria", friends("maria", 5, 6), 30), last)
        regular_jobs()
    with on("2026-10-03 23:00"):
        story.deliver("relay-1.csv", talks("li", friends("li", 4, 5), 30))
        regular_jobs()
        page = story.sight_of("hanna", CONSOLE)
        expect(page.locator(".state-settling").first).to_be_visible()
        picture(page, "late")
    with on("2026-10-04 00:01"):
        regular_jobs()
    with on("2026-10-04 01:00"):
        story.deliver("relay-2.csv", talks("li", friends("li", 5, 6), 30))
        regular_jobs()
        sealed = [
            (1, "chen", 8),
            (2, "maria", 6),
            (3, "li", 5),
            (4, "olu", 3),
            (5, "ann", 2),
            (5, "sofia", 2),
        ]
        assert story.places() == [*sealed, (7, "wang", 1)]  # Tom was not employed at the deadline
        board = story.sight_of("li", BOARD)
        expect(board.locator(".banner")).to_contain_text("Provisional result")
        assert names_on(board)[:3] == ["陈晓宇", "Maria Silva", "李静"]


def two_object(story: Story) -> None:
    """Li could win; Wang could not, whatever is granted."""
    _object(story, "li", MISSING)
    _object(story, "wang", "My new neighbour wrote to me as well.")
    page = story.sight_of("hanna", f"/admin/campaigns/campaign/{story.campaign.pk}/ending/")
    expect(page.locator(".checklist")).to_contain_text("Objection 1 could change a prize")
    expect(page.locator(".checklist")).not_to_contain_text("Objection 2")
    picture(page, "missing", height=860)


def _object(story: Story, username: str, text: str) -> None:
    page = story.sight_of(username, f"/{SLUG}/me/result/")
    page.get_by_label("How many more contacts should count?").fill("1")
    page.get_by_label("Why?").fill(text)
    page.get_by_role("button", name="Object to my count").click()
    expect(page.locator(".note")).to_contain_text("HR has your objection")


def one_is_answered_and_holds_up_nothing(story: Story) -> None:
    page = story.sight_of("hanna", "/console/inbox/objections/")
    page.get_by_role("link", name=re.compile("王芳")).first.click()
    expect(page.locator("main")).to_contain_text("no, whatever is granted")
    picture(page, "objection", height=760)
    page.get_by_role("link", name="Answer that nothing changes").click()
    page.get_by_label("Answer").fill("One day of talk; the rule asks for three.")
    page.get_by_role("button", name="Answer that nothing changes").click()
    expect(page.locator(".note")).to_contain_text("is answered")
    theirs = story.sight_of("wang", f"/{SLUG}/me/result/")
    expect(theirs.locator("main")).to_contain_text("One day of talk; the rule asks for three.")


def a_cheat_is_found(story: Story) -> None:
    """The winner names the contacts that were drawn; the reviewer calls them, and four are nobody."""
    name_contacts(story, "chen", [*friends("chen", 0, 4), *FAKES])
    page = story.sight_of("hanna", "/console/inbox/checks/")
    page.get_by_role("link", name=re.compile("陈晓宇")).first.click()
    page.get_by_role("link", name="Confirm contacts").click()
    review(page, keep="review")
    expect(page.locator("tbody tr")).to_have_count(8)  # one fake, and all are checked
    review(page)
    page.get_by_role("link", name="Back", exact=True).click()
    expect(page.locator("main")).to_contain_text("4 contacts are called fakes")


def review(page: Page, *, keep: str = "") -> None:
    """What the reviewer found of each contact that the winner has named, and of each fake."""
    rows = page.locator("tbody tr")
    for n in range(rows.count()):
        row = rows.nth(n)
        is_fake, is_named = "@fr" in row.inner_text(), "not yet" not in row.inner_text()
        if is_fake or is_named:
            row.get_by_role("combobox").select_option("fake" if is_fake else "called")
    picture(page, keep, height=820)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".note")).to_contain_text("saved")


def name_contacts(story: Story, username: str, handles: list[str]) -> None:
    """The winner recognises each by its masked name."""
    page = story.sight_of(username, f"/{SLUG}/me/result/")
    page.get_by_role("link", name="Name them").click()
    left = list(handles)
    for label in page.locator("form.fields label").all():
        number, _dot, hint = label.inner_text().partition(". ")
        handle = next(each for each in left if _fits(hint, each))
        left.remove(handle)
        page.get_by_label(f"{number}. ", exact=False).first.fill(handle)
    page.get_by_role("button", name="Check and save").click()
    expect(page.locator(".note").first).to_contain_text("named")


def _fits(hint: str, handle: str) -> bool:
    name, _at, domain = handle.partition("@")
    return hint.startswith(f"{name[:2]}…{name[-1]}@{domain[:2]}")


def what_is_fake_does_not_count(story: Story) -> None:
    """Proposed by one, confirmed by another, who reads the difference; then version 2 is sealed."""
    page = story.sight_of("hanna")
    page.get_by_role("link", name="Do not count what is fake").click()
    propose(page, reason="Four contacts are nobody.", evidence="Calls of 6 October, file 17.")
    confirm(story, "olga", 1, version=2, before="fakes", after="fakes-moved")
    assert story.places()[:4] == [(1, "maria", 6), (2, "li", 5), (3, "chen", 4), (4, "olu", 3)]
    told = story.sight_of("chen", f"/{SLUG}/me/result/")
    expect(told.locator("main")).to_contain_text("Four contacts are nobody.")


def propose(page: Page, **fields: str) -> None:
    for name, text in fields.items():
        page.locator(f"#id_{name}").fill(text)
    page.get_by_role("button", name="Show what it would change").click()
    page.get_by_role("button", name="Propose it").click()
    expect(page.locator(".note")).to_contain_text("is proposed; somebody else confirms")


def confirm(
    story: Story, username: str, number: int, *, version: int, before: str = "", after: str = ""
) -> None:
    """before, after: names of the pictures that are taken then."""
    page = story.sight_of(username, "/console/inbox/")
    page.get_by_role("link", name=re.compile(f"Confirm or reject decision {number}")).click()
    page.get_by_role("link", name="Confirm the decision").click()
    picture(page, before, height=800)
    page.get_by_role("button", name="Confirm the decision").click()
    expect(page.locator(".note")).to_contain_text(f"version {version} of the result is sealed")
    picture(page, after, height=960)
    regular_jobs()


def one_is_upheld(story: Story) -> None:
    """What came 73 hours late counts by a decision of two, and now two are equal at the first place."""
    page = story.sight_of("olga", "/console/inbox/objections/")
    page.get_by_role("link", name=re.compile("李静")).first.click()
    page.get_by_role("link", name="Uphold: count more contacts").click()
    page.locator("#id_handles").fill(f"{friends('li', 5, 6)[0]} 2026-09-30")
    propose(
        page, reason="The relay was down; its log shows both messages.", evidence="Relay log, 30 September."
    )
    confirm(story, "hanna", 2, version=3, after="upheld")
    assert story.places()[:3] == [(1, "maria", 6), (1, "li", 6), (3, "chen", 4)]
    answer = story.sight_of("li", f"/{SLUG}/me/result/")
    expect(answer.locator("main")).to_contain_text("The relay was down")


def the_winners_are_checked(story: Story) -> None:
    """Equals would each lose their share by one contact, so nearly all of theirs are drawn."""
    for username in ("maria", "li"):
        name_contacts(story, username, friends(username, 0, 6))
    for reviewer in ("hanna", "olga"):
        for username in ("maria", "li"):
            page = story.sight_of(reviewer, "/console/inbox/checks/")
            page.get_by_role("link", name=re.compile(story.people[username].name)).first.click()
            page.get_by_role("link", name="Confirm contacts").click()
            review(page)
    page = story.sight_of("hanna", CONSOLE)
    expect(page.locator(".checklist")).not_to_contain_text("are not all confirmed")
    until = re.compile(r"Objections are open until Oct 11, 2026, 12:01\sAM")
    expect(page.locator(".checklist")).to_contain_text(until)
