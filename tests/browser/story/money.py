"""Chapters of the story from the approval on: two approve, payroll pays, and anybody can check it."""

import json
import subprocess
import sys
import zipfile
from io import StringIO

from django.core.management import call_command
from openpyxl import load_workbook
from playwright.sync_api import expect

from apps.campaigns.models import Campaign
from tests.browser.story.cast import SLUG, Story, picture
from tests.browser.story.running import BOARD, CONSOLE
from tests.browser.test_hr import take

AWARDS = f"/console/awards/{SLUG}/"
NET, GROSS, TAX = "75000.00", "83333.33", "8333.33"  # each: half of 150,000, beside 60,000 taxed with 10 %


def two_approve(story: Story) -> None:
    first = story.sight_of("hanna", CONSOLE)
    take(first, "Approve the result", comment="Checked.")
    expect(first.locator("body")).to_contain_text("approvals still missing: 1")
    assert story.campaign.state == Campaign.State.PROVISIONAL
    second = story.sight_of("olga", CONSOLE)
    second.locator("#checklist").get_by_role("link", name="Approve the result").click()
    for who in ("Maria Silva (E102)", "李静 (E103)"):
        expect(second.locator(".callout")).to_contain_text(f"Place 1: {who}, 75,000 CNY after tax")
    picture(second, "approve", height=760)
    second.locator("form.act-form .actions button").click()
    expect(second.locator("body")).to_contain_text("The result is final and its awards are approved.")
    board = story.sight_of("wang", BOARD)
    expect(board.locator(".winners li")).to_have_count(2)
    expect(board.locator(".winners")).to_contain_text("75,000 CNY after tax")
    picture(board, "final", height=860)


def net_to_gross(story: Story) -> None:
    page = story.sight_of("hanna", f"{AWARDS}?who=E102")
    page.get_by_role("link", name="Estimate gross and tax").first.click()
    page.get_by_label("Taxed together with it").fill("60000")
    page.get_by_role("button", name="Compute").click()
    for amount in ("75,000.00", "83,333.33", "8,333.33"):
        expect(page.locator("main ol")).to_contain_text(amount)
    picture(page, "tax", height=900)


def handed_to_payroll(story: Story) -> None:
    page = story.sight_of("hanna", AWARDS)
    take(page, "Hand to payroll")
    page.get_by_label("File").select_option("xlsx")
    with page.expect_download() as download:
        page.locator("form.act-form .actions button").click()
    download.value.save_as(story.folder / "payroll.xlsx")


def fill_in(story: Story) -> None:
    """What payroll does: the last five columns of each line."""
    book = load_workbook(story.folder / "payroll.xlsx")
    sheet = book.worksheets[0]
    titles = [cell.value for cell in sheet[1]]
    first = titles.index("gross amount") + 1
    assert sheet.max_row == 3
    for row in (2, 3):
        for n, value in enumerate((GROSS, TAX, NET, "2026-10-15")):
            sheet.cell(row, first + n, value)
    book.save(story.folder / "answered.xlsx")


def paid(story: Story) -> None:
    """Somebody else than who handed it over brings the answer in, reads it, and confirms."""
    fill_in(story)
    page = story.sight_of("olga", AWARDS)
    page.get_by_role("link", name="Bring in payroll's answer", exact=True).click()
    page.locator("#id_file").set_input_files(story.folder / "answered.xlsx")
    page.get_by_role("button", name="Show what it says").click()
    for said in ("2 awards are paid.", "gross 166,666.66, tax 16,666.66, net 150,000.00 CNY"):
        expect(page.locator("main")).to_contain_text(said)
    assert story.campaign.state == Campaign.State.FINAL
    picture(page, "payroll", height=600)
    page.get_by_role("button", name="Take it over").click()
    expect(page.locator(".note")).to_contain_text("All awards are paid, and so is the campaign.")
    assert story.campaign.state == Campaign.State.PAID
    picture(story.sight_of("olga", AWARDS), "paid", height=720)


def anybody_can_check_it(story: Story) -> None:
    """The bundle's own program, with nothing but Python; Wang finds the line that she took home in it."""
    folder, public = story.folder / "evidence", StringIO()
    call_command("make_evidence_key", story.folder / "evidence-key.pem", stdout=public, stderr=StringIO())
    call_command("export_evidence", SLUG, story.folder / "evidence.zip", stdout=StringIO())
    zipfile.ZipFile(story.folder / "evidence.zip").extractall(folder)
    page = story.sight_of("wang", f"/{SLUG}/me/")
    picture(page, "receipt", height=620, top="#known-title")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download a receipt of my line in the result").click()
    receipt = story.folder / "receipt.json"
    download.value.save_as(receipt)
    key = public.getvalue().strip()
    said = verified(story, "--key", key, "--receipt", str(receipt))
    assert "Everything holds." in said
    assert [line.strip() for line in said.splitlines() if line.strip().startswith("Place")] == [
        "Place 1: E102, 6 contacts, 75000.00 CNY, shared by 2.",
        "Place 1: E103, 6 contacts, 75000.00 CNY, shared by 2.",
    ]
    assert '"employee":"E108"' in said
    rows = [json.loads(line) for line in (folder / "ranking-3.ndjson").read_text().splitlines()]
    assert [(row["rank"], row["employee"]) for row in rows[:3]] == [(1, "E102"), (1, "E103"), (3, "E101")]


def verified(story: Story, *arguments: str) -> str:
    """-S and no environment: without this program and without any installed package."""
    command = [sys.executable, "-S", str(story.folder / "evidence" / "verify.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env={}, cwd="/", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout
