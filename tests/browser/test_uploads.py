"""How an administrator brings a file of messages in, in a browser."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from apps.jobs import services, tasks
from apps.jobs.models import Job
from tests.browser.company import Company, make_official
from tests.browser.visitor import CHINESE, DESKTOP, ENGLISH, PHONE, Visitor

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Visitor]
NEW = "/console/messages/uploads/new/"
LINES = [
    "1,2026-10-18T08:00:00Z,ann@company.example,new@elsewhere.example",
    "2,2026-10-19T08:00:00Z,new@elsewhere.example,ann@company.example",
    "3,2026-10-19T09:00:00Z,nobody@company.example,new@elsewhere.example",
    "4,yesterday,ann@company.example,new@elsewhere.example",
]


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.do_job, "delay", lambda _pk: None)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "messages-of-october.csv"
    path.write_text("".join(f"{each}\n" for each in ["message_id,sent_at,from,to", *LINES]))
    return path


def work() -> None:
    for pk in services.undone():
        assert services.do(pk)


def upload(page: Page, file: Path) -> None:
    page.locator("#id_file").set_input_files(file)
    page.locator("#id_source").fill("export")
    page.locator(".act-form button.primary").click()
    expect(page.locator("#progress")).to_be_visible()


def test_a_file_is_brought_in(visit: Visit, company: Company, export: Path) -> None:
    make_official("olga", "administrator")
    page = visit().sign_in("olga", to="/console/messages/")
    page.get_by_role("link", name="Upload a file").click()
    upload(page, export)
    expect(page.locator("#progress")).to_contain_text("It waits its turn")
    Job.objects.update(state="working", steps=5000, steps_done=1500)
    expect(page.locator("#progress")).to_contain_text("1,500 of 5,000 lines")
    address = page.url
    page.goto("/console/messages/uploads/")  # and nothing is lost
    work_again()
    page.get_by_role("link", name="messages-of-october.csv").click()
    expect(page).to_have_url(address)
    expect(page.locator("main")).to_contain_text("2 messages count from the next ranking on.")
    page.get_by_role("button", name="Take the file in").click()
    expect(page.locator("#progress")).to_contain_text("Being taken in")
    work()
    expect(page.locator("main")).to_contain_text("The file was taken in")  # the page opens itself anew
    page.get_by_role("link", name=re.compile(r"delivery \d+")).click()
    expect(page.locator("h1")).to_contain_text("messages-of-october.csv")


def work_again() -> None:
    """As after a kill."""
    Job.objects.filter(state="working").update(begun=1)
    work()


def test_it_needs_no_javascript(visit: Visit, company: Company, export: Path) -> None:
    make_official("olga", "administrator")
    page = visit(javascript=False).sign_in("olga", to=NEW)
    upload(page, export)
    work()
    page.get_by_role("button", name="Take the file in").click()
    work()
    expect(page.locator("main")).to_contain_text("The file was taken in")


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
@pytest.mark.parametrize("locale", [ENGLISH, CHINESE])
def test_it_is_for_everybody(
    visit: Visit, company: Company, export: Path, locale: str, size: tuple[int, int]
) -> None:
    make_official("olga", "administrator")
    visitor = visit(locale=locale, size=size)
    page = visitor.sign_in("olga", to=NEW)
    seen(visitor, "upload-new")
    upload(page, export)
    seen(visitor, "upload-waiting")
    work()
    expect(page.locator("button[value=take]")).to_be_visible()
    seen(visitor, "upload-checked")
    page.locator("button[value=take]").click()
    expect(page.locator("#progress")).to_be_visible()
    work()
    expect(page.locator(".callout-good")).to_be_visible()
    seen(visitor, "upload-done")
    export.write_bytes(export.read_bytes() + b"\xff\n")
    page.goto(NEW)
    upload(page, export)
    work()
    expect(page.locator(".callout-danger")).to_be_visible()
    seen(visitor, "upload-refused")
    if locale == CHINESE:
        words = set(re.findall(r"[A-Za-z]{4,}", page.locator("main").inner_text()))
        assert words <= {"messages", "october", "olga", "export", "UTF"}
    page.goto("/console/messages/uploads/")
    seen(visitor, "uploads")
    page.goto("/console/messages/sources/")
    seen(visitor, "sources-of-olga")


def seen(visitor: Visitor, name: str) -> None:
    visitor.assert_looks_right(name)
    visitor.assert_keeps_nobody_out(name)
