"""A payment that comes back is made again, once, when a second person says so."""

from datetime import timedelta

import pytest

from apps.audit.models import Entry
from apps.awards.models import Payment
from apps.awards.payment.again import pay_again
from apps.awards.payment.confirming import confirm
from apps.awards.payment.exporting import export_awards
from apps.awards.payment.refusals import ConfirmationRefused, PaymentRefused
from apps.campaigns.models import Campaign
from tests.awards.payment.world import (
    ANSWERED,
    exported,
    file,
    final_campaign,
    officer,
    paid_file,
    states,
)

pytestmark = pytest.mark.django_db
LATER = ANSWERED + timedelta(days=1)


def returned_line(payment: Payment, reason: str = "account closed") -> str:
    return f"{payment.reference},,,,,{reason}"


def came_back() -> Campaign:
    campaign = final_campaign("100.00")
    exported(campaign)
    confirm(campaign, file(returned_line(Payment.objects.get())), by=officer("finder"), now=ANSWERED)
    return campaign


def test_a_returned_payment_says_why() -> None:
    campaign = came_back()
    assert states(campaign) == ["returned"]
    payment = Payment.objects.get()
    assert (payment.state, payment.returned_reason) == ("returned", "account closed")
    assert Entry.objects.get(action="awards returned").details["payments"][0]["reason"] == "account closed"


def test_it_goes_to_payroll_again_under_a_reference_of_its_own() -> None:
    campaign = came_back()
    assert export_awards(campaign, by=officer(), now=LATER) is None  # not by itself
    pay_again(campaign.awards.get(), reason="a new account", by=officer("second"), now=LATER)
    assert states(campaign) == ["approved"]
    export = export_awards(campaign, by=officer(), now=LATER)
    assert export is not None
    assert export.number == 2
    first, second = Payment.objects.order_by("pk")
    assert first.reference != second.reference
    day = {"paid_on": "2027-01-23"}
    confirm(campaign, paid_file(campaign, **day), by=officer(), now=LATER + timedelta(days=3))
    assert states(campaign) == ["paid"]
    assert Payment.objects.filter(state="paid").count() == 1
    entry = Entry.objects.get(action="award to be paid again")
    assert (entry.actor, entry.details["reason"]) == ("second", "a new account")


def test_an_old_file_cannot_pay_it_a_second_time() -> None:
    campaign = final_campaign("100.00")
    exported(campaign)
    paid = paid_file(campaign)
    confirm(campaign, file(returned_line(Payment.objects.get())), by=officer(), now=ANSWERED)
    with pytest.raises(ConfirmationRefused, match="it is returned already"):
        confirm(campaign, paid, by=officer(), now=ANSWERED)
    pay_again(campaign.awards.get(), reason="a new account", by=officer(), now=LATER)
    export_awards(campaign, by=officer(), now=LATER)
    with pytest.raises(ConfirmationRefused, match="it is returned already"):
        confirm(campaign, paid, by=officer(), now=LATER)
    assert states(campaign) == ["exported"]


def test_what_was_paid_and_then_came_back_takes_the_campaign_back_to_final() -> None:
    campaign = final_campaign("100.00")
    exported(campaign)
    confirm(campaign, paid_file(campaign), by=officer(), now=ANSWERED)
    confirm(campaign, file(returned_line(Payment.objects.get())), by=officer(), now=LATER)
    assert states(campaign) == ["returned"]
    assert Campaign.objects.get(pk=campaign.pk).state == Campaign.State.FINAL
    payment = Payment.objects.get()
    assert str(payment.paid_on) == "2027-01-15"  # that it was paid once stays on record


def test_the_same_return_again_changes_nothing_and_another_reason_is_refused() -> None:
    campaign = came_back()
    payment = Payment.objects.get()
    report = confirm(campaign, file(returned_line(payment)), by=officer(), now=LATER)
    assert report.sentences() == ["1 line says nothing new."]
    with pytest.raises(ConfirmationRefused, match="it came back already, because: account closed"):
        confirm(campaign, file(returned_line(payment, "other")), by=officer(), now=LATER)


def test_a_reason_of_payroll_is_kept_as_text_whatever_it_says() -> None:
    campaign = final_campaign("100.00")
    exported(campaign)
    confirm(campaign, file(returned_line(Payment.objects.get(), "=1+1")), by=officer(), now=ANSWERED)
    assert Payment.objects.get().returned_reason == "=1+1"


@pytest.mark.parametrize(
    ("who", "reason", "why"),
    [
        ("finder", "fine now", "somebody else must let it be paid again"),
        ("another", "  ", "Say why it can be paid now"),
        ("nobody", "fine now", "may not"),
    ],
)
def test_who_may_not_let_it_be_paid_again_is_told_why(who: str, reason: str, why: str) -> None:
    campaign = came_back()
    users = {
        "finder": Payment.objects.get().answered_by,
        "another": officer("another"),
        "nobody": officer("nobody", "view_award"),
    }
    user = users[who]
    assert user is not None
    with pytest.raises(PaymentRefused, match=why):
        pay_again(campaign.awards.get(), reason=reason, by=user, now=LATER)
    assert states(campaign) == ["returned"]


def test_only_what_came_back_is_paid_again() -> None:
    campaign = final_campaign("100.00")
    for award in (campaign.awards.get(), exported(campaign) and campaign.awards.get()):
        with pytest.raises(PaymentRefused, match="only one that came back is paid again"):
            pay_again(award, reason="again", by=officer(), now=ANSWERED)
