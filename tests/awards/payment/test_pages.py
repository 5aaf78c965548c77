"""Paying from the administration: who may, what they see, what happens."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group as Role
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from apps.audit.models import Entry
from apps.awards.models import Payment, PayrollExport
from apps.awards.payment.confirming import confirm
from apps.campaigns.models import Campaign
from apps.directory.models import User
from bonus_tracker import clock
from tests.awards.payment.world import (
    ANSWERED,
    EXPORTED,
    exported,
    file,
    final_campaign,
    officer,
    paid_file,
    states,
)
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_cache(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


@pytest.fixture(autouse=True)
def _it_is_january() -> Iterator[None]:
    with clock.showing(ANSWERED):
        yield


def sign_in(client: Client, role: str) -> User:
    user = make_user(is_superuser=role == "superuser")
    if role not in {"superuser", "employee"}:
        user.groups.add(Role.objects.get(name=role))
    client.force_login(user)
    return user


def step(campaign: Campaign, name: str) -> str:
    return reverse(f"admin:campaigns_campaign_{name}", args=[campaign.pk])


def answer(client: Client, campaign: Campaign, content: bytes) -> Any:
    upload = SimpleUploadedFile("answer.csv", content)
    return client.post(step(campaign, "payroll_answer"), {"file": upload, "preview": ""})


def test_hr_hands_awards_to_payroll_and_downloads_the_file(client: Client) -> None:
    campaign = final_campaign("100000.00")
    sign_in(client, "HR")
    page = client.get(step(campaign, "export_payroll"))
    assert "1 award, 100,000 CNY after tax altogether" in page.content.decode()
    assert states(campaign) == ["approved"]  # looking changes nothing
    moved = client.post(step(campaign, "export_payroll"))
    export = PayrollExport.objects.get()
    assert moved.headers["Location"] == reverse("admin:awards_payrollexport_download", args=[export.pk])
    sheet = client.post(moved.headers["Location"], {"format": "xlsx"})
    assert sheet.headers["Content-Disposition"] == f'attachment; filename="{campaign.slug}-payroll-1.xlsx"'
    assert "no-store" in sheet.headers["Cache-Control"]
    assert load_workbook(io.BytesIO(sheet.content))["payroll"]["G2"].value == 100000
    text = client.post(moved.headers["Location"], {"format": "csv"})
    assert b"100000.00" in text.content
    taken = Entry.objects.filter(action="payroll file taken").order_by("number")
    assert [entry.details["format"] for entry in taken] == ["xlsx", "csv"]


def test_once_handed_over_there_is_no_button_for_it(client: Client) -> None:
    campaign = final_campaign("100.00")
    exported(campaign)
    sign_in(client, "HR")
    page = client.get(reverse("admin:campaigns_campaign_change", args=[campaign.pk])).content.decode()
    assert step(campaign, "export_payroll") not in page
    assert step(campaign, "payroll_answer") in page
    assert client.get(step(campaign, "export_payroll")).status_code == 302


def test_payrolls_answer_is_shown_first_and_taken_over_when_confirmed(client: Client) -> None:
    campaign = final_campaign("100.00")
    exported(campaign)
    sign_in(client, "HR")
    preview = answer(client, campaign, paid_file(campaign))
    assert preview.context["sentences"] == [
        "1 award is paid.",
        "Altogether: gross 111.11, tax 11.11, net 100.00 CNY.",
    ]
    assert states(campaign) == ["exported"]
    kept = dict(preview.context["kept"])
    done = client.post(step(campaign, "payroll_answer"), kept, follow=True)
    assert "1 award is paid. All awards are paid, and so is the campaign." in done.content.decode()
    assert states(campaign) == ["paid"]
    again = client.post(step(campaign, "payroll_answer"), kept)
    assert "The preview is no longer there" in again.content.decode()


def test_somebody_elses_preview_is_not_taken_over(client: Client) -> None:
    campaign = final_campaign("100.00")
    exported(campaign)
    sign_in(client, "HR")
    kept = dict(answer(client, campaign, paid_file(campaign)).context["kept"])
    sign_in(client, "HR")
    refused = client.post(step(campaign, "payroll_answer"), kept)
    assert "The preview is no longer there" in refused.content.decode()
    assert states(campaign) == ["exported"]


def test_a_wrong_file_is_refused_on_the_page_line_by_line(client: Client) -> None:
    campaign = final_campaign("100.00")
    exported(campaign)
    sign_in(client, "HR")
    refused = answer(client, campaign, paid_file(campaign, net="99.00"))
    [problem] = refused.context["form"].non_field_errors()
    assert problem.startswith("Nothing was taken over: line 2: 99.00 net was paid and 100.00 was promised")
    assert states(campaign) == ["exported"]


def test_a_file_that_says_nothing_new_has_nothing_to_confirm(client: Client) -> None:
    campaign = final_campaign("100.00")
    exported(campaign)
    sign_in(client, "HR")
    preview = answer(client, campaign, file())
    assert preview.context["sentences"] == ["The file has no lines."]
    assert not preview.context["confirm"]


def test_the_estimate_shows_every_step_and_keeps_nothing(client: Client) -> None:
    award = final_campaign("100000.00").awards.get()
    sign_in(client, "auditor")
    address = reverse("admin:awards_award_estimate", args=[award.pk])
    assert client.get(address).status_code == 200
    entries = Entry.objects.count()
    shown = client.post(
        address, {"schedule": "cn-comprehensive-income", "beside": "60000", "paid_on": "2027-01-29"}
    )
    assert "Gross 114,500.00 − tax 14,500.00 = net 100,000.00" in shown.content.decode()
    assert Entry.objects.count() == entries
    chinese = client.post(
        address,
        {"schedule": "cn-annual-bonus", "beside": "0", "paid_on": "2027-01-29"},
        headers={"accept-language": "zh-hans"},
    )
    assert "毛额 110,877.78 − 税额 10,877.78 = 税后 100,000.00" in chinese.content.decode()


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"paid_on": "2028-01-01"}, "holds for payments from"),
        ({"schedule": "cn-incidental-income", "beside": "1"}, "A flat rate looks at no other income"),
        ({"beside": "1.234"}, "2 decimal places"),
        ({"schedule": "no-such"}, "not one of the available choices"),
    ],
)
def test_an_estimate_that_cannot_be_had_is_refused(client: Client, values: dict[str, str], why: str) -> None:
    award = final_campaign("100000.00").awards.get()
    sign_in(client, "HR")
    asked = {"schedule": "cn-comprehensive-income", "beside": "0", "paid_on": "2027-01-29"} | values
    page = client.post(reverse("admin:awards_award_estimate", args=[award.pk]), asked)
    assert why in page.content.decode()


def test_what_came_back_is_paid_again_from_its_page(client: Client) -> None:
    campaign = final_campaign("100.00")
    exported(campaign)
    returned = file(f"{Payment.objects.get().reference},,,,,account closed")
    confirm(campaign, returned, by=officer(), now=ANSWERED)
    sign_in(client, "HR")
    address = reverse("admin:awards_award_pay_again", args=[campaign.awards.get().pk])
    assert "came back, because: account closed" in client.get(address).content.decode()
    client.post(address, {"reason": "a new account"})
    assert states(campaign) == ["approved"]


# Who may: acts of HR, looks of HR and the auditor; payroll's figures are no matter of administrators.
MATRIX = {
    "employee": (403, 403, 403, 403),
    "administrator": (403, 403, 403, 403),
    "auditor": (403, 403, 200, 200),
    "HR": (200, 200, 200, 200),
    "superuser": (200, 200, 200, 200),
}


@pytest.mark.parametrize("role", MATRIX)
def test_who_may_do_what(client: Client, role: str) -> None:
    campaign, other = final_campaign("100.00"), final_campaign("100.00")
    export = exported(other)
    sign_in(client, role)
    addresses = (
        step(campaign, "export_payroll"),
        step(other, "payroll_answer"),
        reverse("admin:awards_payrollexport_download", args=[export.pk]),
        reverse("admin:awards_payment_change", args=[export.payments.all()[0].pk]),
    )
    got = tuple(client.get(address, follow=role == "employee").status_code for address in addresses)
    assert got == MATRIX[role]
    if role in {"employee", "administrator", "auditor"}:
        assert client.post(addresses[0], follow=True).status_code == 403
        assert client.post(addresses[1], {"preview": ""}, follow=True).status_code == 403
    assert set(states(campaign)) == {"approved"}


def test_a_winner_does_not_download_the_file_of_the_winners(client: Client) -> None:
    campaign = final_campaign("100.00")
    export = exported(campaign)
    user = sign_in(client, "HR")
    user.employee = campaign.awards.get().employee
    user.save()
    page = client.post(reverse("admin:awards_payrollexport_download", args=[export.pk]), {"format": "csv"})
    assert "You stand among the winners" in page.content.decode()
    assert not Entry.objects.filter(action="payroll file taken").exists()


def test_the_list_of_payments_tells_where_payrolls_net_differs(client: Client) -> None:
    campaign = final_campaign("100.00")
    exported(campaign)
    reference = Payment.objects.get().reference
    confirm(campaign, file(f"{reference},110.00,11.00,99.00,,"), by=officer(), now=ANSWERED)
    sign_in(client, "auditor")
    page = client.get(reverse("admin:awards_payment_changelist")).content.decode()
    assert "no: 99.00" in page
    assert EXPORTED < ANSWERED


def test_winners_stay_on_the_board_while_they_are_paid_and_after(client: Client) -> None:
    campaign = final_campaign("100.00")
    winner = campaign.awards.get().employee
    sign_in(client, "employee")
    board = reverse("leaderboard", args=[campaign.slug])
    named = [client.get(board).content.decode().count(winner.name)]
    exported(campaign)
    named.append(client.get(board).content.decode().count(winner.name))
    confirm(campaign, paid_file(campaign), by=officer(), now=ANSWERED)
    named.append(client.get(board).content.decode().count(winner.name))
    assert named == [named[0]] * 3
    assert named[0] >= 2  # among the winners and in the ranking
