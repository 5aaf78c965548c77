from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection, transaction

from apps.directory import corrections
from apps.directory.corrections import Touched
from apps.directory.domains import add_company_domain
from apps.directory.handles import account_key
from apps.directory.models import Employee
from apps.directory.services import leave
from tests.directory.helpers import NOW, directory, report, take_in

pytestmark = pytest.mark.django_db
LI_NA = "E001,Li Na,Sales,li.na,2026-01-05,,"
LI_NA_KEY = account_key("im", "li.na")


class Listener:
    """What a derived app registers; remembers what it was told."""

    def __init__(self) -> None:
        self.heard: list[Touched | str] = []
        self.traffic: date | None = None

    def before(self) -> None:
        assert connection.in_atomic_block
        self.heard.append("before")

    def after(self, touched: Touched) -> None:
        assert connection.in_atomic_block
        self.heard.append(touched)

    def since(self) -> date | None:
        return self.traffic


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """Alone: what other apps have registered stays out of these tests."""
    for registry in ("_before", "_after", "_traffic_since"):
        monkeypatch.setattr(corrections, registry, [])
    listener = Listener()
    corrections.before_correction(listener.before)
    corrections.after_correction(listener.after)
    corrections.traffic_since(listener.since)
    return listener


def test_whose_employment_changed_is_told_with_every_account(listener: Listener) -> None:
    take_in(LI_NA)
    employee = Employee.objects.get()
    hired = Touched(frozenset({employee.pk}), frozenset({LI_NA_KEY}))
    assert listener.heard == ["before", hired]
    listener.heard.clear()
    leave(employee, left_on=date(2026, 11, 30), actor="hana", now=NOW)
    assert listener.heard == ["before", hired]


def test_only_the_accounts_that_changed_hands_are_told(listener: Listener) -> None:
    take_in(LI_NA)
    take_in("E001,,,na.li,2026-01-05,,")
    touched = Touched(frozenset({Employee.objects.get().pk}), frozenset({account_key("im", "na.li")}))
    assert listener.heard[-1] == touched


def test_a_rename_or_a_move_touches_nobody_but_is_told(listener: Listener) -> None:
    take_in(LI_NA)
    take_in(LI_NA.replace("Li Na", "Li Nana").replace("Sales", "Lab"))
    assert listener.heard[-1] == Touched()
    assert not listener.heard[-1]


def test_nobody_is_told_when_nothing_changed(listener: Listener) -> None:
    take_in(LI_NA)
    listener.heard.clear()
    take_in(LI_NA)
    assert listener.heard == ["before"]


def test_a_dry_run_leaves_the_gate_open(listener: Listener) -> None:
    take_in(LI_NA, dry_run=True)
    assert listener.heard == []


def test_a_changed_domain_is_told(listener: Listener) -> None:
    add_company_domain("company.example", "hana", NOW)
    assert listener.heard == ["before", Touched(domains_changed=True)]


def test_what_fails_afterwards_undoes_the_correction(listener: Listener) -> None:
    def fail(touched: Touched) -> None:
        raise RuntimeError(f"cannot derive {touched}")

    before = directory()
    corrections.after_correction(fail)
    with pytest.raises(RuntimeError, match="cannot derive"):
        take_in(LI_NA)
    assert directory() == before


@pytest.mark.django_db(transaction=True)
def test_a_correction_inside_another_transaction_is_refused(listener: Listener) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        take_in(LI_NA)


def test_the_diff_warns_of_traffic_between_staff_that_was_never_stored(listener: Listener) -> None:
    take_in(LI_NA)
    listener.traffic = date(2026, 10, 1)
    diff = take_in("E001,,,li.na,2026-01-05,2026-10-31,")
    assert report(diff)[-1] == (
        "! messages between im:li.na and other staff were never stored, so none of 2026-11-01..2026-11-22 will"
        " count although it is staff's no longer; withdraw those deliveries and send them again to count them"
    )
    assert "warning" not in diff.counts()


def test_the_diff_warns_of_traffic_that_is_no_longer_kept(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corrections, "_kept_from", [lambda: date(2026, 11, 2)])
    take_in(LI_NA)
    listener.traffic = date(2026, 10, 1)
    diff = take_in("E001,,,li.na,2026-01-05,2026-10-30,")
    assert report(diff)[-1] == (
        "! messages of im:li.na are no longer kept for 2026-10-31..2026-11-01, so what they counted for stays as it is"
    )


def test_the_diff_warns_of_traffic_with_outsiders_that_was_never_stored(listener: Listener) -> None:
    listener.traffic = date(2026, 10, 1)
    assert report(take_in("E001,,,li.na,2026-11-20,,"))[-1] == (
        "! messages between im:li.na and people outside were never stored, so none of 2026-11-20..2026-11-22 will"
        " count although it is staff's now; withdraw those deliveries and send them again to count them"
    )


def test_company_handles_waited_in_quarantine_and_need_no_warning(listener: Listener) -> None:
    add_company_domain("company.example", "hana", NOW)
    listener.traffic = date(2026, 10, 1)
    assert "!" not in {line[0] for line in report(take_in("E001,,,li.na@company.example,2026-11-20,,"))}


@pytest.mark.parametrize("traffic", [None, date(2026, 11, 23)])
def test_without_traffic_there_is_nothing_to_warn_of(listener: Listener, traffic: date | None) -> None:
    listener.traffic = traffic
    assert "!" not in {line[0] for line in report(take_in(LI_NA))}


def test_an_account_that_changes_hands_among_staff_loses_nothing(listener: Listener) -> None:
    take_in("E001,Li Na,,desk,2026-01-05,,")
    listener.traffic = date(2026, 5, 1)
    diff = take_in("E001,,,desk,2026-01-05,2026-06-30,", "E002,Bo,,desk,2026-07-01,,")
    assert [line[0] for line in report(diff)] == ["+", "~", "~", "+"]
