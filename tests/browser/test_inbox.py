"""What waits for HR and what they look after, in a browser: both languages, sizes and colours, keyboard."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from apps.activity.batch import Event, Unreadable
from apps.activity.ingest import apply_batch
from apps.activity.models import Delivery, QuarantinedEvent, Source
from apps.awards.due import tick
from apps.campaigns.models import Campaign
from apps.integrity.cases import open_case
from apps.integrity.decisions import propose
from apps.integrity.drafts import Draft
from apps.integrity.models import Case, Check, Decision, Objection
from apps.integrity.objections import object_to
from tests.browser.company import NOW, SCORES, Company, add_campaign, make_official
from tests.browser.visitor import CHINESE, Visitor
from tests.integrity.ready import complete_sources

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Visitor]
NAMES = [
    *SCORES,
    "Ann Example",
    "hanna",
    "ann",
    "otto",
    "East",
    "Sales",
    "SHA",
    "test",
    "company",
    "example",
    "Bonus Tracker",
]


@pytest.fixture
def ended(company: Company) -> Campaign:
    """Provisional, with an objection, a proposal, a case, a check, and events that are held back."""
    campaign = add_campaign("ended", deadline=NOW - timedelta(hours=11), grace_hours=0, objection_days=1)
    otto = make_official("otto", "HR")
    complete_sources(NOW)
    tick(now=NOW)
    campaign.refresh_from_db()
    lee, olu = company.people["李静"], company.people["Olu Adeyemi"]
    object_to(campaign, lee, "周一也有往来。", now=NOW, actor="li", contacts_claimed=2)
    draft = Draft(
        campaign=campaign,
        kind=Decision.Kind.EXCLUSION,
        employee=olu,
        reason="董事会成员",
        evidence="会议记录",
    )
    propose(draft, proposer=otto, now=NOW)
    open_case(campaign, olu, reason="夜间集中往来", by=otto, now=NOW)
    _hold_back()
    return campaign


def _hold_back() -> None:
    delivery = Delivery.objects.create(
        source=Source.objects.get(name="export"), actor="otto", received_at=NOW, name="late.csv"
    )
    at = NOW - timedelta(days=1)
    events = [Event(n, at, f"nobody{n % 2}@company.example", f"s{n}@outside.example", n) for n in range(1, 6)]
    apply_batch(delivery, events, [Unreadable(9, "9")], now=NOW, lines_read=9)
    Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.APPLIED)


def pages(company: Company) -> dict[str, str]:
    """Every page of this half of the console."""
    return {
        "inbox": "/console/inbox/",
        "objections": "/console/inbox/objections/",
        "objection": f"/console/inbox/objections/{Objection.objects.get().pk}/",
        "decisions": "/console/inbox/decisions/",
        "decision": f"/console/inbox/decisions/{Decision.objects.get().pk}/",
        "case": f"/console/inbox/cases/{Case.objects.get().pk}/",
        "checks": "/console/inbox/checks/",
        "check": f"/console/inbox/checks/{Check.objects.order_by('pk')[0].pk}/",
        "approvals": "/console/inbox/approvals/",
        "deadlines": "/console/inbox/deadlines/",
        "deliveries": "/console/messages/",
        "delivery": f"/console/messages/{company.latest.pk}/",
        "uploads": "/console/messages/uploads/",
        "sources": "/console/messages/sources/",
        "held": "/console/messages/held/",
        "people": "/console/people/",
        "employee": f"/console/people/{company.me.pk}/",
        "company": "/console/people/company/",
        "awards": "/console/awards/",
        "campaign-awards": "/console/awards/ended/",
        "log": "/console/log/",
        "log-entry": "/console/log/1/",
    }


def test_the_pages_speak_chinese(visit: Visit, company: Company, ended: Campaign) -> None:
    visitor = visit(locale=CHINESE)
    page = visitor.sign_in("hanna", to="/console/inbox/")
    of_the_log = {"log", "log-entry"}  # acts and things stand there as they were written
    for name, path in pages(company).items():
        if name in of_the_log:
            continue
        visitor.go(path)
        assert latin_words(page) == [], name


def latin_words(page: Page) -> list[str]:
    """What is said in Latin letters outside histories, commands and names."""
    page.evaluate(
        "document.querySelectorAll('code, .history, .soft.small svg').forEach(each => each.remove())"
    )
    text = page.locator("main").inner_text()
    for name in sorted(NAMES, key=len, reverse=True):
        text = text.replace(name, "")
    text = re.sub(r"\S+@\S+|[0-9a-f]{64}|\b[A-Z]\d+\b|\S+\.csv|export|im:\S+|CSV", "", text)
    return re.findall(r"[A-Za-z]{3,}", text)


def test_what_waits_is_decided_from_the_inbox(visit: Visit, company: Company, ended: Campaign) -> None:
    page = visit().sign_in("hanna", to="/console/inbox/")
    before = int(page.locator(".doors [aria-current] .count").inner_text().split()[0])
    page.get_by_role("link", name=re.compile("Confirm or reject decision 1")).click()
    expect(page.locator("main")).to_contain_text("会议记录")
    expect(page.get_by_role("heading", name="What would change")).to_be_visible()
    page.get_by_role("link", name="Confirm the decision").click()
    page.get_by_role("button", name="Confirm the decision").click()
    expect(page.locator(".note")).to_contain_text("version 2 of the result is sealed")
    expect(page).to_have_url(re.compile(r"/console/inbox/decisions/\d+/$"))
    page.get_by_role("link", name="Objections", exact=True).click()
    page.get_by_role("link", name=re.compile("claims 2 more")).click()
    page.get_by_role("link", name="Answer that nothing changes").click()
    page.get_by_label("Answer").fill("Monday was before the window.")
    page.get_by_role("button", name="Answer that nothing changes").click()
    expect(page.locator(".note")).to_contain_text("is answered")
    after = int(page.locator(".doors [aria-current] .count").inner_text().split()[0])
    assert after < before


def test_who_proposed_it_reads_why_they_cannot_confirm(
    visit: Visit, company: Company, ended: Campaign
) -> None:
    page = visit().sign_in("otto", to="/console/inbox/")
    others = page.locator("section").filter(has=page.get_by_role("heading", name="Waits for somebody else"))
    expect(others).to_contain_text("You have proposed it, so somebody else must confirm it.")
    others.get_by_role("link", name=re.compile("decision 1")).click()
    expect(page.locator(".callout")).to_contain_text("You have proposed it")
    expect(page.get_by_role("link", name="Confirm the decision")).to_have_count(0)
    expect(page.get_by_role("link", name="Reject the decision")).to_be_visible()


def test_a_group_is_rejected_with_the_keyboard_alone(visit: Visit, company: Company, ended: Campaign) -> None:
    page = visit().sign_in("hanna", to="/console/messages/held/")
    press_until(page, "Reject")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What will happen")).to_be_visible()
    page.get_by_label("Reason").focus()
    page.keyboard.type("Nobody of ours.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".note")).to_contain_text("Decided: 3 of 3.")
    assert QuarantinedEvent.objects.filter(state=QuarantinedEvent.State.REJECTED).count() == 3


def press_until(page: Page, words: str) -> None:
    for _n in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == words:
            return
    raise AssertionError(f"“{words}” is not reached by the keyboard")


def test_an_exclusion_begins_with_the_employee(visit: Visit, company: Company, ended: Campaign) -> None:
    page = visit().sign_in("hanna", to="/console/people/")
    page.get_by_label("Employee number or name").fill("maria")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Maria Silva").click()
    page.get_by_role("link", name="Exclude or disqualify").click()
    expect(page.locator("#id_employee")).to_have_value(company.people["Maria Silva"].number)


def test_pages_are_read_without_javascript(visit: Visit, company: Company, ended: Campaign) -> None:
    visitor = visit(javascript=False)
    page = visitor.sign_in("hanna", to="/console/inbox/")
    for path in pages(company).values():
        visitor.go(path)
        expect(page.locator("h1")).to_be_visible()
