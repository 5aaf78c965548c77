"""The same from the command line: one sentence when it is refused, nothing half done."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.audit.models import Entry
from apps.awards.models import Payment
from bonus_tracker import clock
from tests.awards.payment.world import ANSWERED, EXPORTED, final_campaign, officer, paid_file, states

pytestmark = pytest.mark.django_db


def export(slug: str, path: Path, by: str, **options: object) -> None:
    with clock.showing(EXPORTED):
        call_command("export_payroll", slug, path, by=by, **options)


def test_export_and_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    campaign = final_campaign("100.00")
    officer("one"), officer("two")
    for kind in ("csv", "xlsx"):
        export(campaign.slug, tmp_path / f"out.{kind}", "one", **({"again": 1} if kind == "xlsx" else {}))
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"Export 1 of {campaign.slug}: 1 awards in {tmp_path / 'out.csv'}."
    assert "100.00" in (tmp_path / "out.csv").read_text("utf-8-sig")
    assert (tmp_path / "out.xlsx").read_bytes().startswith(b"PK")
    assert Entry.objects.filter(action="payroll file taken").count() == 2
    export(campaign.slug, tmp_path / "more.csv", "one")
    assert capsys.readouterr().out == f"Nothing of {campaign.slug} is left to hand to payroll.\n"
    assert not (tmp_path / "more.csv").exists()

    answer = tmp_path / "answer.csv"
    answer.write_bytes(paid_file(campaign))
    with clock.showing(ANSWERED):
        call_command("import_payroll", campaign.slug, answer, by="two", dry_run=True)
        assert states(campaign) == ["exported"]
        call_command("import_payroll", campaign.slug, answer, by="two")
    outcome = capsys.readouterr()
    assert outcome.err == "Nothing is changed; this is what the file says:\n"
    assert outcome.out.splitlines() == [
        "1 award is paid.",
        "1 award is paid.",
        "All awards are paid, and so is the campaign.",
    ]
    assert states(campaign) == ["paid"]


@pytest.mark.parametrize(
    ("slug", "name", "by", "again", "why"),
    [
        ("no-such", "out.csv", "one", None, "There is no campaign no-such."),
        ("", "out.csv", "nobody", None, "There is no sign-in nobody; give --by the name of yours."),
        ("", "out.pdf", "one", None, "out.pdf is neither .csv nor .xlsx; name it so."),
        ("", "there.csv", "one", None, "is there already; name a new file."),
        ("", "no/out.csv", "one", None, "is no folder; make it first."),
        ("", "out.csv", "one", 7, "has no export 7."),
        ("", "out.csv", "powerless", None, "You may not do this; somebody with the right must."),
        ("", "out.csv", "blind", None, "You may not do this; somebody with the right must."),
    ],
)
def test_an_export_that_cannot_be_made_says_why(
    slug: str, name: str, by: str, *, again: int | None, why: str, tmp_path: Path
) -> None:
    campaign = final_campaign("100.00")
    officer("one"), officer("powerless", "view_award"), officer("blind", "add_payrollexport")
    (tmp_path / "there.csv").touch()
    with pytest.raises(CommandError) as refusal:
        export(slug or campaign.slug, tmp_path / name, by, again=again)
    assert str(refusal.value).endswith(why)
    assert not Payment.objects.exists()


def test_an_answer_that_is_refused_names_file_and_line(tmp_path: Path) -> None:
    campaign = final_campaign("100.00")
    officer("one"), officer("two")
    export(campaign.slug, tmp_path / "out.csv", "one")
    answer = tmp_path / "answer.csv"
    answer.write_bytes(paid_file(campaign, net="1.00"))
    with clock.showing(ANSWERED):
        with pytest.raises(
            CommandError, match=r"^answer.csv, nothing was taken over: line 2: 1.00 net was paid"
        ):
            call_command("import_payroll", campaign.slug, answer, by="two")
        answer.write_bytes(paid_file(campaign))
        with pytest.raises(CommandError, match="somebody else must bring in the answer"):
            call_command("import_payroll", campaign.slug, answer, by="one")
        with pytest.raises(CommandError, match="cannot be read"):
            call_command("import_payroll", campaign.slug, tmp_path / "no.csv", by="two")


def test_a_net_is_grossed_up_with_every_step(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("gross_up", "100000", beside="60000", paid_on="2027-01-29")
    said = capsys.readouterr()
    assert said.out.startswith(" 1. Promised after tax: 100,000.00 CNY.\n")
    assert "Gross 114,500.00 − tax 14,500.00 = net 100,000.00, as promised to the cent." in said.out
    call_command("gross_up", "100000", schedule="cn-annual-bonus", paid_on="2027-01-29", language="zh-hans")
    said = capsys.readouterr()
    assert "毛额 110,877.78" in said.out
    assert said.err.splitlines()[0] == (
        "Never pay more than 36,000.00 and less than 38,566.67 gross under this schedule: "
        "the net falls by up to 2,310.00."
    )


@pytest.mark.parametrize(
    ("net", "options", "why"),
    [
        ("much", {}, '"much" is no amount; write digits such as 100000.00.'),
        ("1", {"paid_on": "soon"}, '"soon" is no date; write it such as 2027-01-29.'),
        ("1", {"schedule": "moon"}, "There is no tax schedule moon; known: "),
        (
            "1",
            {"paid_on": "2031-01-01"},
            "holds for payments from 2019-01-01 to 2027-12-31, not on 2031-01-01",
        ),
        ("-1", {}, "A prize is more than 0; -1 is not."),
    ],
)
def test_what_cannot_be_grossed_up_is_refused(net: str, options: dict[str, str], why: str) -> None:
    with clock.showing(EXPORTED), pytest.raises(CommandError) as refusal:
        call_command("gross_up", net, **options)
    assert why in str(refusal.value)
