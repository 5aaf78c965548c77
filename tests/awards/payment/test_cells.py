"""No cell of an export is run by a spreadsheet."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from apps.awards.models import Award
from apps.awards.payment.writing import written
from bonus_tracker.cells import harmless
from tests.awards.payment.world import exported, final_campaign

DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "|cmd",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "\N{SMALL EQUALS SIGN}1",
    "\N{SMALL PLUS SIGN}1",
    "\N{SMALL HYPHEN-MINUS}1",
    "\N{SMALL COMMERCIAL AT}A1",
    "\N{MINUS SIGN}1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\x00=1+1",
    "  =1+1",
    "\N{IDEOGRAPHIC SPACE}＝1+1",
    "\N{NO-BREAK SPACE}=1",
    "\ufeff=1+1",
    "\N{ZERO WIDTH SPACE}=1+1",
    '=HYPERLINK("http://outside.example")',
    "=cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_a_spreadsheet_could_run_begins_with_an_apostrophe(text: str) -> None:
    assert harmless(text).startswith("'")


@pytest.mark.parametrize(
    "text", ["", "张伟", "O'Neill", "a=b", "1+1", "Sales / North", "P12-00003", "e@mail.example"]
)
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize("text", ["a\tb", "a\r\nb", "a\x0bb", "\tname", "\rname"])
def test_control_characters_become_spaces(text: str) -> None:
    assert harmless(text) == text.translate(dict.fromkeys(range(32), " "))


@given(st.text())
def test_no_text_at_all_leaves_a_sign_in_front_or_a_line_open(text: str) -> None:
    cell = harmless(text)
    assert not cell.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "\x00"))
    assert not set(cell) & {"\t", "\r", "\n", "\x00"}


@pytest.mark.django_db
@pytest.mark.parametrize("name", DANGEROUS)
def test_a_name_that_looks_like_a_formula_is_text_in_both_files(name: str) -> None:
    campaign = final_campaign("100.00")
    winner = Award.objects.get().employee
    winner.name = name.replace("\x00", "")  # the database takes none
    winner.save()
    export = exported(campaign)
    [_header, line] = csv.reader(io.StringIO(written(export, "csv").decode("utf-8-sig")))
    assert line[2] == harmless(winner.name)
    sheet = load_workbook(io.BytesIO(written(export, "xlsx")))["payroll"]
    assert sheet["C2"].data_type == "s"
    assert sheet["C2"].value == harmless(winner.name)
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
