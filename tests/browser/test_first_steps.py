"""The first steps, from nothing to all done, in a browser."""

from collections.abc import Callable

import pytest

from tests.browser.visitor import CHINESE, DESKTOP, ENGLISH, PHONE, Visitor
from tests.factories import make_employee, make_user

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Visitor]


@pytest.mark.parametrize(("locale", "size"), [(ENGLISH, PHONE), (CHINESE, DESKTOP)])
def test_the_first_steps_look_right(locale: str, size: tuple[int, int], visit: Visit) -> None:
    make_user("first", is_superuser=True)
    visitor = visit(locale=locale, size=size)
    page = visitor.sign_in("first")
    page.locator("main a.primary").click()  # from the list without campaigns
    page.wait_for_url("**/console/first-steps/")
    visitor.assert_looks_right("first-steps-empty")
    make_employee()
    visitor.go("/console/first-steps/")
    visitor.assert_looks_right("first-steps-half")
    visitor.go("/admin/campaigns/campaign/")
    visitor.page.screenshot(path=visitor.folder / "empty-campaigns.png")
