"""Every step is written out, in the reader's language."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from apps.awards.tax.schedules import schedule
from apps.awards.tax.solver import gross_for
from apps.awards.tax.steps import steps

PAID_ON = date(2027, 1, 29)


def written(net: str, name: str, beside: str = "0", language: str = "en") -> list[str]:
    with translation.override(language):
        found = gross_for(Decimal(net), schedule(name), paid_on=PAID_ON, beside=Decimal(beside))
        return steps(found)


def test_a_merged_prize_step_by_step() -> None:
    said = written("100000", "cn-comprehensive-income", "60000")
    assert said[:4] == [
        "Promised after tax: 100,000.00 CNY.",
        "China: merged into the year's comprehensive income (cn-comprehensive-income, "
        "for payments from 2019-01-01 to 2027-12-31, checked on 2026-11-22).",
        "Paid on 2027-01-29.",
        "Other taxable income of the year: 60,000.00; tax on that alone: 60,000.00 × 10 % − 2,520.00 = 3,480.00.",
    ]
    assert (
        "At 20 %, for gross amounts above 84,000.00 and up to 240,000.00: "
        "(100,000.00 + 60,000.00 × 20 % − 16,920.00 − 3,480.00) ÷ (1 − 20 %) = 114,500.00; "
        "it lies there, a solution."
    ) in said
    assert (
        "At 10 %, for gross amounts above 0.00 and up to 84,000.00: "
        "(100,000.00 + 60,000.00 × 10 % − 2,520.00 − 3,480.00) ÷ (1 − 10 %) = 111,111.11; it lies above."
    ) in said
    checks = said[
        said.index("Check: tax on 174,500.00 together: 174,500.00 × 20 % − 16,920.00 = 17,980.00.") :
    ]
    assert checks[1:4] == [
        "Withheld for the prize: 17,980.00 − 3,480.00 = 14,500.00.",
        "Gross 114,500.00 − tax 14,500.00 = net 100,000.00, as promised to the cent.",
        "This is an estimate until payroll has returned gross, tax and net.",
    ]
    assert "The winner is an employee of the paying company and a resident for tax." in checks


def test_several_solutions_are_all_named() -> None:
    assert (
        "Several gross amounts leave the promised net: 133,100.00; 148,237.50. The smallest is taken: 133,100.00."
    ) in written("120000", "cn-annual-bonus")


def test_where_the_look_up_in_two_steps_goes_wrong_it_says_so() -> None:
    assert (
        "Careful: software that looks up rate and deduction by the net in two steps finds 155,322.22, "
        "which leaves 125,667.78 and not what was promised."
    ) in written("140000", "cn-annual-bonus")
    assert not [step for step in written("100000", "cn-annual-bonus") if step.startswith("Careful")]


def test_income_below_zero_is_filled_up_first() -> None:
    said = written("100000", "cn-comprehensive-income", "-20000")
    assert "Other taxable income of the year: -20,000.00; tax on that alone: 0.00." in said
    assert (
        "At 10 %, for gross amounts above 56,000.00 and up to 164,000.00: "
        "(100,000.00 − 20,000.00 × 10 % − 2,520.00) ÷ (1 − 10 %) = 106,088.89; it lies there, a solution."
    ) in said


@pytest.mark.parametrize("name", ["cn-comprehensive-income", "cn-annual-bonus", "cn-incidental-income"])
@pytest.mark.parametrize("net", ["0.01", "34000", "120000", "140000", "999999999999.99"])
def test_the_same_steps_with_the_same_figures_in_chinese(name: str, net: str) -> None:
    english, chinese = written(net, name), written(net, name, language="zh-hans")
    assert len(english) == len(chinese)
    for one, other in zip(english, chinese, strict=True):
        assert one != other
        assert any("\u4e00" <= character <= "\u9fff" for character in other)


def test_a_worked_example_in_chinese() -> None:
    said = written("100000", "cn-annual-bonus", language="zh-hans")
    assert said[0] == "承诺的税后金额：100,000.00 CNY。"
    assert "毛额 110,877.78 − 税额 10,877.78 = 税后 100,000.00，与承诺分毫不差。" in said
