"""Takes the picture of the README from a running demo: docs/screenshots.py ADDRESS USERNAME PASSWORD.

`manage.py demo` prints all three. Needs Chromium at /usr/bin/chromium (Debian: apt-get install chromium
fonts-noto-cjk) or wherever CHROMIUM says.
"""

import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).parent / "images"
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def main(address: str, username: str, password: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=OPTIONS
        )
        page = browser.new_page(
            viewport={"width": 1200, "height": 1000}, locale="en", device_scale_factor=1.5
        )
        page.goto(f"{address}sign-in/?next=/year-end/")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", password)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/year-end/")
        page.screenshot(path=IMAGES / "leaderboard.png")
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("Usage: docs/screenshots.py ADDRESS USERNAME PASSWORD")
    main(*sys.argv[1:])
