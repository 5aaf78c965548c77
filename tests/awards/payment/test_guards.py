"""The database itself keeps what was decided and paid."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from apps.awards.models import Award, Payment
from apps.awards.payment.confirming import confirm
from tests.awards.payment.world import ANSWERED, SETTLED, exported, final_campaign, officer, paid_file
from tests.factories import make_employee

pytestmark = pytest.mark.django_db
ORDER = ["proposed", "approved", "exported", "paid", "returned"]
ALLOWED = {
    ("proposed", "approved"),
    ("approved", "exported"),
    ("exported", "paid"),
    ("exported", "returned"),
    ("paid", "returned"),
    ("returned", "approved"),
}


def award_in(state: str) -> Award:
    """Brought there by allowed moves alone."""
    award = final_campaign("100.00").awards.get()
    way = ORDER[2 : ORDER.index(state) + 1]
    if state == "proposed":
        award.pk, award.state = None, "proposed"
        award.employee = make_employee()
        award.save(force_insert=True)
    for step in way:
        Award.objects.filter(pk=award.pk).update(state=step)
    return Award.objects.get(pk=award.pk)


@pytest.mark.parametrize("before", ORDER)
def test_an_award_moves_only_as_it_may(before: str) -> None:
    award = award_in(before)
    taken = set()
    for after in ORDER:
        try:
            with transaction.atomic():
                Award.objects.filter(pk=award.pk).update(state=after)
                taken.add((before, after))
                raise RuntimeError("undo")
        except RuntimeError:
            continue
        except IntegrityError:
            continue
    assert taken - {(before, before)} == {move for move in ALLOWED if move[0] == before}


@pytest.mark.parametrize("state", ORDER[1:])
@pytest.mark.parametrize(
    "change",
    [{"net_amount": Decimal("100.01")}, {"currency": "USD"}, {"place": 2}, {"shared_by": 2}, "employee"],
)
def test_who_gets_what_stays_once_approved(state: str, change: dict[str, object] | str) -> None:
    award = award_in(state)
    values = {"employee": make_employee()} if isinstance(change, str) else change
    with pytest.raises(IntegrityError, match="who gets what stays"), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(**values)


@pytest.mark.parametrize("state", ORDER)
def test_only_a_proposal_can_be_taken_away(state: str) -> None:
    award = award_in(state)
    if state == "proposed":
        assert Award.objects.filter(pk=award.pk).delete()[0] == 1
        return
    with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
        Award.objects.filter(pk=award.pk)._raw_delete("default")


def test_no_award_is_approved_by_fewer_than_two() -> None:
    award = award_in("proposed")
    award.result.approvals.all()[0].delete()
    with pytest.raises(IntegrityError, match="needs the approval of two people"), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(state="approved")


def test_an_award_has_one_live_payment() -> None:
    export = exported(final_campaign("100.00"))
    payment = Payment.objects.get()
    with pytest.raises(IntegrityError, match="payment_once_per_award"), transaction.atomic():
        Payment.objects.create(export=export, award=payment.award, reference="P0-2")


@pytest.mark.parametrize(
    "change",
    [
        {"reference": "P0-3"},
        {"state": "paid"},
        {"state": "returned"},
        {"returned_reason": "without being returned"},
        {"gross": Decimal(1)},
        {"gross": Decimal(1), "tax": Decimal(-1)},
    ],
    ids=str,
)
def test_an_open_payment_says_nothing_half(change: dict[str, object]) -> None:
    exported(final_campaign("100.00"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.update(**change)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "open"},
        {"paid_on": "2027-01-16"},
        {"paid_on": None},
        {"gross": Decimal(1), "tax": Decimal(0)},
    ],
    ids=str,
)
def test_what_was_paid_stays_so(change: dict[str, object]) -> None:
    campaign = final_campaign("100.00")
    exported(campaign)
    confirm(campaign, paid_file(campaign), by=officer(), now=ANSWERED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.update(**change)
    with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
        Payment.objects.all()._raw_delete("default")


def test_a_proposal_may_still_be_corrected() -> None:
    award = award_in("proposed")
    Award.objects.filter(pk=award.pk).update(net_amount=Decimal("1.00"), created_at=SETTLED)
    assert Award.objects.get(pk=award.pk).net_amount == Decimal("1.00")
