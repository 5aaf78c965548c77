"""What the board costs a reader's first look: bytes on the wire and round trips, not time."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Request, Route, expect

from apps.campaigns.models import Campaign
from apps.ranking.services import refresh
from tests.browser.company import NOW, Company
from tests.browser.scenes import CROWD, add_crowd
from tests.browser.visitor import PHONE, Visitor

pytestmark = pytest.mark.xdist_group("browser")
MOST_BYTES = 60_000


PAINTED = """() => new Promise(done => new PerformanceObserver(list =>
    list.getEntriesByName('first-contentful-paint').forEach(entry => done(entry.startTime)))
    .observe({type: 'paint', buffered: true}))"""
ASKED_BEFORE = """painted => performance.getEntriesByType('resource')
    .filter(it => it.startTime < painted).map(it => new URL(it.name).pathname.split('.').pop()).sort()"""


def test_places_are_painted_out_of_the_page_and_its_styles_before_any_script_has_come(
    visit: Callable[..., Visitor], company: Company
) -> None:
    page = visit(size=PHONE).sign_in("ann", to="/password/")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/*.js", hold)
    page.goto(company.url, wait_until="commit")
    painted = page.evaluate(PAINTED)
    assert len(held) == 1  # the one script has been asked for, and has not come
    expect(page.locator("#own .own-rank b")).to_have_text("6")
    expect(page.locator(".standings tbody tr")).to_have_count(6)
    kinds = page.evaluate(ASKED_BEFORE, painted)
    assert set(kinds) <= {"css", "js", "svg"}  # nothing but the page itself is told about places
    assert kinds.count("css") == 4
    held[0].continue_()
    page.wait_for_load_state("networkidle")


def test_without_styles_and_scripts_the_one_answer_is_a_readable_page(
    visit: Callable[..., Visitor], company: Company
) -> None:
    visitor = visit(size=PHONE)
    page = visitor.sign_in("ann", to="/password/")
    page.route(re.compile(r"\.(css|js|svg)$"), lambda route: route.abort())
    page.goto(company.url)
    expect(page.get_by_role("region", name="You")).to_contain_text("3 active contacts")
    expect(page.get_by_role("table", name="Places").get_by_role("row")).to_have_count(7)
    visitor.assert_complained("ERR_FAILED")


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
