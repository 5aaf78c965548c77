"""Forward and back agree to the cent: for random nets, at every edge, and against trying cent after cent."""

import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from apps.awards.tax.forward import CENT, net_of, tax_for
from apps.awards.tax.schedules import Schedule, read, schedule
from apps.awards.tax.solver import NetRefused, gross_for, segments
from tests.awards.tax.files import UNITED_STATES, write

PAID_ON = date(2026, 12, 31)
SHIPPED = ("cn-comprehensive-income", "cn-annual-bonus", "cn-incidental-income")
BESIDE = {
    "cn-comprehensive-income": [-20_000, 0, 35_999, 60_000, 144_000, 959_999, 5_000_000],
    "cn-annual-bonus": [0, 20_000, 36_000, 143_999, 960_000],
    "cn-incidental-income": [0],
}
CASES = [(name, Decimal(beside)) for name in SHIPPED for beside in BESIDE[name]]


@pytest.mark.parametrize(("name", "beside"), CASES)
def test_ten_thousand_random_nets_come_back_to_the_cent(name: str, beside: Decimal) -> None:
    used, chance = schedule(name), random.Random(f"{name} {beside}")
    for _ in range(10_000):
        net = chance.randrange(1, 150_000_000) * CENT
        found = gross_for(net, used, paid_on=PAID_ON, beside=beside)
        assert found.gross - tax_for(used, found.gross, beside) == net
        assert found.tax >= 0


def edges(used: Schedule, beside: Decimal) -> Iterator[Decimal]:
    for segment in segments(used, beside):
        for edge in (segment.low, segment.high):
            if edge is not None:
                yield from (edge + n * CENT for n in (-2, -1, 0, 1, 2) if edge + n * CENT > 0)


@pytest.mark.parametrize(("name", "beside"), CASES)
def test_at_every_edge_of_a_band_the_net_comes_back_to_the_cent(name: str, beside: Decimal) -> None:
    used = schedule(name)
    for gross in edges(used, beside):
        net = net_of(used, gross, beside)
        if net > 0:
            found = gross_for(net, used, paid_on=PAID_ON, beside=beside)
            assert net_of(used, found.gross, beside) == net
            assert found.gross <= gross


NARROW = [
    {"up_to": "5", "rate": "0.03", "quick_deduction": "0"},
    {"up_to": "10", "rate": "0.1", "quick_deduction": "0.35"},
    {"up_to": "20", "rate": "0.3", "quick_deduction": "2.35"},
    {"up_to": None, "rate": "0.45", "quick_deduction": "5.35"},
]


@pytest.mark.parametrize(
    ("method", "beside"),
    [
        ("cumulative", "-3.33"),
        ("cumulative", "0"),
        ("cumulative", "9.99"),
        ("spread", "0"),
        ("spread", "59.98"),
    ],
)
def test_trying_every_cent_finds_nothing_smaller(method: str, beside: str, tmp_path: Path) -> None:
    """Over a schedule so narrow that every gross amount can be tried."""
    used = read(write(tmp_path, id="test-narrow", method=method, bands=NARROW))
    smallest: dict[Decimal, Decimal] = {}
    for cents in range(1, 60_000):
        smallest.setdefault(net_of(used, cents * CENT, Decimal(beside)), cents * CENT)
    for net in [n * CENT for n in range(1, 20_000)]:
        assert gross_for(net, used, paid_on=PAID_ON, beside=Decimal(beside)).gross == smallest[net]


@pytest.mark.parametrize("so_far", [0, 100_000, 184_499, 199_999, 250_000])
def test_several_rates_that_begin_and_end_come_back_to_the_cent(so_far: int, tmp_path: Path) -> None:
    states, chance = read(write(tmp_path, **UNITED_STATES)), random.Random(so_far)
    for _ in range(1_000):
        net = chance.randrange(1, 50_000_000) * CENT
        found = gross_for(net, states, paid_on=PAID_ON, beside=Decimal(so_far))
        assert net_of(states, found.gross, Decimal(so_far)) == net


FALLING = {  # a relief that begins above 1,000 and holds for the whole amount: the tax falls by 100
    "id": "test-relief",
    "method": "cumulative",
    "jumps": True,
    "bands": [
        {"up_to": "1000", "rate": "0.2", "quick_deduction": "0"},
        {"up_to": None, "rate": "0.1", "quick_deduction": "0"},
    ],
}


def test_a_net_that_no_gross_amount_leaves_is_refused_with_the_nearest(tmp_path: Path) -> None:
    used = read(write(tmp_path, **FALLING))
    with pytest.raises(NetRefused) as refusal:
        gross_for(Decimal("850.00"), used, paid_on=PAID_ON)
    assert str(refusal.value) == (
        "No gross amount leaves exactly 850.00; the nearest are 800.00, of 1000.00, and 900.01, of 1000.01."
    )


def test_exactly_the_nets_that_no_gross_amount_leaves_are_refused(tmp_path: Path) -> None:
    used = read(write(tmp_path, **FALLING))
    reachable = {net_of(used, cents * CENT) for cents in range(1, 120_000)}
    for cents in range(79_000, 91_000):
        net = cents * CENT
        if net in reachable:
            assert net_of(used, gross_for(net, used, paid_on=PAID_ON).gross) == net
        else:
            with pytest.raises(NetRefused):
                gross_for(net, used, paid_on=PAID_ON)


def test_below_the_least_net_only_the_least_is_named(tmp_path: Path) -> None:
    relief = FALLING | {
        "bands": [{"up_to": None, "rate": "0.1", "quick_deduction": "100"}],
    }
    used = read(write(tmp_path, **relief))
    with pytest.raises(
        NetRefused, match=r"^No gross amount leaves exactly 50.00; the least is 100.01, of 0.01.$"
    ):
        gross_for(Decimal("50.00"), used, paid_on=PAID_ON)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_net_from_a_gross_amount_is_never_above_it(name: str) -> None:
    used, chance = schedule(name), random.Random(name)
    for _ in range(2_000):
        gross = chance.randrange(1, 200_000_000) * CENT
        assert net_of(used, gross) <= gross
