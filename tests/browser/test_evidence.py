"""How an auditor makes, verifies and takes away a campaign's evidence, in a browser."""

import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from apps.audit.signing import make_key
from apps.jobs import services, tasks
from apps.jobs.files import keep
from apps.jobs.models import Job
from bonus_tracker import clock
from tests.browser.company import make_official
from tests.browser.visitor import CHINESE, DESKTOP, ENGLISH, PHONE, Visitor
from tests.integrity.bundle.stories import final_contest
from tests.integrity.stories import OBJECTIONS_END

pytestmark = pytest.mark.xdist_group("browser")
NOW = OBJECTIONS_END + timedelta(hours=1)
Visit = Callable[..., Visitor]
PAGE = "/console/campaigns/year-end/evidence/"


@pytest.fixture(autouse=True)
def _ended(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any
) -> Iterator[None]:
    monkeypatch.setattr(tasks.do_job, "delay", lambda _pk: None)
    settings.EVIDENCE_KEY_FILE = str(tmp_path / "evidence.pem")
    make_key(Path(settings.EVIDENCE_KEY_FILE))
    final_contest()
    make_official("anna", "auditor")
    with clock.showing(NOW):
        yield


def work() -> None:
    for pk in services.undone():
        assert services.do(pk)


def test_evidence_is_made_verified_and_taken_away(visit: Visit, tmp_path: Path) -> None:
    page = visit().sign_in("anna", to="/console/campaigns/year-end/")
    page.get_by_role("link", name="Make, check or download the evidence").click()
    page.get_by_role("button", name="Make the evidence bundle").click()
    expect(page.locator("#progress")).to_contain_text("It waits its turn")
    Job.objects.update(state="working", steps=9, steps_done=4)
    expect(page.locator("#progress")).to_contain_text("4 of 9 participants")
    page.goto("/console/")  # and nothing is lost
    work()
    page.goto(PAGE)
    expect(page.locator("main")).to_contain_text("Rule: is what was announced")
    page.get_by_role("button", name="Verify now").click()
    expect(page.locator("#progress")).to_contain_text("It waits its turn")
    work()
    expect(page.locator("main")).to_contain_text("Everything holds")  # the page opens itself anew
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download").click()
    coming.value.save_as(tmp_path / "evidence.zip")
    with zipfile.ZipFile(tmp_path / "evidence.zip") as bundle:
        assert bundle.testzip() is None
        assert "verify.py" in bundle.namelist()


def test_it_needs_no_javascript(visit: Visit) -> None:
    page = visit(javascript=False).sign_in("anna", to=PAGE)
    page.get_by_role("button", name="Make the evidence bundle").click()
    work()
    expect(page.get_by_role("button", name="Download")).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
@pytest.mark.parametrize("locale", [ENGLISH, CHINESE])
def test_it_is_for_everybody(visit: Visit, locale: str, size: tuple[int, int]) -> None:
    visitor = visit(locale=locale, size=size)
    page = visitor.sign_in("anna", to=PAGE)
    seen(visitor, "evidence-none")
    page.locator("[value=make]").click()
    expect(page.locator("#progress")).to_be_visible()
    seen(visitor, "evidence-waiting")
    work()
    expect(page.locator("[value=download]")).to_be_visible()
    page.locator("[value=verify]").click()
    expect(page.locator("#progress")).to_be_visible()
    work()
    expect(page.locator(".callout-good")).to_be_visible()
    seen(visitor, "evidence-holds")
    Job.objects.update(file=keep([b"PK"], name="evidence-final.zip", until=NOW + timedelta(days=1)))
    page.locator("[value=verify]").click()
    expect(page.locator("#progress")).to_be_visible()
    work()
    expect(page.locator(".callout-danger")).to_be_visible()
    seen(visitor, "evidence-wrong")


def seen(visitor: Visitor, name: str) -> None:
    visitor.assert_looks_right(name)
    visitor.assert_keeps_nobody_out(name)
