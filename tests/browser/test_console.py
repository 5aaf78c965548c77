"""The console in a browser: campaigns, in both languages, large and small, light and dark."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.company import Company, add_every_state
from tests.browser.visitor import CHINESE, DESKTOP, ENGLISH, PHONE, Visitor

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Visitor]
STATES = ("year-end", "frozen", "settling", "provisional", "final", "empty", "void", "scheduled")


@pytest.mark.parametrize(("locale", "size"), [(ENGLISH, DESKTOP), (CHINESE, PHONE)])
def test_campaigns_in_every_state(visit: Visit, company: Company, locale: str, size: tuple[int, int]) -> None:
    add_every_state()
    visitor = visit(locale=locale, size=size)
    visitor.sign_in("hanna", to="/console/")
    for slug in STATES:
        visitor.go(f"/console/campaigns/{slug}/")
        visitor.assert_looks_right(f"campaign-{slug}")
        visitor.assert_keeps_nobody_out(slug)


def test_without_javascript_the_tables_say_what_the_charts_show(visit: Visit, company: Company) -> None:
    visitor = visit(javascript=False)
    page = visitor.sign_in("hanna", to=f"/console/campaigns/{company.running.slug}/")
    people = page.get_by_role("region", name="People by number of active contacts")
    expect(people.locator("tbody tr").first).to_be_visible()


def test_a_chart_is_drawn_and_its_table_folds(visit: Visit, company: Company) -> None:
    page = visit().sign_in("hanna", to=f"/console/campaigns/{company.running.slug}/")
    chart = page.locator("[data-chart=distribution]")
    expect(chart.locator("canvas")).to_be_visible()
    expect(chart.locator("tbody tr").first).to_be_hidden()
    chart.locator("summary").click()
    expect(chart.locator("tbody tr").first).to_be_visible()
