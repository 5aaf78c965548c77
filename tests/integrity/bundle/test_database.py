"""Rows that were edited behind the program's back keep the evidence from being exported, with their place."""

from pathlib import Path

import pytest
from django.db import connection, transaction

from apps.activity.contact_facts import record_fact
from apps.activity.models import Contact
from apps.audit.services import record
from apps.awards.evidence.exporting import EvidenceRefused
from apps.awards.models import Approval
from apps.awards.services import NotApprovable, approve
from apps.directory.models import Employee, User
from apps.integrity.blockers import blockers
from tests.integrity.bundle.stories import (
    APPROVERS,
    MOVED,
    announced_contest,
    export,
    final_contest,
    first_wrong,
    key,
    ready_contest,
)
from tests.integrity.stories import OBJECTIONS_END, friend

pytestmark = pytest.mark.django_db

# What is edited: what export names
EDITS = {
    "UPDATE ranking_fixedtie SET sent = ~sent WHERE contact_id = (SELECT min(contact_id) FROM ranking_fixedtie)": (
        "results.ndjson, line 1: its hash is not that of its content"
    ),
    "DELETE FROM ranking_fixedtie WHERE contact_id = (SELECT max(contact_id) FROM ranking_fixedtie)": (
        "results.ndjson, line 1: its hash"
    ),
    "UPDATE ranking_fixedemployee SET number = 'E9' WHERE number = 'E4'": "results.ndjson, line 1: its hash",
    "DELETE FROM ranking_fixedsource": "results.ndjson, line 1: its hash",
    "UPDATE ranking_standing SET active_contacts = active_contacts + 1 WHERE run_id = (SELECT max(run_id) FROM "
    "ranking_result)": "results.ndjson, line 6: its hash",
    "UPDATE ranking_result SET sha256 = repeat('a', 64) WHERE version = 2": "results.ndjson, line 2: its hash",
    "UPDATE ranking_result SET corrections = '[]' WHERE version = 6": "results.ndjson, line 6: its hash",
    "UPDATE ranking_result SET cutoff = cutoff + interval '1 hour' WHERE version = 1": "results.ndjson, line 1: its",
    "UPDATE campaigns_campaign SET min_active_days = 1": "rule.json: rule.min_active_days is 1, announced was 3",
    "UPDATE campaigns_campaign SET deadline = deadline + interval '1 day'": "rule.json: deadline is 2027-01-01",
    "UPDATE campaigns_prize SET net_amount = 90000 WHERE place = 1": "rule.json: prizes is",
    "UPDATE campaigns_rulessheet SET content = jsonb_set(content, '{languages,en,0,0}', '\"If\"')": (
        "rules-sheets.ndjson, line 1: the audit log has no such sheet"
    ),
    "DELETE FROM campaigns_rulessheet": "rules-sheets.ndjson: version 1 is missing",
    "UPDATE campaigns_campaign SET state = 'paid'": "manifest.json: the log says the campaign is",
    "UPDATE integrity_decision SET reason = 'another' WHERE number = 3": "decisions.ndjson, line 3: is not what",
    "UPDATE integrity_decision SET evidence = 'another' WHERE number = 3": "decisions.ndjson, line 3: is not what",
    "UPDATE integrity_decision SET proposed_by_id = (SELECT id FROM directory_user WHERE username = 'approver1') "
    "WHERE number = 4": "decisions.ndjson, line 4: is not what",
    "UPDATE integrity_decision SET confirmed_by_id = (SELECT id FROM directory_user WHERE username = 'approver1') "
    "WHERE number = 4": "decisions.ndjson, line 4: confirmed_by is approver1",
    "UPDATE integrity_decision SET result_id = (SELECT min(id) FROM ranking_result) WHERE number = 4": (
        "decisions.ndjson, line 4: the log says it counts since version 5"
    ),
    "DELETE FROM integrity_decision WHERE number = 6": "decisions.ndjson: decision [6] is missing",
    "UPDATE awards_approval SET approver_id = (SELECT min(id) FROM directory_user WHERE username LIKE 'user%')"
    " WHERE id = (SELECT min(id) FROM awards_approval)": "approvals.ndjson, line",
    "DELETE FROM awards_approval": "approvals.ndjson: the log has an approval that is missing",
    "UPDATE integrity_finalresult SET result_id = (SELECT min(id) FROM ranking_result)": "manifest.json: the log has",
    "UPDATE integrity_tick SET how = 'called' WHERE id = (SELECT min(id) FROM integrity_tick)": "checks.ndjson, line",
    "DELETE FROM integrity_tick": "checks.ndjson, line",
    "UPDATE integrity_checkitem SET matched_at = NULL": "checks.ndjson, line",
    "UPDATE integrity_checkitem SET contact_id = contact_id + 1 WHERE position = 1": "checks.ndjson, line",
    "DELETE FROM integrity_tick WHERE item_id IN (SELECT id FROM integrity_checkitem WHERE position = 2); "
    "DELETE FROM integrity_checkitem WHERE position = 2": "of the log is missing",
    "UPDATE integrity_checkitem SET position = position + 50 WHERE position = 1": (
        "checks.ndjson, line 1: these are not the contacts that the sealed hash draws"
    ),
    "UPDATE integrity_check SET margin = margin + 1": "checks.ndjson, line 1: counted, margin and size are",
    "UPDATE integrity_check SET is_full = true": "checks.ndjson, line 1: that it is full is True, the log has False",
    "DELETE FROM integrity_tick; DELETE FROM integrity_checkitem; DELETE FROM integrity_check": (
        "checks.ndjson: the check of [(1, 'E1')] is missing"
    ),
    "UPDATE integrity_objection SET state = 'open', answered_at = NULL WHERE number = 1": (
        "objection year-end 1: the audit log says “objection refused”"
    ),
    "UPDATE integrity_objection SET text = 'never mind' WHERE number = 1": "objection 1: is not what",
    "UPDATE integrity_objection SET contacts_claimed = 1": "objection 1: is not what the audit log says",
    "UPDATE integrity_objection SET answer = 'yes'": "objection 1: is not what the audit log says",
    "UPDATE integrity_objection SET state = 'upheld'": "objection 1: is not what the audit log says",
    "DELETE FROM integrity_objection": "objection year-end 1: the audit log says “objection made”",
    "UPDATE integrity_case SET outcome = 'nothing'": "case {case}: is not what the audit log says",
    "UPDATE integrity_case SET closed_at = NULL, closed_by_id = NULL, outcome = ''": (
        "case {case}: the audit log says “case closed”"
    ),
    "DELETE FROM integrity_case": "case {case}: the audit log says “case opened”",
    "UPDATE awards_award SET net_amount = 1": "awards.ndjson, line 1: is not in the log",
    "UPDATE awards_award SET employee_id = (SELECT id FROM directory_employee WHERE number = 'E5') "
    "WHERE place = 1 AND state = 'approved'": "awards.ndjson, line",
    "DELETE FROM awards_award WHERE state = 'approved'": "awards.ndjson: the log has an award that is missing",
    "UPDATE audit_entry SET actor = 'eve' WHERE action = 'decision confirmed'": "was changed after it was written",
    "DELETE FROM audit_entry WHERE number = 4": "The audit log does not hold: entry 4 is missing",
}


