"""What payroll answers is taken over: the whole file or nothing, as often as it is sent."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.forms.models import model_to_dict
from django.utils import translation
from openpyxl import Workbook, load_workbook

from apps.audit.models import Entry
from apps.awards.models import Award, Payment
from apps.awards.payment.confirming import confirm
from apps.awards.payment.refusals import ConfirmationRefused, PaymentRefused
from apps.awards.payment.writing import written
from apps.campaigns import lifecycle
from apps.campaigns.models import Campaign
from apps.campaigns.problems import WrongState
from tests.awards.payment.world import (
    ANSWERED,
    exported,
    file,
    final_campaign,
    officer,
    paid_file,
    paid_line,
    states,
)

pytestmark = pytest.mark.django_db


def sent(*prizes: str) -> Campaign:
    campaign = final_campaign(*prizes)
    exported(campaign, officer())
    return campaign


def problems(campaign: Campaign, content: bytes) -> list[str]:
    with pytest.raises(ConfirmationRefused) as refusal:
        confirm(campaign, content, by=officer(), now=ANSWERED)
    return [str(problem) for problem in refusal.value.problems]


def test_paid_to_the_cent_is_paid_and_so_is_the_campaign() -> None:
    campaign = sent("100000.00", "500.00")
    report = confirm(campaign, paid_file(campaign), by=officer("payer"), now=ANSWERED)
    assert report.sentences() == ["2 awards are paid.", "All awards are paid, and so is the campaign."]
    assert states(campaign) == ["paid", "paid"]
    assert Campaign.objects.get(pk=campaign.pk).state == Campaign.State.PAID
    payment = Payment.objects.get(award__place=1)
    assert (payment.state, str(payment.paid_on)) == ("paid", "2027-01-15")


def test_a_campaign_is_paid_when_the_last_award_is() -> None:
    campaign = sent("100.00", "50.00")
    first, second = campaign.awards.order_by("place")
    confirm(campaign, file(paid_line(first)), by=officer(), now=ANSWERED)
    assert Campaign.objects.get(pk=campaign.pk).state == Campaign.State.FINAL
    report = confirm(campaign, file(paid_line(second)), by=officer(), now=ANSWERED)
    assert report.campaign_paid
    assert Campaign.objects.get(pk=campaign.pk).state == Campaign.State.PAID


def test_the_same_file_again_changes_nothing() -> None:
    campaign = sent("100.00", "50.00")
    content, payer = paid_file(campaign), officer()
    confirm(campaign, content, by=payer, now=ANSWERED)
    entries, before = Entry.objects.count(), [model_to_dict(p) for p in Payment.objects.order_by("pk")]
    report = confirm(campaign, content, by=payer, now=ANSWERED + timedelta(days=1))
    assert report.sentences() == ["2 lines say nothing new."]
    assert Entry.objects.count() == entries
    assert [model_to_dict(p) for p in Payment.objects.order_by("pk")] == before


def test_a_dry_run_reports_the_same_and_changes_nothing() -> None:
    campaign = sent("100.00")
    content = paid_file(campaign)
    report = confirm(campaign, content, by=officer(), now=ANSWERED, dry_run=True)
    assert report.sentences() == ["1 award is paid."]
    assert states(campaign) == ["exported"]
    assert not Entry.objects.filter(action="awards paid").exists()


def test_a_net_other_than_promised_is_not_paid() -> None:
    campaign = sent("100000.00")
    assert problems(campaign, paid_file(campaign, net="99999.99")) == [
        "line 2: 99999.99 net was paid and 100000.00 was promised; it cannot be marked as paid. "
        "Correct it with payroll."
    ]
    assert problems(campaign, paid_file(campaign, net="100000.01"))
    assert states(campaign) == ["exported"]


def test_figures_without_a_day_are_noted_and_told_when_they_differ() -> None:
    campaign = sent("100.00", "50.00")
    first, second = campaign.awards.order_by("place")
    content = file(paid_line(first, paid_on=""), paid_line(second, net="49.99", paid_on=""))
    report = confirm(campaign, content, by=officer(), now=ANSWERED)
    reference = second.payments.get().reference
    assert report.sentences() == [
        "Figures of 2 are noted.",
        f"{reference}: payroll's net is 49.99 and 50.00 was promised; it cannot be paid so.",
    ]
    noted = Payment.objects.get(award=first)
    assert (noted.gross, noted.tax, noted.net, noted.differs) == (
        Decimal("111.11"),
        Decimal("11.11"),
        Decimal("100.00"),
        False,
    )
    assert Payment.objects.get(award=second).differs
    assert states(campaign) == ["exported", "exported"]
    again = confirm(campaign, content, by=officer(), now=ANSWERED)
    assert again.sentences() == ["2 lines say nothing new."]


def test_once_paid_payrolls_figures_are_gone_from_everywhere() -> None:
    campaign = sent("100.00")
    award = campaign.awards.get()
    line = f"{award.payments.get().reference},123.45,23.45,100.00"
    confirm(campaign, file(f"{line},,"), by=officer(), now=ANSWERED)
    confirm(campaign, file(f"{line},2027-01-15,"), by=officer(), now=ANSWERED)
    assert model_to_dict(Payment.objects.get(), fields=["gross", "tax"]) == {"gross": None, "tax": None}
    assert tables_with("123.45") == tables_with("23.45") == []


def tables_with(text: str) -> list[str]:
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" AS it WHERE it::text LIKE %s', [f"%{text}%"])
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_figures_are_found_by_the_search_above_while_they_are_kept() -> None:
    campaign = sent("100.00")
    reference = campaign.awards.get().payments.get().reference
    confirm(campaign, file(f"{reference},123.45,23.45,100.00,,"), by=officer(), now=ANSWERED)
    assert tables_with("123.45") == ["awards_payment"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{ref},111.11,11.11,,2027-01-15,", "give gross, tax and net paid, all three."),
        ("{ref},,,,2027-01-15,", "give gross, tax and net paid, all three."),
        ("{ref},111.11,11.10,100.00,2027-01-15,", "111.11 less 11.10 is not 100.00; correct the figures."),
        (
            "{ref},111.11,11.11,100.00,2027-01-15,bounced",
            "it is paid and returned at once; leave out one of them.",
        ),
        ("{ref},1e2,0,100.00,2027-01-15,", "“1e2” is no amount; write it such as 110877.78."),
        ("{ref},111.111,11.111,100,2027-01-15,", "“111.111” is no amount; write it such as 110877.78."),
        ("{ref},-5,0,-5,2027-01-15,", "“-5” is no amount; write it such as 110877.78."),
        ("{ref},NaN,0,100,2027-01-15,", "“NaN” is no amount; write it such as 110877.78."),
        ("{ref},１１１,11,100,2027-01-15,", "“１１１” is no amount; write it such as 110877.78."),
        ("{ref},100,0,100,15.01.2027,", "“15.01.2027” is no date; write it such as 2027-01-29."),
        ("{ref},100,0,100,2027-02-30,", "“2027-02-30” is no date; write it such as 2027-01-29."),
        (
            "{ref},100,0,100,2027-01-11,",
            "it cannot have been paid on 2027-01-11; it went to payroll on 2027-01-12 and today is 2027-01-22.",
        ),
        (
            "{ref},100,0,100,2027-01-23,",
            "it cannot have been paid on 2027-01-23; it went to payroll on 2027-01-12 and today is 2027-01-22.",
        ),
        ("P999-00001,100,0,100,2027-01-15,", "“P999-00001” is no payment of this campaign."),
        (",100,0,100,2027-01-15,", "“” is no payment of this campaign."),
    ],
)
def test_a_wrong_line_is_named_with_its_mistake(line: str, why: str) -> None:
    campaign = sent("100.00")
    reference = campaign.awards.get().payments.get().reference
    assert problems(campaign, file(line.format(ref=reference))) == [f"line 2: {why}"]
    assert states(campaign) == ["exported"]


def test_one_wrong_line_keeps_the_right_ones_from_being_taken() -> None:
    campaign = sent("100.00", "50.00")
    first, second = campaign.awards.order_by("place")
    content = file(paid_line(first), paid_line(second, net="1.00"), "P0-1,1,0,1,2027-01-15,")
    assert [problem.partition(":")[0] for problem in problems(campaign, content)] == ["line 3", "line 4"]
    assert states(campaign) == ["exported", "exported"]


def test_a_payment_named_twice_is_refused() -> None:
    campaign = sent("100.00")
    line = paid_line(campaign.awards.get())
    reference = line.partition(",")[0]
    assert problems(campaign, file(line, line)) == [f"line 3: {reference} is there twice."]


def test_a_payment_of_another_campaign_is_refused() -> None:
    campaign, other = sent("100.00"), sent("100.00")
    assert "is no payment of this campaign" in problems(campaign, paid_file(other))[0]


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        (
            "employee number",
            "E99999",
            "is the payment of employee {number}, not of E99999; do not move cells.",
        ),
        ("net amount promised", "200.00", "100.00 was promised, not 200.00; that column is not for changes."),
        ("currency", "USD", "the award is in CNY, not in USD."),
    ],
)
def test_a_column_that_was_moved_or_changed_is_noticed(column: str, value: str, why: str) -> None:
    campaign = sent("100.00")
    award = campaign.awards.get()
    reference = award.payments.get().reference
    content = file(
        f"{reference},{value},111.11,11.11,100.00,2027-01-15,",
        header=f"reference,{column},gross,tax,paid,paid_on,returned",
    )
    expected = why.format(number=award.employee.number)
    assert problems(campaign, content)[0].endswith(expected)


def test_zeros_that_a_spreadsheet_took_from_a_number_do_no_harm() -> None:
    campaign = sent("100.00")
    award = campaign.awards.get()
    award.employee.number = "000123"
    award.employee.save()
    reference = award.payments.get().reference
    content = file(
        f"{reference},123,111.11,11.11,100.00,2027-01-15,",
        header="reference,employee,gross,tax,paid,paid_on,returned",
    )
    assert confirm(campaign, content, by=officer(), now=ANSWERED).paid


def test_our_own_file_filled_in_comes_back() -> None:
    campaign = sent("100.00")
    export = campaign.payroll_exports.get()
    for language in ("en", "zh-hans"):
        with translation.override(language):
            text = written(export, "csv").decode("utf-8-sig")
        filled = text.replace("100.00,CNY,,,,,", '100.00,CNY,"1,111.11",1011.11,100.00,2027/1/15,')
        for coding in ("utf-8-sig", "utf-8", "gb18030"):
            report = confirm(campaign, filled.encode(coding), by=officer(), now=ANSWERED, dry_run=True)
            assert len(report.paid) == 1


def test_our_own_file_untouched_says_nothing_new() -> None:
    campaign = sent("100.00", "50.00")
    export = campaign.payroll_exports.get()
    for content in (written(export, "csv"), written(export, "xlsx")):
        report = confirm(campaign, content, by=officer(), now=ANSWERED)
        assert report.sentences() == ["2 lines say nothing new."]


def test_our_own_spreadsheet_filled_in_comes_back() -> None:
    campaign = sent("999999999999.99", "100.00")
    book = load_workbook(io.BytesIO(written(campaign.payroll_exports.get(), "xlsx")))
    sheet = book["payroll"]
    for row in (2, 3):
        net = sheet.cell(row, 7).value
        sheet.cell(row, 9, net)
        sheet.cell(row, 10, 0)
        sheet.cell(row, 11, net)
        sheet.cell(row, 12, ANSWERED.date())
    content = io.BytesIO()
    book.save(content)
    report = confirm(campaign, content.getvalue(), by=officer(), now=ANSWERED)
    assert report.sentences()[0] == "2 awards are paid."


def test_semicolons_and_tabs_separate_too() -> None:
    campaign = sent("100.00")
    for separator in (";", "\t"):
        content = paid_file(campaign).replace(b",", separator.encode())
        assert len(confirm(campaign, content, by=officer(), now=ANSWERED, dry_run=True).paid) == 1


def bomb() -> bytes:
    book = Workbook()
    book.active["A1"] = "x" * 1000
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "“reference” is not there once."),
        (b"a,b\n1,2\n", "“reference” is not there once."),
        (b"reference,reference,gross,tax,paid,paid_on,returned\n", "“reference” is not there once."),
        (b"\xff\xfe\x00", "neither CSV nor XLSX"),
        (b"PK\x03\x04 broken", "neither CSV nor XLSX"),
        (b'reference,gross,tax,paid,paid_on,returned\n"open', "The file is no CSV"),
        (b"x" * (10 * 1024 * 1024 + 1), "larger than 10 MiB"),
        (bomb(), "“reference” is not there once."),
    ],
    ids=["empty", "other", "twice", "binary", "zip", "quotes", "large", "sheet"],
)
def test_a_file_that_is_no_answer_is_refused_whole(content: bytes, why: str) -> None:
    campaign = sent("100.00")
    [problem] = problems(campaign, content)
    assert why in problem


def test_who_handed_it_to_payroll_does_not_bring_in_the_answer() -> None:
    campaign = final_campaign("100.00")
    same = officer()
    exported(campaign, same)
    with pytest.raises(ConfirmationRefused, match="you handed it to payroll, so somebody else must"):
        confirm(campaign, paid_file(campaign), by=same, now=ANSWERED)
    assert states(campaign) == ["exported"]


@pytest.mark.parametrize(
    ("who", "why"), [("nobody", "may not"), ("gone", "may not"), ("winner", "among the winners")]
)
def test_who_may_not_confirm_is_told_why(who: str, why: str) -> None:
    campaign = sent("100.00")
    user = {
        "nobody": lambda: officer("nobody", "view_award"),
        "gone": lambda: officer("gone", is_active=False),
        "winner": lambda: officer("winner", employee=campaign.awards.get().employee),
    }[who]()
    with pytest.raises(PaymentRefused, match=why):
        confirm(campaign, paid_file(campaign), by=user, now=ANSWERED)


def test_paid_on_another_day_than_was_said_before_is_refused() -> None:
    campaign = sent("100.00")
    content = paid_file(campaign)
    confirm(campaign, content, by=officer(), now=ANSWERED)
    other_day = content.replace(b"2027-01-15", b"2027-01-16")
    assert problems(campaign, other_day) == [
        "line 2: it is paid already; only a payment that is with payroll can be answered."
    ]


def test_the_log_says_who_was_paid_what_and_when() -> None:
    campaign = sent("100.00")
    award = campaign.awards.get()
    confirm(campaign, paid_file(campaign), by=officer("payer"), now=ANSWERED)
    entry = Entry.objects.get(action="awards paid")
    assert (entry.actor, entry.subject) == ("payer", f"campaign {campaign.slug}")
    assert entry.details["payments"] == [
        {
            "reference": award.payments.get().reference,
            "employee": award.employee.number,
            "net": "100.00 CNY",
            "paid on": "2027-01-15",
        }
    ]


def test_what_is_with_payroll_or_paid_is_not_voided() -> None:
    campaign = final_campaign("100.00")
    exported(campaign)
    with pytest.raises(WrongState, match="are with payroll or paid; it can no longer be voided"):
        lifecycle.void_campaign(campaign, reason="a mistake", now=ANSWERED, actor="hr")
    confirm(campaign, paid_file(campaign), by=officer(), now=ANSWERED)
    with pytest.raises(WrongState):
        lifecycle.void_campaign(campaign, reason="a mistake", now=ANSWERED, actor="hr")


def test_before_anything_went_to_payroll_a_final_campaign_can_be_voided() -> None:
    campaign = final_campaign("100.00")
    assert lifecycle.void_campaign(campaign, reason="a mistake", now=ANSWERED, actor="hr")
    assert Award.objects.get().state == Award.State.APPROVED  # and no export takes it any more
