"""Known figures of the schedules, as the notes of payroll practice have them."""

from datetime import date
from decimal import Decimal

import pytest

from apps.awards.tax.blind_zones import blind_zones
from apps.awards.tax.forward import in_cents, net_of, tax_for
from apps.awards.tax.schedules import Schedule, read, schedule
from apps.awards.tax.solver import gross_for
from apps.awards.tax.two_step import two_step_gross
from tests.awards.tax.files import UNITED_STATES, write

PAID_ON = date(2027, 1, 29)
PROMISED = Decimal("100000.00")


def money(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def bonus() -> Schedule:
    return schedule("cn-annual-bonus")


def merged() -> Schedule:
    return schedule("cn-comprehensive-income")


@pytest.mark.parametrize(
    ("gross", "tax", "net"),
    [
        ("36000", "1080.00", "34920.00"),
        ("36001", "3390.10", "32610.90"),
        ("60000", "5790.00", "54210.00"),
        ("110877.78", "10877.78", "100000.00"),
        ("110877.77", "10877.78", "99999.99"),
        ("110877.79", "10877.78", "100000.01"),
    ],
)
def test_tax_on_a_bonus_of_its_own(gross: str, tax: str, net: str) -> None:
    assert tax_for(bonus(), Decimal(gross)) == Decimal(tax)
    assert net_of(bonus(), Decimal(gross)) == Decimal(net)


@pytest.mark.parametrize(
    ("net", "grosses"),
    [
        ("100,000", ["110,877.78"]),
        ("34,000", ["35,051.55", "37,544.44"]),
        ("120,000", ["133,100.00", "148,237.50"]),
        ("125,000", ["138,655.56", "154,487.50"]),
        ("140,000", ["173,237.50"]),
        ("250,000", ["329,786.67"]),
    ],
)
def test_every_gross_amount_of_a_separate_bonus_is_found_and_the_smallest_taken(
    net: str, grosses: list[str]
) -> None:
    found = gross_for(money(net), bonus(), paid_on=PAID_ON)
    assert found.solutions == [money(gross) for gross in grosses]
    assert found.gross == money(grosses[0])
    assert found.gross - found.tax == money(net)


def test_the_candidates_of_the_promised_prize_are_those_of_the_notes() -> None:
    found = gross_for(PROMISED, bonus(), paid_on=PAID_ON)
    assert [(str(c.formula), c.verdict) for c in found.candidates] == [
        ("103092.78", "above its band"),
        ("110877.78", "solves"),
        ("123237.50", "below its band"),
        ("129786.67", "below its band"),
        ("136557.14", "below its band"),
        ("142830.77", "below its band"),
        ("154254.55", "below its band"),
    ]


@pytest.mark.parametrize(
    ("other", "grosses"),
    [
        ("20,000", ["112,433.33", "127,487.50"]),
        ("30,000", ["113,211.11", "129,612.50"]),
        ("36,000", ["130,887.50"]),
        ("40,000", ["128,500.00"]),
        ("50,000", ["129,750.00"]),
        ("100,000", ["136,000.00"]),
        ("144,000", ["141,500.00", "158,866.67"]),
        ("200,000", ["145,000.00"]),
    ],
)
def test_a_separate_bonus_beside_another_one(other: str, grosses: list[str]) -> None:
    found = gross_for(PROMISED, bonus(), paid_on=PAID_ON, beside=money(other))
    assert found.solutions == [money(gross) for gross in grosses]


def test_what_the_jump_beside_a_bonus_of_36000_costs() -> None:
    beside = gross_for(PROMISED, bonus(), paid_on=PAID_ON, beside=Decimal(36000)).gross
    assert beside - gross_for(PROMISED, bonus(), paid_on=PAID_ON).gross == money("20,009.72")


@pytest.mark.parametrize(
    ("other", "gross", "tax"),
    [
        ("-20,000", "106,088.89", "6,088.89"),
        ("0", "108,311.11", "8,311.11"),
        ("20,000", "109,866.67", "9,866.67"),
        ("33,000", "110,877.78", "10,877.78"),  # where it makes no difference which method is taken
        ("36,000", "111,500.00", "11,500.00"),
        ("60,000", "114,500.00", "14,500.00"),
        ("100,000", "119,500.00", "19,500.00"),
        ("144,000", "125,000.00", "25,000.00"),
        ("150,000", "125,000.00", "25,000.00"),
        ("200,000", "126,666.67", "26,666.67"),
        ("300,000", "134,285.71", "34,285.71"),
        ("420,000", "142,857.14", "42,857.14"),
        ("660,000", "153,846.15", "53,846.15"),
        ("960,000", "181,818.18", "81,818.18"),
    ],
)
def test_merged_into_the_years_income(other: str, gross: str, tax: str) -> None:
    found = gross_for(PROMISED, merged(), paid_on=PAID_ON, beside=money(other))
    assert (found.gross, found.tax) == (money(gross), money(tax))
    assert found.solutions == [found.gross]


def test_of_two_neighbouring_cents_that_leave_the_same_net_the_smaller_is_taken() -> None:
    other = Decimal(300_000)
    assert (
        net_of(merged(), money("134,285.71"), other)
        == net_of(merged(), money("134,285.72"), other)
        == PROMISED
    )
    assert gross_for(PROMISED, merged(), paid_on=PAID_ON, beside=other).gross == money("134,285.71")


@pytest.mark.parametrize(("other", "cheaper"), [(32_999, "merged"), (33_001, "separate")])
def test_below_the_break_even_merging_is_cheaper_and_above_it_separating_is(other: int, cheaper: str) -> None:
    separate = gross_for(PROMISED, bonus(), paid_on=PAID_ON).gross
    together = gross_for(PROMISED, merged(), paid_on=PAID_ON, beside=Decimal(other)).gross
    assert (together < separate) == (cheaper == "merged")
    assert together != separate


def test_the_worked_example_of_the_notes() -> None:
    assert tax_for(merged(), Decimal(60_000)) == Decimal(3480)
    assert tax_for(merged(), Decimal(174_500)) == Decimal(17_980)
    assert tax_for(merged(), Decimal(114_500), Decimal(60_000)) == Decimal(14_500)


def test_blind_zones_of_a_separate_bonus() -> None:
    assert [(zone.start, zone.end, zone.drop) for zone in blind_zones(bonus())] == [
        (money(start), money(end), money(drop))
        for start, end, drop in [
            ("36,000", "38,566.67", "2,310"),
            ("144,000", "160,500", "13,200"),
            ("300,000", "318,333.33", "13,750"),
            ("420,000", "447,500", "19,250"),
            ("660,000", "706,538.46", "30,250"),
            ("960,000", "1,120,000", "88,000"),
        ]
    ]


def test_within_a_blind_zone_no_gross_amount_is_ever_chosen() -> None:
    for zone in blind_zones(bonus()):
        for gross in (zone.start + Decimal("0.01"), (zone.start + zone.end) / 2, zone.end - Decimal("0.01")):
            cents = gross.quantize(Decimal("0.01"))
            assert gross_for(net_of(bonus(), cents), bonus(), paid_on=PAID_ON).gross <= zone.start


def test_merging_has_no_blind_zones() -> None:
    assert blind_zones(merged()) == []


@pytest.mark.parametrize(
    ("net", "naive", "leaves", "exact"),
    [
        ("100,000", "110,877.78", "100,000.00", "110,877.78"),
        ("140,000", "155,322.22", "125,667.78", "173,237.50"),
        ("250,000", "310,737.50", "235,713.12", "329,786.67"),
    ],
)
def test_the_look_up_in_two_steps_misses_where_the_band_changes(
    net: str, naive: str, leaves: str, exact: str
) -> None:
    assert two_step_gross(money(net), bonus()) == money(naive)
    assert net_of(bonus(), money(naive)) == money(leaves)
    assert gross_for(money(net), bonus(), paid_on=PAID_ON).gross == money(exact)


def test_a_flat_rate() -> None:
    found = gross_for(PROMISED, schedule("cn-incidental-income"), paid_on=PAID_ON)
    assert (found.gross, found.tax) == (money("125,000.00"), money("25,000.00"))


@pytest.mark.parametrize("percent", range(1, 96))
def test_any_flat_rate_divides_by_what_is_left(percent: int, tmp_path: object) -> None:
    flat = read(write(tmp_path, rate=f"0.{percent:02}"))
    found = gross_for(PROMISED, flat, paid_on=PAID_ON)
    formula = in_cents(PROMISED / (1 - Decimal(percent) / 100))
    assert found.candidates[0].formula == formula
    assert net_of(flat, found.gross) == net_of(flat, formula) == PROMISED
    assert net_of(flat, found.gross - Decimal("0.01")) < PROMISED


@pytest.mark.parametrize(
    ("so_far", "gross"),
    [
        ("0", "142,146.41"),
        ("40,000", "142,146.41"),
        ("60,000", "140,725.70"),
        ("80,000", "139,324.52"),
        ("120,000", "136,522.14"),
        ("184,500", "132,003.31"),
        ("220,000", "132,187.70"),
    ],
)
def test_a_jurisdiction_of_ones_own_is_a_file(so_far: str, gross: str, tmp_path: object) -> None:
    """The United States in 2026: 22 % flat, 6.2 % up to 184,500, 1.45 %, and 0.9 % above 200,000.

    Payroll there rounds each of the four, a schedule their sum, so that a cent may differ.
    """
    states = read(write(tmp_path, **UNITED_STATES))
    found = gross_for(PROMISED, states, paid_on=date(2026, 12, 31), beside=money(so_far))
    assert found.gross - found.tax == PROMISED
    assert abs(found.gross - money(gross)) <= Decimal("0.01")
