"""What HR does in a browser, on the board and in the administration."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from apps.activity.models import Delivery
from apps.awards.due import tick
from apps.campaigns.models import Campaign
from apps.ranking.services import refresh
from tests.browser.company import NOW, Company, add_campaign, finish, make_official
from tests.browser.visitor import CHINESE, Visitor, contact
from tests.integrity.ready import complete_sources, make_ready

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Visitor]


def test_hr_sees_the_live_board_while_everybody_else_sees_the_frozen_one(
    visit: Visit, company: Company
) -> None:
    refresh(add_campaign("frozen", freeze_at=NOW - timedelta(hours=20)), now=NOW)
    employee = visit().sign_in("ann", to="/frozen/")
    expect(employee.locator(".standings tbody tr").first).to_contain_text("Maria Silva")
    expect(employee.locator("#own .tag.live")).to_have_text("now 3")
    expect(employee.get_by_role("navigation", name="Which board")).to_have_count(0)
    hr = visit().sign_in("hanna", to="/frozen/")
    expect(hr.locator(".standings tbody tr").first).to_contain_text("Maria Silva")
    hr.get_by_role("link", name="Live: HR and auditors only").click()
    expect(hr.locator(".standings tbody tr").first).to_contain_text("陈晓宇")
    expect(hr.locator(".standings tbody tr")).to_have_count(9)
    expect(hr.locator(".banner")).to_contain_text("Keep these to yourself")


def test_hr_reads_somebodys_contacts_with_a_reason_that_they_see(visit: Visit, company: Company) -> None:
    page = visit().sign_in("hanna", to=f"{company.url}?view=live")
    page.get_by_role("link", name="Ann Example").click()
    expect(page.locator(".contact")).to_have_count(0)
    page.get_by_label("Reason").fill("Asked about in an objection.")
    page.get_by_role("button", name="Show the contacts").click()
    expect(page.locator(".contact")).to_have_count(6)
    expect(contact(page, "n…@cu….example")).to_contain_text("nearly counts")
    mine = visit().sign_in("ann", to=f"{company.url}me/")
    expect(mine.locator(".looks li")).to_contain_text("hanna")
    expect(mine.locator(".looks li")).to_contain_text("Asked about in an objection.")


def test_hr_withdraws_a_delivery(visit: Visit, company: Company) -> None:
    visitor = visit()
    page = visitor.sign_in("hanna", to=f"/admin/activity/delivery/{company.latest.pk}/change/")
    take(page, "Withdraw", reason="Sent by mistake.")
    expect(page.locator("body")).to_contain_text(f"Delivery {company.latest.pk} was withdrawn.")
    assert Delivery.objects.get(pk=company.latest.pk).state == Delivery.State.WITHDRAWN
    visitor.go(f"/admin/campaigns/campaign/{company.running.pk}/change/")
    take(page, "Rank now")
    expect(page.locator("body")).to_contain_text("active contacts altogether.")
    visitor.go(company.url)
    expect(page.locator(".standings tbody tr").first).to_contain_text("Maria Silva")


def test_the_second_approval_makes_the_result_final(visit: Visit, company: Company) -> None:
    ended = {"deadline": NOW - timedelta(hours=11), "grace_hours": 0, "objection_days": 0}
    campaign = add_campaign("ended", **ended)
    otto = make_official("otto", "HR")
    complete_sources(NOW)
    tick(now=NOW)
    make_ready(campaign, now=NOW)
    employee = visit().sign_in("ann", to="/ended/")
    expect(employee.locator(".banner")).to_contain_text("Provisional result")
    expect(employee.locator(".winners")).to_have_count(0)
    finish("ended", otto)
    page = visit().sign_in("hanna", to="/console/campaigns/ended/")
    take(page, "Approve the result")
    expect(page.locator("body")).to_contain_text("The result is final and its awards are approved.")
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.FINAL
    employee.reload()
    expect(employee.locator(".banner")).to_contain_text("Final result")
    expect(employee.locator(".winners li")).to_have_count(3)
    expect(employee.locator(".winners li").first).to_contain_text("100,000 CNY after tax")


def test_the_administration_speaks_chinese(visit: Visit, company: Company) -> None:
    visitor = visit(locale=CHINESE)
    page = visitor.sign_in("hanna", to="/admin/")
    names = {"hanna", "Sales", "East", "SHA", "English"}
    steps = f"activity/delivery/{company.latest.pk}/withdraw/", "activity/contact/find/"
    for path in ("", "activity/delivery/", "ranking/result/", *steps):
        visitor.go(f"/admin/{path}")
        page.evaluate("document.querySelectorAll('.material-symbols-outlined').forEach(e => e.remove())")
        words = set(re.findall(r"[A-Za-z]{3,}", page.locator("body").inner_text()))
        assert words - names <= {"export"}, path


def test_the_administration_is_closed_to_employees(visit: Visit, company: Company) -> None:
    visitor = visit()
    page = visitor.sign_in("ann")
    expect(page.get_by_role("link", name="Admin")).to_have_count(0)
    answer = page.goto("/admin/")
    assert answer is not None
    assert answer.status == 403
    visitor.assert_complained("403")  # the browser names it in its console


def take(page: Page, step: str, **fields: str) -> None:
    """Press a step's button, read what will happen, fill in, confirm."""
    page.get_by_role("link", name=step, exact=True).first.click()  # a checklist may offer it once more
    expect(page.get_by_role("heading", name="What will happen")).to_be_visible()
    for name, text in fields.items():
        page.locator(f"#id_{name}").fill(text)
    page.locator("form.act-form .actions button").click()
