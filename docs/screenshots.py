"""Takes the pictures of README.md and docs/ from a running demo: docs/screenshots.py ADDRESS PASSWORD.

`manage.py demo` prints both; begin at once, for the last picture waits until the result is provisional.
Those of docs/story.md are taken by the test that tells the story; the foot of that page says how.
Needs Chromium at /usr/bin/chromium (Debian: apt-get install chromium fonts-noto-cjk) or wherever CHROMIUM says.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DESKTOP, STEP, PHONE = (1200, 900), (1200, 600), (390, 780)
LONGEST_WAIT = 900  # seconds until the demo's campaign is provisional


def main(address: str, password: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=OPTIONS
        )
        for_everybody(browser, address, password)
        for_hr(browser, address, password)
        browser.close()


def for_everybody(browser: Browser, address: str, password: str) -> None:
    with signed_in(browser, address, "racer", password, size=(1200, 1000)) as page:
        keep(page, "leaderboard")
    with signed_in(browser, address, "colleague", password, size=PHONE) as page:
        keep(page, "board-phone")
    with signed_in(browser, address, "colleague", password) as page:
        page.goto(f"{address}year-end/me/")
        keep(page, "my-contacts")


def for_hr(browser: Browser, address: str, password: str) -> None:
    with signed_in(browser, address, "hr", password) as page:
        page.goto(f"{address}console/campaigns/new/")
        page.locator("#id_name_en").fill("Spring")
        page.locator("#id_prizes-0-place").fill("1")
        page.locator("#id_prizes-0-net_amount").fill("100000")
        page.get_by_text("100,000 CNY at most").wait_for()
        keep(page, "campaign-form")
        page.goto(f"{address}console/")
        keep(page, "overview")
        page.goto(f"{address}console/campaigns/year-end/")
        keep(page, "campaign")
    with signed_in(browser, address, "hr", password, size=STEP) as page:
        page.goto(f"{address}console/messages/")
        page.locator("tbody a").first.click()
        page.get_by_role("link", name="Withdraw", exact=True).click()
        keep(page, "withdraw")
        page.goto(f"{address}year-end/?view=live")
        page.locator(".standings tbody th a").nth(3).click()
        page.evaluate("document.querySelector('main h2').scrollIntoView()")
        keep(page, "reason")
        to_approve(page, address)
        keep(page, "approve")
        page.goto(page.url.replace("/approve/", "/ending/"))
        keep(page, "ending")


def to_approve(page: Page, address: str) -> None:
    """Waits for the provisional result, and opens the page on which it is approved."""
    button = page.get_by_role("link", name="Approve the result")
    for _ in range(LONGEST_WAIT // 5):
        page.goto(f"{address}console/campaigns/year-end/")
        if button.count():
            keep(page, "campaign-end")
            button.first.click()
            return
        time.sleep(5)
    sys.exit("The demo's campaign did not become provisional.")


@contextmanager
def signed_in(
    browser: Browser, address: str, username: str, password: str, *, size: tuple[int, int] = DESKTOP
) -> Iterator[Page]:
    """Somebody's own browser, on the board of the demo's campaign."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale="en",
        reduced_motion="reduce",
        timezone_id="Asia/Shanghai",  # the demo's own; elsewhere the admin warns beside each time
    )
    page = context.new_page()
    page.goto(f"{address}sign-in/?next=/year-end/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/year-end/")
    yield page
    context.close()


def keep(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("Usage: docs/screenshots.py ADDRESS PASSWORD")
    main(*sys.argv[1:])
