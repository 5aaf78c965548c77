"""Schedules: which there are, where they hold, and what is refused."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from apps.awards.tax.schedules import DATA, Schedule, ScheduleRefused, read, schedule, schedules
from apps.awards.tax.solver import NetRefused, gross_for
from tests.awards.tax.files import FLAT, write

NET = Decimal("100.00")
SHIPPED = sorted(schedules())


def test_the_shipped_schedules() -> None:
    assert SHIPPED == ["cn-annual-bonus", "cn-comprehensive-income", "cn-incidental-income"]
    assert sorted(path.stem for path in DATA.glob("*.json")) == SHIPPED  # a file is named for its id


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_schedule_says_where_it_is_from_and_speaks_both_languages(name: str) -> None:
    shipped = schedule(name)
    assert shipped.sources
    assert shipped.valid_from <= shipped.checked_on <= shipped.valid_to
    for texts in (shipped.titles, *shipped.conditions):
        assert set(texts) == {"en", "zh-hans"}


def test_the_annual_table_is_twelve_times_the_monthly_one() -> None:
    yearly, monthly = schedule("cn-comprehensive-income"), schedule("cn-annual-bonus")
    for year, month in zip(yearly.bands, monthly.bands, strict=True):
        assert year.rate == month.rate
        assert monthly.limit(month) == year.up_to
        assert year.quick_deduction == 12 * month.quick_deduction


@pytest.mark.parametrize("name", SHIPPED)
def test_a_schedule_holds_from_its_first_day_to_its_last(name: str) -> None:
    used, day = schedule(name), timedelta(days=1)
    for paid_on in (used.valid_from, used.valid_to):
        assert gross_for(NET, used, paid_on=paid_on).gross >= NET
    for paid_on in (used.valid_from - day, used.valid_to + day):
        with pytest.raises(ScheduleRefused) as refusal:
            gross_for(NET, used, paid_on=paid_on)
        assert str(refusal.value) == (
            f"Schedule {name} holds for payments from {used.valid_from} to {used.valid_to}, not on {paid_on}; "
            "look up the law then in force and add a schedule for it."
        )


def test_the_separate_method_ends_with_2027() -> None:
    assert schedule("cn-annual-bonus").valid_to == date(2027, 12, 31)


def test_an_unknown_schedule_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ScheduleRefused) as refusal:
        schedule("cn-lottery")
    assert str(refusal.value) == f"There is no tax schedule cn-lottery; known: {', '.join(SHIPPED)}."


def test_a_company_adds_its_own_and_renews_ours(tmp_path: Path, settings: Settings) -> None:
    settings.TAX_SCHEDULES_DIR = str(tmp_path)
    write(tmp_path)
    write(tmp_path, id="cn-incidental-income", valid_to="2031-12-31")
    assert sorted(schedules()) == sorted([*SHIPPED, "test-flat"])
    assert schedule("cn-incidental-income").valid_to == date(2031, 12, 31)


def test_two_files_that_differ_in_one_character_have_different_hashes(tmp_path: Path) -> None:
    one = read(write(tmp_path)).sha256
    assert one == read(write(tmp_path)).sha256
    assert one != read(write(tmp_path, sources=["the tesT"])).sha256


BAND = FLAT["bands"][0]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"valid_to": "2019-12-31"}, "it ends on 2019-12-31, before it begins."),
        ({"valid_to": "2029-02-30"}, "day"),
        ({"valid_to": "soon"}, "valid_to"),
        ({"method": "magic"}, "'magic' is not one of"),
        ({"currency": "yuan"}, "currency"),
        ({"title": {"zh-hans": "无"}}, "'en' is a required property"),
        ({"sources": []}, "sources"),
        ({"rates": []}, "'rates' was unexpected"),
        ({"bands": []}, "bands"),
        ({"bands": [BAND | {"rate": 0.22}]}, "bands/0/rate"),
        ({"bands": [BAND | {"rate": "1.00"}]}, "bands/0/rate"),
        ({"bands": [BAND | {"up_to": "100"}]}, "the last band, and no other, has up_to null."),
        ({"bands": [BAND, BAND]}, "the last band, and no other"),
        ({"bands": [BAND | {"quick_deduction": "1"}]}, "a flat rate has one band and no quick deduction."),
        (
            {"method": "spread", "bands": [BAND | {"up_to": "9"}, BAND | {"up_to": "8"}, BAND]},
            "up_to 9 does not come before the next band's.",
        ),
        (
            {"method": "cumulative", "bands": [BAND | {"up_to": "100"}, BAND | {"rate": "0.3"}]},
            "above 100 the quick deduction should be 8, not 0; correct it, or say that the table jumps there.",
        ),
    ],
)
def test_a_wrong_file_is_refused_with_place_and_mistake(
    changes: dict[str, Any], why: str, tmp_path: Path
) -> None:
    with pytest.raises(ScheduleRefused, match=r"^test-flat.json") as refusal:
        read(write(tmp_path, **changes))
    assert why in str(refusal.value)


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff\xfe", b'{"id": "x"}'])
def test_a_file_that_is_no_schedule_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    with pytest.raises(ScheduleRefused, match=r"^broken.json"):
        read(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScheduleRefused, match="cannot be read"):
        read(tmp_path / "nothing.json")


def test_a_typing_mistake_in_any_shipped_quick_deduction_is_noticed(tmp_path: Path) -> None:
    for name in ("cn-comprehensive-income", "cn-annual-bonus"):
        shipped = schedule(name)
        for wrong in range(1, len(shipped.bands)):
            bands = [
                {
                    "up_to": None if band.up_to is None else str(band.up_to),
                    "rate": str(band.rate),
                    "quick_deduction": str(band.quick_deduction + (10 if n == wrong else 0)),
                }
                for n, band in enumerate(shipped.bands)
            ]
            with pytest.raises(ScheduleRefused, match="the quick deduction should be"):
                read(write(tmp_path, method=shipped.method, bands=bands))


def test_bands_ascend(tmp_path: Path) -> None:
    for name in SHIPPED:
        bands = schedule(name).bands
        assert all(lower.up_to and lower.rate < upper.rate for lower, upper in pairwise(bands))


@pytest.mark.parametrize(
    ("net", "beside", "name", "why"),
    [
        ("0", "0", "cn-annual-bonus", "A prize is more than 0; 0 is not."),
        ("-1", "0", "cn-annual-bonus", "A prize is more than 0; -1 is not."),
        ("1.001", "0", "cn-annual-bonus", "1.001 is no amount of money; give whole cents."),
        ("NaN", "0", "cn-annual-bonus", "NaN is no amount of money; give whole cents."),
        ("Infinity", "0", "cn-annual-bonus", "Infinity is no amount of money; give whole cents."),
        ("1", "0.001", "cn-comprehensive-income", "0.001 is no amount of money; give whole cents."),
        ("1e13", "0", "cn-annual-bonus", "1E+13 is no amount of money; give whole cents."),
        ("1", "-1", "cn-annual-bonus", "Another bonus is 0 or more; -1 is not."),
        ("1", "1", "cn-incidental-income", "A flat rate looks at no other income; leave it out."),
    ],
)
def test_figures_that_make_no_sense_are_refused(net: str, beside: str, name: str, why: str) -> None:
    with pytest.raises(NetRefused) as refusal:
        gross_for(Decimal(net), schedule(name), paid_on=date(2026, 12, 31), beside=Decimal(beside))
    assert str(refusal.value) == why


def test_the_largest_prize_can_be_computed() -> None:
    used: Schedule = schedule("cn-comprehensive-income")
    found = gross_for(Decimal("999999999999.99"), used, paid_on=date(2026, 12, 31))
    assert found.gross - found.tax == Decimal("999999999999.99")
