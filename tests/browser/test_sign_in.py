"""Signing in through the company's provider and setting up a second factor, in a browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from apps.directory.models import User
from tests.browser.company import Company
from tests.browser.visitor import CHINESE, DESKTOP, ENGLISH, PHONE, Visitor
from tests.sign_in.provider import Provider
from tests.sign_in.test_second_factor import code

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Visitor]


def go_to_provider(page: Page) -> None:
    page.goto("/sign-in/?next=/%3Fall")
    page.locator("a.primary").click()


def agree(page: Page, subject: str) -> None:
    """On the provider's own page."""
    page.locator("input[name=sub]").fill(subject)
    page.locator("button", has_text=re.compile("Authorize", re.IGNORECASE)).first.click()


def test_an_employee_comes_in_through_the_provider(
    company: Company, provider: Provider, visit: Visit
) -> None:
    provider.knows("u-1", employee_number=company.people["Maria Silva"].number)
    visitor = visit()
    go_to_provider(visitor.page)
    agree(visitor.page, "u-1")
    visitor.assert_complained(provider.address, "404")  # the provider has no icon
    expect(visitor.page).to_have_url(re.compile(r"/\?all$"))
    expect(visitor.page.locator("main")).to_contain_text("Running")
    assert User.objects.filter(employee=company.people["Maria Silva"]).count() == 1


@pytest.mark.parametrize(("locale", "size"), [(ENGLISH, DESKTOP), (CHINESE, PHONE)])
def test_the_pages_of_signing_in_look_right(
    locale: str, size: tuple[int, int], company: Company, visit: Visit, request: pytest.FixtureRequest
) -> None:
    provider: Provider = request.getfixturevalue("provider")
    request.getfixturevalue("settings").REQUIRE_SECOND_FACTOR = True
    visitor = visit(locale=locale, size=size)
    page = visitor.page
    page.goto("/sign-in/")
    visitor.assert_looks_right("sign-in")
    page.locator("summary").click()
    visitor.assert_looks_right("sign-in-by-password")
    provider.knows("u-nobody", employee_number="nobody's")
    go_to_provider(page)
    agree(page, "u-nobody")
    expect(page.locator("[role=alert]")).to_be_visible()
    visitor.assert_looks_right("not-signed-in")
    visitor.assert_complained("403")
    key = _set_up(visitor)
    page.context.clear_cookies()
    page.goto("/sign-in/")
    page.locator("summary").click()
    page.locator("#id_username").fill("hanna")
    page.locator("#id_password").fill("a long password")
    page.locator("main form button").click()
    expect(page).to_have_url(re.compile("/sign-in/code/"))
    visitor.assert_looks_right("code")
    page.locator("#id_code").fill("123")
    page.locator("main form button").click()
    expect(page.locator("[role=alert]")).to_be_visible()
    visitor.assert_looks_right("code-wrong")
    page.locator("#id_code").fill(code(key, 1))
    page.locator("main form button").click()
    expect(page).not_to_have_url(re.compile("/sign-in/"))


def _set_up(visitor: Visitor) -> str:
    """HR signs in, is led to the set-up and back, and looks at every page of it."""
    page = visitor.sign_in("hanna", to="/console/", opening="summary")
    expect(page).to_have_url(re.compile("/second-factor/set-up/"))
    visitor.assert_looks_right("set-up")
    page.locator("summary").click()
    key = page.locator(".secret").inner_text().replace(" ", "")
    page.locator("#id_code").fill(code(key))
    page.locator("main form button").click()
    expect(page.locator(".codes li")).to_have_count(10)
    visitor.assert_looks_right("recovery-codes")
    page.locator("main a.primary").click()
    expect(page).to_have_url(re.compile("/console/$"))
    for path in ("", "codes/", "codes/new/", "remove/"):
        visitor.go(f"/second-factor/{path}")
        visitor.assert_looks_right(f"second-factor-{path}")
    visitor.go("/sign-in/again/")
    visitor.assert_looks_right("again")
    return key
