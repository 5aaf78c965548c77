"""How HR sees what a rule amounts to before announcing it, in a browser."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from apps.campaigns.models import Campaign
from apps.campaigns.presets import EVERYONE_CAN
from apps.ranking import what_ifs
from apps.ranking.models import WhatIf
from tests.browser.company import NOW, START, Company
from tests.browser.visitor import CHINESE, DESKTOP, ENGLISH, PHONE, Visitor
from tests.factories import make_campaign

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Visitor]


def to_come() -> Campaign:
    return make_campaign(
        "100000",
        slug="winter",
        state="draft",
        name={"en": "Winter", "zh-hans": "冬天"},
        starts_at=START + timedelta(days=70),
        deadline=START + timedelta(days=110),
    )


def answer_all() -> None:
    for pk in what_ifs.unanswered():
        assert what_ifs.answer(pk)


def test_hr_compares_two_rules(visit: Visit, company: Company) -> None:
    to_come()
    page = visit().sign_in("hanna", to="/console/campaigns/winter/")
    page.get_by_role("link", name="Preview of the rule").click()
    page.locator(f'[name=preset][value="{EVERYONE_CAN}"]').check()
    page.get_by_role("button", name="Count both rules").click()
    expect(page.locator("#progress")).to_contain_text("It waits its turn")
    WhatIf.objects.update(state="counting", steps=8, steps_done=3)
    expect(page.locator("#progress")).to_contain_text("Step 3 of 8")
    page.get_by_role("button", name="Cancel the counting").click()
    expect(page.locator("#progress")).to_contain_text("It is being cancelled.")
    WhatIf.objects.update(state="cancelled", ended_at=NOW)
    expect(page.locator("main")).to_contain_text("The counting was cancelled.")
    page.get_by_role("button", name="Count this campaign's rule").click()
    expect(page.locator("#progress")).to_be_visible()
    answer_all()
    expect(page.locator("dl.figures")).to_have_count(1)
    expect(page.locator("main")).to_contain_text("陈晓宇")
    expect(page.locator("#costs")).to_contain_text("100,000 CNY at most")


def test_a_preview_needs_no_javascript(visit: Visit, company: Company) -> None:
    to_come()
    page = visit(javascript=False).sign_in("hanna", to="/console/campaigns/winter/preview/")
    page.locator(f'[name=preset][value="{EVERYONE_CAN}"]').check()
    page.get_by_role("button", name="Count both rules").click()
    expect(page.locator("#progress")).to_contain_text("It waits its turn")
    answer_all()
    expect(page.locator("dl.figures")).to_have_count(2)  # the page opens itself anew


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
@pytest.mark.parametrize("locale", [ENGLISH, CHINESE])
def test_a_preview_is_for_everybody(
    visit: Visit, company: Company, locale: str, size: tuple[int, int]
) -> None:
    to_come()
    visitor = visit(locale=locale, size=size)
    page = visitor.sign_in("hanna", to="/console/campaigns/winter/preview/")
    visitor.assert_looks_right("preview-empty")
    visitor.assert_keeps_nobody_out("preview-empty")
    page.locator(f'[name=preset][value="{EVERYONE_CAN}"]').check()
    page.locator("[name=act][value=compare]").click()
    expect(page.locator("#progress")).to_be_visible()
    visitor.assert_looks_right("preview-counting")
    visitor.assert_keeps_nobody_out("preview-counting")
    answer_all()
    expect(page.locator("dl.figures")).to_have_count(2)
    expect(page.locator("canvas")).to_have_count(1)
    expect(page.locator("#costs")).to_contain_text("100,000")
    firsts = page.locator(".scroll:has(.places)").all()
    assert len(firsts) == 2
    for places in firsts:
        assert places.evaluate("it => it.scrollWidth <= it.clientWidth"), "the contacts are out of sight"
    visitor.assert_looks_right("preview")
    visitor.assert_keeps_nobody_out("preview")
    if locale == CHINESE:
        words = set(re.findall(r"[A-Za-z]{4,}", page.locator("main").inner_text()))
        named = set(re.findall(r"[A-Za-z]{4,}", " ".join(company.people))) | {"Example", "Sales", "East"}
        assert words <= named
