"""The end of a campaign through its doors: objected to, decided by two, winners checked, and final."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from apps.awards.due import tick
from apps.campaigns.models import Campaign
from apps.directory.handles import account_key
from apps.directory.models import Employee
from apps.integrity.cases import open_case
from apps.integrity.models import Check, Decision
from bonus_tracker import clock
from tests.browser.company import NOW, Company, add_campaign, make_official
from tests.browser.test_looks import latin_words
from tests.browser.visitor import CHINESE, DESKTOP, ENGLISH, PHONE, Visitor
from tests.factories import make_user
from tests.integrity.ready import complete_sources

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Visitor]
LATIN_WORD = re.compile(r"[A-Za-z]{4,}")
WINNERS = {  # of two places; the last two are equal at the deadline
    "maria": "Maria Silva",
    "chen": "陈晓宇",
    "wolfe": "Wolfeschlegelsteinhausenberger-Bergerdorff",
}


@pytest.fixture
def ended(company: Company) -> Campaign:
    """Just provisional, with a day for objections; the winners and two of HR have sign-ins."""
    campaign = add_campaign("ended", deadline=NOW - timedelta(hours=11), grace_hours=0, objection_days=1)
    for name in ("otto", "olga"):
        make_official(name, "HR")
    for username, name in WINNERS.items():
        make_user(username, company.people[name])
    complete_sources(NOW)
    tick(now=NOW)
    campaign.refresh_from_db()
    return campaign


def press(page: Page, step: str, **fields: str) -> None:
    """A step's button, what it asks for, and its own button."""
    page.get_by_role("link", name=step, exact=True).click()
    send(page, **fields)


def send(page: Page, **fields: str) -> None:
    for name, text in fields.items():
        page.locator(f"#id_{name}").fill(text)
    page.locator("main form.act-form .actions button").click()


def object_and_answer(mine: Page, otto: Visitor) -> None:
    mine.get_by_role("link", name="Object, or answer what HR asks").click()
    mine.get_by_label("How many more contacts should count?").fill("1")
    mine.get_by_label("Why?").fill("Nora wrote on Monday too.")
    mine.get_by_role("button", name="Object to my count").click()
    expect(mine.locator(".note")).to_contain_text("HR has your objection")
    otto.go("/admin/integrity/objection/")
    otto.page.get_by_role("link", name="The ended one").click()
    press(otto.page, "Answer that nothing changes", reason="Monday was before the window.")
    mine.reload()
    expect(mine.locator("main")).to_contain_text("Monday was before the window.")


def exclude(employee: Employee, campaign: Campaign, one: Visitor, other: Visitor) -> None:
    one.go(f"/admin/campaigns/campaign/{campaign.pk}/exclude/")
    send(one.page, employee=employee.number, reason="on the board", evidence="its minutes")
    expect(one.page.locator("table")).to_contain_text(employee.number)
    assert not Decision.objects.exists()
    one.page.get_by_role("button", name="Propose it").click()
    expect(one.page.locator("body")).to_contain_text("is proposed; somebody else confirms")
    other.go(f"/admin/integrity/decision/{Decision.objects.get().pk}/change/")
    press(other.page, "Confirm the decision")
    expect(other.page.locator("body")).to_contain_text("version 2 of the result is sealed")


def name_contacts(winner: Page, person: Employee) -> None:
    handles = {
        account_key("im", handle): handle
        for handle in (f"{person.number.lower()}-friend{n}@outside.example" for n in range(10))
    }
    winner.get_by_role("link", name="Name them").click()
    for item in Check.objects.get(employee=person, result__version=2).items.all():
        winner.locator(f"#handle-{item.pk}").fill(handles[item.contact_id])
    winner.get_by_role("button", name="Check and save").click()
    expect(winner.locator("main")).to_contain_text("Two people check them now")


def test_from_an_objection_to_a_final_result(visit: Visit, company: Company, ended: Campaign) -> None:
    employee, otto, olga = visit(), visit(), visit()
    ending = f"/admin/campaigns/campaign/{ended.pk}/ending/"
    for official, name in ((otto, "otto"), (olga, "olga")):
        expect(official.sign_in(name, to=ending).locator(".checklist")).to_contain_text(
            "are not all confirmed"
        )
    object_and_answer(employee.sign_in("ann", to="/ended/me/"), otto)
    exclude(company.people["李静"], ended, otto, olga)
    tick(now=NOW)
    for username, name in WINNERS.items():
        name_contacts(visit().sign_in(username, to="/ended/me/result/"), company.people[name])
    for reviewer in (otto, olga):
        for check in Check.objects.filter(result__version=2):
            page = reviewer.go(f"/admin/integrity/check/{check.pk}/review/")
            for choice in page.locator("select").all():
                choice.select_option("called")
            page.get_by_role("button", name="Save").click()
    with clock.showing(NOW + timedelta(days=1)):
        for approver in (otto, olga):
            page = approver.go(ending)
            expect(page.locator(".checklist")).not_to_contain_text("are not all confirmed")
            page.locator(".checklist").get_by_role("link", name="Approve the result").click()
            send(page, comment="Checked.")
        expect(olga.page.locator("body")).to_contain_text("The result is final")
    ended.refresh_from_db()
    assert ended.state == Campaign.State.FINAL


@pytest.mark.parametrize("locale", [ENGLISH, CHINESE])
def test_its_pages_fit_and_speak_the_language(
    visit: Visit, company: Company, ended: Campaign, locale: str
) -> None:
    winner = company.people[WINNERS["chen"]]
    open_case(ended, winner, reason="突增", by=make_user(), now=NOW)
    employee = visit(locale=locale, size=PHONE)
    page = employee.sign_in("chen")
    for path in ("/ended/me/result/", "/ended/me/result/contacts/"):
        employee.go(path)
        employee.assert_looks_right(path)
        assert locale == ENGLISH or set(latin_words(page)) <= {"im", "ou", "example", "friend"}, path
    official = visit(locale=locale, size=DESKTOP)
    page = official.sign_in("otto")
    steps = ("ending", "exclude", "adjust", "grant", "open-case")
    paths = [f"/admin/campaigns/campaign/{ended.pk}/{step}/" for step in steps]
    check = Check.objects.get(employee=winner)
    for path in (*paths, f"/admin/integrity/check/{check.pk}/review/", "/admin/integrity/case/"):
        official.go(path)
        name = path.split("/")[-2]
        page.screenshot(path=official.folder / f"{name}-{locale}.png", full_page=True)
        if locale == CHINESE:
            page.evaluate("document.querySelectorAll('.material-symbols-outlined').forEach(e => e.remove())")
            text = re.sub(r"[0-9a-f]{12,64}", "", page.locator("main, #main").first.inner_text())
            names = set(LATIN_WORD.findall(" ".join(company.people)))
            assert set(LATIN_WORD.findall(text)) - names - {"otto", "user", "example"} == set(), path
