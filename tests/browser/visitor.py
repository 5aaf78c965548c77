"""Somebody with a browser: signs in by the form, looks, and hears every complaint of a page."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.patience import SAFETY_SECONDS, eventually

expect.set_options(timeout=SAFETY_SECONDS * 1000)
PASSWORD = "a long password"  # what the factory gives everybody
ENGLISH, CHINESE = "en", "zh-CN"
DESKTOP, PHONE, NARROW = (1280, 900), (360, 740), 320
ACCESS = {  # WCAG 2.2 AA, and what axe-core knows to be good practice
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
PICTURES = os.environ.get(
    "LOOKS_PICTURES", ""
)  # the folder of what `assert_looks_right` sees; none otherwise
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
BRIGHTNESS = "Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])"  # of red, 0 to 255


@dataclass
class Visitor:
    page: Page
    folder: Path  # of screenshots and downloads
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def come(
        cls,
        browser: Browser,
        address: str,
        folder: Path,
        *,
        size: tuple[int, int] = DESKTOP,
        locale: str = ENGLISH,
        javascript: bool = True,
    ) -> Self:
        context = browser.new_context(
            base_url=address,
            viewport={"width": size[0], "height": size[1]},
            locale=locale,
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        context.set_default_timeout(SAFETY_SECONDS * 1000)
        visitor = cls(context.new_page(), folder)
        context.on("console", visitor._hear)
        context.on("weberror", lambda error: visitor.complaints.append(str(error.error)))
        return visitor

    def _hear(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.page.url if message.page else ''}: {message.text}")

    def assert_complained(self, *words: str) -> None:
        """With each of these, as was meant, and so it is forgiven; they may come a little after their cause."""

        def are_heard() -> bool:
            self.page.wait_for_timeout(0)  # Playwright hands out what it has heard meanwhile
            return all(word in " ".join(self.complaints) for word in words)

        eventually(are_heard, complaint=lambda: str(self.complaints))
        self.complaints.clear()

    def leave(self) -> list[str]:
        self.page.context.close()
        return self.complaints

    def sign_in(self, username: str, *, to: str = "/", opening: str = "") -> Page:
        """opening: what hides the form, where the company has a provider."""
        self.page.goto(f"/sign-in/?next={to}")
        if opening:
            self.page.locator(opening).click()
        self.page.locator("#id_username").fill(username)
        self.page.locator("#id_password").fill(PASSWORD)
        self.page.locator("main form button").click()
        expect(self.page).not_to_have_url(re.compile("/sign-in/"))
        self.page.wait_for_load_state()  # the address changes before there is a page
        return self.page

    def go(self, path: str) -> Page:
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        return self.page

    def assert_looks_right(self, name: str, *schemes: Any) -> None:
        """In light and dark: nothing reaches beyond the screen, and the colours are the asked ones."""
        for scheme in schemes or ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            brightness = self.page.evaluate(BRIGHTNESS)
            assert (brightness > 128) == (scheme == "light"), f"{name}: {brightness} in {scheme}"
            if PICTURES:
                self._take_picture(name, scheme)
        size = self.page.viewport_size
        assert size is not None
        for width in (size["width"], NARROW):
            self.page.set_viewport_size({"width": width, "height": size["height"]})
            assert self.page.evaluate(SIDEWAYS) <= 0, f"{name} is wider than {width} pixels"
        self.page.set_viewport_size(size)

    def _take_picture(self, name: str, scheme: str) -> None:
        """Of the whole page on a screen as high: what is drawn only in sight is drawn, too."""
        size = self.page.viewport_size
        assert size is not None
        height = self.page.evaluate("document.documentElement.scrollHeight")
        self.page.set_viewport_size({"width": size["width"], "height": max(size["height"], height)})
        self.page.screenshot(path=Path(PICTURES) / self._file_name(name, scheme), full_page=True)
        self.page.set_viewport_size(size)

    def assert_keeps_nobody_out(self, name: str) -> None:
        """In light and dark: nothing that axe-core knows keeps people out of the page. Needs JavaScript."""
        schemes: tuple[Any, ...] = ("light", "dark")
        for scheme in schemes:
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found = Axe().run(self.page, options=ACCESS)
            assert not found.response["violations"], f"{name} in {scheme}: {found.generate_report()}"

    def _file_name(self, name: str, scheme: str) -> str:
        language = self.page.locator("html").get_attribute("lang")
        width = self.page.viewport_size["width"] if self.page.viewport_size else 0
        return f"{name.strip('/?').replace('/', '-')}-{language}-{width}-{scheme}.png"


def contact(page: Page, hint: str) -> Locator:
    """The card of a contact, by its masked name."""
    return page.locator(".contact").filter(has_text=hint)