def behind_the_back(statement: str) -> None:
    """As somebody who owns the server can: triggers and checks of keys switched off."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        assert cursor.rowcount, statement
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.parametrize("edit", EDITS)
def test_what_was_edited_is_named_and_nothing_is_written(tmp_path: Path, edit: str) -> None:
    it, signer = final_contest(), key(tmp_path)
    case = it.campaign.cases.get().pk
    behind_the_back(edit)
    with pytest.raises(EvidenceRefused) as refused:
        export(it, tmp_path, signer)
    assert EDITS[edit].format(case=case) in str(refused.value)
    assert [path.name for path in tmp_path.iterdir()] == ["key.pem"]


def test_who_was_one_person_and_when_an_outsider_is_named_too(tmp_path: Path) -> None:
    def one_person(employees: list[Employee]) -> None:
        one, other = (Contact.objects.get(pk=friend(employees[0], n)) for n in (0, 1))
        record_fact(one, "same_person", other=other, reason="one phone", actor="hr", now=MOVED)

    it, signer = announced_contest(before_the_end=one_person), key(tmp_path)
    assert first_wrong(export(it, tmp_path, signer)) == ""
    behind_the_back("UPDATE ranking_fixedcontact SET outside_days = ~outside_days")
    with pytest.raises(EvidenceRefused, match=r"results\.ndjson, line 1: its hash"):
        export(it, tmp_path, signer, "again.zip")


DECIDED = ("_rulessheet", "_tick", "_check", "_objection", "_case ", "_decision")
BEFORE_APPROVAL = [
    edit for edit in EDITS if any(table in edit for table in DECIDED) and "position + 50" not in edit
]


@pytest.mark.parametrize("edit", BEFORE_APPROVAL)
def test_what_was_edited_keeps_the_result_from_being_final(edit: str) -> None:
    it = ready_contest()
    assert [each.name for each in blockers(it.campaign, now=OBJECTIONS_END, thorough=True)] == ["approvals"]
    behind_the_back(edit)
    assert "audit log" in {each.name for each in blockers(it.campaign, now=OBJECTIONS_END, thorough=True)}


def test_a_recount_that_differed_is_not_made_to_agree_in_the_table() -> None:
    it = ready_contest()
    with transaction.atomic():
        said = {"version": 6, "sha256": it.result.sha256, "problem": "1 standings are counted otherwise"}
        record(
            "result recounted", actor="system", subject="campaign year-end", at=OBJECTIONS_END, details=said
        )
    found = {each.name: each.text for each in blockers(it.campaign, now=OBJECTIONS_END, thorough=True)}
    assert "recount of version 6: the log says “1 standings are counted otherwise”" in found["audit log"]


def test_an_approval_that_was_only_written_into_the_table_does_not_make_it_final() -> None:
    it = ready_contest()
    one, two = (User.objects.get(username=name) for name in APPROVERS)
    Approval.objects.create(result=it.result, approver=one, at=OBJECTIONS_END)
    with pytest.raises(NotApprovable, match=r"^The audit log does not have the approval of approver1\.$"):
        approve(it.result, two, now=OBJECTIONS_END)
