"""Approved awards go to payroll, each once."""

import csv
import io
from decimal import Decimal

import pytest
from django.utils import translation
from openpyxl import load_workbook

from apps.audit.models import Entry
from apps.awards.due import tick
from apps.awards.models import Payment
from apps.awards.payment.columns import COLUMNS
from apps.awards.payment.exporting import export_awards
from apps.awards.payment.refusals import PaymentRefused
from apps.awards.payment.writing import written
from apps.campaigns.models import Campaign
from apps.directory.models import EntityMembership, LegalEntity
from tests.awards.payment.world import EXPORTED, SETTLED, exported, final_campaign, officer, states
from tests.awards.stories import befriend, deliver
from tests.factories import LONG_AGO, make_campaign, make_employee
from tests.integrity.bundle.test_database import behind_the_back

pytestmark = pytest.mark.django_db


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_every_approved_award_is_in_the_export() -> None:
    campaign = final_campaign("100000.00", "500.50")
    export = exported(campaign, officer("hr"))
    assert states(campaign) == ["exported", "exported"]
    entry = Entry.objects.get(action="awards exported")
    assert (entry.actor, entry.subject) == ("hr", f"campaign {campaign.slug}")
    moved = {"before": {"state": "approved"}, "after": {"state": "exported"}}
    assert entry.details == {"export": 1, "awards": 2, "net": "100500.50 CNY"} | moved
    assert export.payments.count() == 2


def test_the_file_says_who_gets_what_and_leaves_room_for_payroll() -> None:
    campaign = final_campaign("100000.00")
    winner = campaign.awards.get().employee
    entity = LegalEntity.objects.create(name="示例有限公司")
    EntityMembership.objects.create(employee=winner, entity=entity, starts_on=LONG_AGO)
    export = exported(campaign)
    reference = export.payments.get().reference
    assert rows(written(export, "csv")) == [
        [
            "reference",
            "employee number",
            "employee name",
            "legal entity",
            "campaign",
            "prize",
            "net amount promised",
            "currency",
            "gross amount",
            "tax withheld",
            "net amount paid",
            "paid on",
            "returned because",
        ],
        [reference, winner.number, winner.name, entity.name, str(campaign), "place 1", "100000.00", "CNY"]
        + [""] * 5,
    ]


def test_the_spreadsheet_says_the_same() -> None:
    campaign = final_campaign("100000.00", "0.01", "999999999999.99")
    winner = campaign.awards.get(place=1).employee
    winner.number = "00012"
    winner.save()
    export = exported(campaign)
    sheet = load_workbook(io.BytesIO(written(export, "xlsx")))["payroll"]
    said = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    expected = rows(written(export, "csv"))
    assert [row[:6] + row[7:] for row in said] == [row[:6] + row[7:] for row in expected]
    assert [Decimal(row[6]) for row in said[1:]] == [Decimal(row[6]) for row in expected[1:]]
    assert sheet["B2"].value == "00012"
    assert sheet["G2"].number_format == "#,##0.00"


def test_the_file_speaks_the_language_of_whoever_takes_it() -> None:
    export = exported(final_campaign("1.00"))
    with translation.override("zh-hans"):
        header, line = rows(written(export, "csv"))
    assert header[:3] == ["付款编号", "工号", "员工姓名"]
    assert line[5] == "第 1 名"
    assert len(set(header)) == len(COLUMNS)


def test_exporting_again_finds_nothing_left() -> None:
    campaign = final_campaign("100.00")
    exported(campaign)
    assert export_awards(campaign, by=officer(), now=EXPORTED) is None
    assert campaign.payroll_exports.count() == 1


def test_the_same_export_can_be_written_again_and_is_the_same() -> None:
    export = exported(final_campaign("100.00", "50.00"))
    assert written(export, "csv") == written(export, "csv")
    assert Payment.objects.count() == 2


def test_before_the_result_is_final_nothing_is_exported() -> None:
    person = make_employee()
    deliver(befriend(person, 1))
    campaign = make_campaign("100.00")
    tick(now=SETTLED)
    with pytest.raises(
        PaymentRefused, match="The campaign is provisional; only the awards of a final result"
    ):
        export_awards(campaign, by=officer(), now=EXPORTED)


def test_what_a_voided_campaign_promised_is_not_exported() -> None:
    campaign = final_campaign("100.00")
    Campaign.objects.filter(pk=campaign.pk).update(state="void")
    with pytest.raises(PaymentRefused, match="The campaign is void"):
        export_awards(campaign, by=officer(), now=EXPORTED)


@pytest.mark.parametrize(
    ("who", "why"), [("nobody", "may not"), ("gone", "may not"), ("winner", "among the winners")]
)
def test_who_may_not_export_is_told_why(who: str, why: str) -> None:
    campaign = final_campaign("100.00")
    user = {
        "nobody": lambda: officer("nobody", "view_award"),
        "gone": lambda: officer("gone", is_active=False),
        "winner": lambda: officer("winner", employee=campaign.awards.get().employee),
    }[who]()
    with pytest.raises(PaymentRefused, match=why):
        export_awards(campaign, by=user, now=EXPORTED)
    assert states(campaign) == ["approved"]


EDITS = {
    "net_amount = net_amount + 1": "the final result does not give this",
    "employee_id = (SELECT max(id) FROM directory_employee)": "the final result does not give this",
    "result_id = result_id + 1": "the final result does not give this",
    "place = 3": "the final result does not give this",
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_award_that_was_edited_behind_the_back_goes_nowhere(edit: str) -> None:
    campaign = final_campaign("100000.00", "500.50")
    behind_the_back(f"UPDATE awards_award SET {edit} WHERE place = 1")
    with pytest.raises(PaymentRefused, match=EDITS[edit]):
        export_awards(campaign, by=officer(), now=EXPORTED)
    assert states(campaign) == ["approved", "approved"]


def test_a_prize_that_was_edited_together_with_its_award_is_found_by_the_log() -> None:
    campaign = final_campaign("100000.00", "500.50")
    behind_the_back("UPDATE awards_award SET net_amount = 200000 WHERE place = 1")
    behind_the_back("UPDATE campaigns_prize SET net_amount = 200000 WHERE place = 1")
    with pytest.raises(
        PaymentRefused, match=r"The awards are not what the audit log says: awards\.ndjson, line 1"
    ):
        export_awards(campaign, by=officer(), now=EXPORTED)


def test_who_was_given_another_number_since_is_paid_all_the_same() -> None:
    campaign = final_campaign("100.00")
    winner = campaign.awards.get().employee
    winner.number = "another"
    winner.save()
    assert exported(campaign).payments.count() == 1
