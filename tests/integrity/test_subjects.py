"""What is kept about a person is shown, erased and blocked; the log and the evidence go on holding."""

import json
from io import StringIO
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from apps.activity.models import Contact, ContactFact, Tie
from apps.audit.models import Entry
from apps.audit.services import verify
from apps.campaigns.lifecycle import mark_paid, void_campaign
from apps.campaigns.models import Appearance, OptOut
from apps.directory.models import Account, Employee, Employment, User
from apps.ranking.models import FixedTie
from apps.ranking.services import standings
from bonus_tracker import clock
from tests.awards.stories import befriend, deliver
from tests.factories import DEADLINE, START, make_campaign, make_employee, make_user
from tests.integrity.bundle.stories import announced_contest, export, final_contest, first_wrong, key
from tests.integrity.stories import OBJECTIONS_END, Contest, friend

pytestmark = pytest.mark.django_db
FRIEND = "e1-friend0@outside.example"


def answer(*arguments: str) -> str:
    out = StringIO()
    with clock.showing(OBJECTIONS_END):
        call_command("subject", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def paid_contest() -> Contest:
    it = final_contest()
    mark_paid(it.campaign, now=OBJECTIONS_END, actor="hr")
    return it


def ledger_rows(account: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM activity_interaction WHERE %s IN (sender, recipient)", [account])
        return int(cursor.fetchone()[0])


def tables_with(text: str) -> list[str]:
    """Those of the whole database that hold a text anywhere."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s', [f"%{text}%"])
            if cursor.fetchone() != (0,):
                found.append(table)
    return found


def test_an_erased_contact_is_gone_and_evidence_and_log_hold_to_the_byte(tmp_path: Path) -> None:
    it, signer = paid_contest(), key(tmp_path)
    gone = friend(it.employees[0])
    before = export(it, tmp_path, signer, "before.zip").read_bytes()
    assert (ledger_rows(gone), Tie.objects.filter(contact_id=gone).count()) == (6, 1)
    said = answer(FRIEND, "--erase", "--reason", "they asked for it")
    assert said == f"Erased of contact {gone}: 6 messages, 1 ties, 0 held back.\n"
    assert (ledger_rows(gone), Tie.objects.filter(contact_id=gone).count()) == (0, 0)
    assert not Contact.objects.filter(pk=gone).exists()
    assert FixedTie.objects.filter(contact_id=gone).count() == 1
    assert ledger_rows(friend(it.employees[0], 1)) == 6
    assert verify().problem == ""
    assert export(it, tmp_path, signer, "after.zip").read_bytes() == before
    call_command("rebuild", "--check", stdout=StringIO(), stderr=StringIO())
    assert Entry.objects.filter(action="subject erased").get().details["reason"] == "they asked for it"


def test_an_erased_employee_is_a_number_and_evidence_and_log_hold_to_the_byte(tmp_path: Path) -> None:
    it, signer = paid_contest(), key(tmp_path)
    first = it.employees[0]
    handle = first.accounts.get().account.handle
    user = make_user("first.lastname1", employee=first, email="first@company.example", last_name="Lastname1")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "sealed"})
    Employment.objects.filter(employee=first).update(ends_on=DEADLINE.date())
    before = export(it, tmp_path, signer, "before.zip").read_bytes()
    answer(handle, "--erase", "--reason", "left")
    for text in (handle, "Lastname1 ", "Lastname1,", "first.lastname1", "first@company.example"):
        assert tables_with(text) == [], text
    assert Employee.objects.get(number="E1").name == "–"
    assert not User.objects.get(employee=first).is_active
    assert not Authenticator.objects.exists()
    assert not Tie.objects.filter(employee=first).exists()
    assert verify().problem == ""
    bundle = export(it, tmp_path, signer, "after.zip")
    assert bundle.read_bytes() == before
    assert first_wrong(bundle) == ""
    call_command("rebuild", "--check", stdout=StringIO(), stderr=StringIO())
    assert "E1" in answer("E1", "--show")


def test_the_words_of_an_objection_and_its_answer_go_and_what_was_objected_stays(tmp_path: Path) -> None:
    it, signer = paid_contest(), key(tmp_path)
    Employment.objects.filter(employee=it.employees[4]).update(ends_on=DEADLINE.date())
    words = ("Two are missing.", "They wrote on one day.")
    assert [tables_with(text) for text in words] == [["integrity_objection"]] * 2
    before = export(it, tmp_path, signer, "before.zip").read_bytes()
    answer("E5", "--erase", "--reason", "left")
    assert [tables_with(text) for text in words] == [[], []]
    objection = it.campaign.objections.get()
    assert (objection.state, objection.contacts_claimed, objection.text) == ("refused", 2, "")
    assert export(it, tmp_path, signer, "after.zip").read_bytes() == before


def test_a_sign_in_that_acted_keeps_its_name_as_the_log_has_it() -> None:
    person = make_employee(number="E7", left_on=DEADLINE.date())
    user = make_user("approver1", employee=person, email="a@company.example")
    with transaction.atomic():
        void_campaign(make_campaign(), reason="It rained.", now=OBJECTIONS_END, actor="approver1")
    answer("E7", "--erase", "--reason", "left")
    user.refresh_from_db()
    assert (user.username, user.email, user.is_active) == ("approver1", "", False)


def test_nothing_is_erased_while_a_campaign_needs_it() -> None:
    it = announced_contest()
    with pytest.raises(
        CommandError, match="Campaign year-end needs the data until it is paid or void; block"
    ):
        answer(FRIEND, "--erase", "--reason", "asked")
    assert ledger_rows(friend(it.employees[0])) == 6
    void_campaign(it.campaign, reason="It rained.", now=OBJECTIONS_END, actor="hr")
    assert answer(FRIEND, "--erase", "--reason", "asked").startswith("Erased of contact")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["nobody@else.example", "--show"], "Nobody is known by nobody@else.example on im."),
        (["E1", "--erase", "--reason", "left"], "Employee E1 is employed; record the last day first."),
        (["E1", "--erase"], "Give --reason; it stays in the audit log."),
        (["E1", "--block", "--reason", " "], "Give --reason; it stays in the audit log."),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(arguments: list[str], why: str) -> None:
    make_employee(number="E1")
    with pytest.raises(CommandError) as error:
        answer(*arguments)
    assert str(error.value) == why
    assert not Entry.objects.exists()


def test_an_account_of_several_people_asks_for_the_number() -> None:
    one = make_employee("shared@company.example", number="E1", left_on=START.date())
    other = make_employee(number="E2")
    account = one.accounts.get().account
    other.accounts.create(account=account, starts_on=DEADLINE.date())
    with pytest.raises(CommandError, match="was an account of several employees; give the employee's number"):
        answer("shared@company.example", "--show")


def test_a_blocked_contact_counts_for_nobody_and_a_blocked_employee_takes_no_part() -> None:
    one, two = make_employee(number="E1"), make_employee(number="E2")
    deliver([*befriend(one, 2), *befriend(two, 1)])
    campaign = make_campaign("100.00", slug="running")
    answer(FRIEND, "--block", "--reason", "objected")
    assert [tuple(row)[1:3] for row in standings(campaign, as_of=DEADLINE)] == [("E1", 1), ("E2", 1)]
    assert ContactFact.objects.get().kind == "not_counted"
    with pytest.raises(CommandError, match="This is recorded already"):
        answer(FRIEND, "--block", "--reason", "again")
    with clock.showing(START):
        call_command("subject", "E2", "--block", "--reason", "objected", stdout=StringIO())
    assert OptOut.objects.get().employee == two


def test_everything_that_is_kept_is_shown() -> None:
    it = paid_contest()
    handle = it.employees[0].accounts.get().account.handle
    of_employee = json.loads(answer(handle, "--show"))
    assert of_employee["employee"] == {"number": "E1", "name": "Firstname1 Lastname1"}
    assert (len(of_employee["ties"]), of_employee["ledger"]["messages"], of_employee["sealed ties"]) == (
        5,
        30,
        5,
    )
    assert of_employee["sealed in"] == ["year-end"]
    of_contact = json.loads(answer(FRIEND, "--show"))
    assert [tie["employee"] for tie in of_contact["ties"]] == ["E1"]
    assert of_contact["ledger"]["messages"] == 6
    assert FRIEND not in json.dumps(of_contact)


@pytest.mark.parametrize(
    "tampering", ["DELETE FROM activity_interaction", "UPDATE activity_interaction SET room_size = 3"]
)
def test_the_ledger_loses_rows_in_no_other_way(tampering: str) -> None:
    it = announced_contest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT activity_forget(%s)", [[friend(it.employees[0])]])
        assert cursor.fetchone() == (6,)
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic(), connection.cursor() as c:
        c.execute(tampering)
    assert Account.objects.exists()


def test_an_erased_employee_appears_nowhere_and_one_who_was_hidden_stays_so() -> None:
    person = make_employee(number="E7", left_on=DEADLINE.date())
    shown, hidden = make_campaign(state="void", void_reason="x"), make_campaign(state="void", void_reason="x")
    modes = Appearance.Mode
    for campaign, mode, alias in (
        (shown, modes.GENERATED, "amber-otter"),
        (hidden, modes.HIDDEN, "quiet-crane"),
    ):
        Appearance.objects.create(
            campaign=campaign, employee=person, mode=mode, alias=alias, changed_at=START
        )
    answer("E7", "--erase", "--reason", "left")
    assert list(Appearance.objects.values_list("campaign", "mode", "alias")) == [(hidden.pk, "hidden", "")]
