"""What the board costs a reader's first look: bytes on the wire and round trips, not time."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Request

from apps.campaigns.models import Campaign
from apps.ranking.services import refresh
from tests.browser.company import NOW, Company
from tests.browser.scenes import CROWD, add_crowd
from tests.browser.visitor import PHONE, Visitor

pytestmark = pytest.mark.xdist_group("browser")
MOST_BYTES = 60_000


def test_the_first_look_at_a_full_board_is_light_and_needs_one_round_trip(
    visit: Callable[..., Visitor], company: Company
) -> None:
    add_crowd()
    Campaign.objects.update(public_places=200)
    refresh(company.running, now=NOW)
    page = visit(size=PHONE).sign_in("ann", to="/password/")
    asked: list[Request] = []

    def note(request: Request) -> None:  # Playwright takes no method of a list
        asked.append(request)

    page.on("requestfinished", note)
    page.route("**/*", lambda route: route.continue_())  # so that nothing comes out of the browser's cache
    page.goto(company.url, wait_until="networkidle")
    weights = {
        request.url.rsplit("/", 1)[-1] or "the page": request.sizes()["responseBodySize"]
        + request.sizes()["responseHeadersSize"]
        for request in asked
    }
    assert page.locator(".standings tbody tr").count() == CROWD
    assert sum(weights.values()) < MOST_BYTES, weights
    assert sum(request.is_navigation_request() for request in asked) == 1  # places are in the first answer
    assert not [request.url for request in asked if request.resource_type in ("xhr", "fetch")]
