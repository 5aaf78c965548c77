"""Chapters of the story while the campaign runs: announced, a wrong file withdrawn, somebody leaves."""

from playwright.sync_api import Page, expect

from tests.browser.story.cast import SLUG, Story, friends, picture, regular_jobs, talks
from tests.browser.test_hr import take

CONSOLE = f"/console/campaigns/{SLUG}/"
BOARD = f"/{SLUG}/"
EARLY = (14, 15, 16)  # days of September; the rule asks for three
FAKES = [f"user{n}@fresh.example" for n in range(1, 5)]


def announced(story: Story) -> None:
    """HR fills in the form, reads what it says, and schedules the campaign."""
    page = story.sight_of("hanna", "/console/campaigns/new/")
    page.locator("#id_name_en").fill("Autumn")
    page.locator("#id_name_zh").fill("秋季")
    page.locator("#id_starts_on").fill("2026-09-01")
    page.locator("#id_deadline_0").fill("2026-10-01")
    page.locator("#id_deadline_1").fill("00:00")
    page.locator("#id_freeze_at_0").fill("")
    page.locator("#id_freeze_at_1").fill("")
    page.locator("#id_grace_hours").fill("72")
    page.locator("#id_objection_days").fill("7")
    for n, amount in enumerate(("100000.00", "50000.00")):
        page.locator(f"#id_prizes-{n}-place").fill(str(n + 1))
        page.locator(f"#id_prizes-{n}-net_amount").fill(amount)
        page.locator(f"#id_prizes-{n}-min_score").fill("5")
        if n == 0:
            page.get_by_role("button", name="Another place").click()
    expect(page.locator("#said")).to_contain_text("150,000 CNY at most")
    picture(page, "announce", height=900)
    page.get_by_role("button", name="Save the draft").click()
    take(page, "Schedule")
    expect(page.locator("body")).to_contain_text("Autumn is scheduled.")
    expect(story.sight_of("li", "/?all").locator(".campaign")).to_contain_text("100,000 CNY")


def a_wrong_file_is_withdrawn(story: Story) -> None:
    """The messenger's test system is delivered too, and puts Ann first until HR takes it back."""
    everybody = {"chen": 4, "maria": 5, "li": 4, "tom": 7, "olu": 3, "ann": 2, "sofia": 2, "wang": 1}
    told = [
        each for name, count in everybody.items() for each in talks(name, friends(name, 0, count), *EARLY)
    ]
    told += talks("chen", FAKES, *EARLY)
    story.deliver("messenger-to-20-september.csv", told, "2026-09-01T00:00+08:00/2026-09-21T00:00+08:00")
    lab = [f"probe{n}@lab.example" for n in range(9)]
    story.deliver("test-system.csv", talks("ann", lab, 17, 18, 19))
    regular_jobs()
    assert board(story)[:2] == ["Ann Example", "陈晓宇"]
    page = story.sight_of("hanna", "/console/messages/")
    page.get_by_role("row").filter(has_text="test-system.csv").get_by_role("link").first.click()
    page.get_by_role("link", name="Withdraw", exact=True).click()
    page.get_by_label("Reason").fill("It is from the test system.")
    picture(page, "withdraw", height=640)
    page.locator("form.act-form .actions button").click()
    expect(page.locator(".note")).to_contain_text("was withdrawn")
    regular_jobs()
    assert board(story)[:3] == ["陈晓宇", "Tom Baker", "Maria Silva"]


def somebody_leaves(story: Story) -> None:
    """Tom's last day is before the deadline, so the next in line moves up once it has passed."""
    page = story.sight_of("adam", f"/console/people/{story.people['tom'].pk}/")
    page.get_by_role("link", name="End employment", exact=True).click()
    page.locator("#id_left_on").fill("2026-09-26")
    page.locator("form.act-form .actions button").click()
    expect(page.locator(".note")).to_be_visible()
    picture(page, "leaver", height=860)


def the_next_in_line_moves_up(story: Story) -> None:
    told = talks("maria", friends("maria", 5, 6), 28, 29) + talks("li", friends("li", 4, 6), 28, 29)
    story.deliver("messenger-to-29-september.csv", told, "2026-09-21T00:00+08:00/2026-09-30T00:00+08:00")
    regular_jobs()
    assert board(story)[:3] == ["陈晓宇", "Maria Silva", "李静"]


def board(story: Story) -> list[str]:
    """Names as everybody sees them, best first."""
    return names_on(story.sight_of("li", BOARD))


def names_on(page: Page) -> list[str]:
    return [
        name.removesuffix("you").strip() for name in page.locator(".standings tbody .name").all_inner_texts()
    ]
